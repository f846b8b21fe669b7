"""The whole of `./kith up`: two starts in all, for it is heavy."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
import psycopg
import pytest

from stack import ports, running
from tests.stack.test_supervisor import is_alive

ROOT = Path(__file__).parents[2]
# It ends within 15 seconds; on a busy machine, where every process takes long to go, within some more.
START_SECONDS, STOP_SECONDS = 240, 45


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "app.cli", *arguments]


def environment() -> dict[str, str]:
    """This process's own, without any Kith in it."""
    foreign = ("KITH_", "AWS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


class Stack:
    """One data folder, and the supervisor on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = ports.free()[0]
        self._log = data.with_name("output")
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            return subprocess.Popen(
                command("up", "--port", str(self.port), "--data", str(self.data), "--no-demo"),
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(),
            )

    def start_again(self) -> None:
        self.process = self._start()

    def wait_ready(self) -> None:
        self.wait_until(lambda: "Ctrl-C stops all of it" in self.output(), START_SECONDS)

    def wait_until(self, true: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def kill(self, *parts: str) -> None:
        """All at once: what stands on one of them may end by itself."""
        numbers = json.loads((self.data / "run" / "parts.json").read_text())
        for pid in [numbers[part][0] for part in parts]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def get(self, path: str, host: str = "localhost") -> tuple[int, bytes]:
        with closing(HTTPConnection(ports.LOOPBACK, self.port, timeout=60)) as link:
            link.request("GET", path, headers={"Host": f"{host}:{self.port}"})
            answer = link.getresponse()
            return answer.status, answer.read()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "Daten für uns")
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.terminate()
        made.process.wait(60)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that do not end; what was killed a moment ago may still be at it."""
    deadline = time.monotonic() + 10
    while (left := [each for each in processes if is_alive(each)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def refused(*arguments: str) -> str:
    """The one sentence with which a command that cannot work ends."""
    done = subprocess.run(
        command(*arguments), env=environment(), capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.long
def test_whole_kith_serves_mends_itself_and_leaves_nothing(stack: Stack, tmp_path: Path) -> None:
    stack.wait_ready()
    _one_port_serves_everything(stack)
    _a_second_one_is_refused(stack, tmp_path)
    _parts_come_back(stack)
    _killed_it_starts_again(stack)
    _interrupted_it_leaves_nothing(stack)


def _one_port_serves_everything(stack: Stack) -> None:
    assert stack.get("/healthz")[0] == 200
    assert stack.get("/messages.json", "mail.localhost") == (200, b"[]")
    assert stack.get("/kith/nothing", "files.localhost")[0] == 403


def _a_second_one_is_refused(stack: Stack, tmp_path: Path) -> None:
    assert "already running" in refused("up", "--data", str(stack.data))
    taken = refused("up", "--data", str(tmp_path / "other"), "--port", str(stack.port))
    assert taken.startswith(f"Port {stack.port} is taken by caddy")


def _parts_come_back(stack: Stack) -> None:
    stack.kill("web")
    assert {stack.get("/sign-in")[0] for _ in range(20)} == {200}, "the other one answers"
    stack.kill("postgres", "valkey", "web-2", "work")
    for name in ("postgres", "valkey", "web", "web-2"):
        stack.wait_until(lambda name=name: stack.output().count(f"{name:<10}ready") >= 2, 120)  # type: ignore[misc]
    with psycopg.connect(running.settings(stack.data)["KITH_DATABASE_URL"]) as link:
        assert link.execute("SELECT 1").fetchone() == (1,)
    stack.wait_until(lambda: stack.get("/healthz")[0] == 200, 120)


def _killed_it_starts_again(stack: Stack) -> None:
    family = stack.family()
    assert len(family) > 10
    stack.process.kill()
    stack.process.wait()
    stack.start_again()
    stack.wait_ready()
    assert not alive(family)


def _interrupted_it_leaves_nothing(stack: Stack) -> None:
    family, began = stack.family(), time.monotonic()
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(60) == 0, stack.output()
    assert time.monotonic() - began < STOP_SECONDS, stack.output()
    assert not alive(family)
    assert ports.is_free(stack.port)
    assert "start it with ./kith up" in refused("migrate", "--data", str(stack.data))


def test_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        sentence = refused("up", "--data", str(tmp_path / "data"), "--port", str(port))
    assert f"Port {port} is taken" in sentence
    assert "--port" in sentence


def test_file_in_place_of_the_data_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "choose another one with --data" in refused("up", "--data", str(tmp_path / "data"))


def test_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        command("up", "--data", str(tmp_path / "data"), "--port", str(ports.free()[0])),
        env={**environment(), "KITH_SIGNUP": "maybe"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "KITH_SIGNUP should be one of open, invite, closed.\n"
