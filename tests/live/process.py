"""A live process of one's own, and streams that are read line by line."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from app.config import ROOT
from app.programs import answers_health, environment, live_argv
from stack import ports

PATIENCE_SECONDS = 30.0
START_SECONDS = 180.0


class LiveProcess:
    """Granian with the live application; `kill` is SIGKILL for all of it, `start` brings it back."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.port = ports.free()[0]
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            live_argv("127.0.0.1", self.port),
            cwd=ROOT,
            env={**os.environ, **environment(self._environ)},
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not answers_health(self.port, "localhost:8000"):
            assert time.monotonic() < deadline, "the live process did not start"
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The server; what holds the streams is its child."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> float:
        """Ask it to stop; the seconds it took."""
        began = time.monotonic()
        self._end(signal.SIGTERM)
        return time.monotonic() - began

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        if how is signal.SIGKILL:
            os.killpg(self._process.pid, how)
        else:
            self._process.send_signal(how)
        self._process.wait(PATIENCE_SECONDS)


@contextmanager
def live_process(environ: Mapping[str, str]) -> Iterator[LiveProcess]:
    process = LiveProcess(environ)
    process.start()
    try:
        yield process
    finally:
        process.kill()


class Stream:
    """One open stream; `cookie` is `name=value` of the ticket."""

    def __init__(
        self, process: LiveProcess, cookie: str, after: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.cursor = after
        self._socket = socket.create_connection(("127.0.0.1", process.port), PATIENCE_SECONDS)
        told = {"Host": "nordwind.localhost:8000", "Cookie": cookie, **(headers or {})}
        lines = [f"GET /live/stream?after={after} HTTP/1.1", *(f"{k}: {v}" for k, v in told.items())]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._rest = b""
        self.status = int(next(self._lines()).split()[1])

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _lines(self) -> Iterator[bytes]:
        """Whole lines as they come; a line that has begun when patience ends is read on later."""
        while True:
            while b"\n" not in self._rest:
                got = self._socket.recv(65536)
                if not got:
                    return
                self._rest += got
            line, _, self._rest = self._rest.partition(b"\n")
            yield line

    def event(self, seconds: float = PATIENCE_SECONDS) -> tuple[str, Any] | None:
        """The next event but heartbeats; None where the stream ends or nothing comes."""
        self._socket.settimeout(seconds)
        name = ""
        try:
            for line in self._lines():
                field, _, value = line.decode().strip().partition(": ")
                if field == "event":
                    name = value
                elif field == "id":
                    self.cursor = value
                elif field == "data" and name != "beat":
                    return name, json.loads(value)
        except (TimeoutError, OSError):
            return None
        return None

    def changes(self, seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
        """The signs of the next event."""
        event = self.event(seconds)
        assert event is not None, "nothing came"
        assert event[0] == "changes", event
        found: list[dict[str, Any]] = event[1]
        return found
