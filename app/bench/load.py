"""Many requests at once, by sockets that cost the measured machine as little as possible."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stack.errors import StackError

_HEAD_END = b"\r\n\r\n"
_PIECE = 1 << 18


@dataclass
class Load:
    """What came of it: seconds and status of each request, and the seconds of the whole."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds

    @property
    def served(self) -> float:
        """Answers a second that were what was asked for."""
        return self.statuses.count(200) / self.seconds

    def add(self, more: "Load") -> None:
        """Take another run together with this one, as if it had followed."""
        self.times += more.times
        self.statuses += more.statuses
        self.seconds += more.seconds


def run(
    port: int | Sequence[int],
    request: Callable[[], bytes],
    *,
    parallel: int,
    seconds: float = 0,
    each: int = 0,
    good: int | None = 200,
    pause: float = 0,
) -> Load:
    """Ask by `parallel` kept connections for so many seconds, or `each` times each, `pause` seconds between.

    Several ports have as many connections each, as a front gives requests to whoever has least to do.
    Raises StackError where an answer has another status than `good`; None takes every answer.
    """
    places = [port] if isinstance(port, int) else port
    result, faults = Load(), []
    until = time.monotonic() + seconds

    def ask(number: int) -> None:
        try:
            place = places[number % len(places)]
            with socket.create_connection(("127.0.0.1", place), timeout=30) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                done = 0
                while done < each if each else time.monotonic() < until:
                    time.sleep(pause)
                    began = time.perf_counter()
                    connection.sendall(request())
                    status = _answer(connection)
                    result.times.append(time.perf_counter() - began)
                    result.statuses.append(status)
                    done += 1
                    if status != (good or status):
                        faults.append(f"an answer had status {status} in place of {good}")
                        return
        except OSError as error:
            faults.append(str(error))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(parallel)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    if faults:
        raise StackError(f"The load broke off: {faults[0]}.")
    return result


def _answer(connection: socket.socket) -> int:
    """Read one whole answer; its status."""
    read = b""
    while _HEAD_END not in read:
        piece = connection.recv(_PIECE)
        if not piece:
            raise OSError("the connection was closed")
        read += piece
    head, _, body = read.partition(_HEAD_END)
    length = _length(head)
    got = len(body)
    while got < length:
        piece = connection.recv(_PIECE)
        if not piece:
            raise OSError("the connection was closed")
        got += len(piece)
    return int(head[9:12])


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
