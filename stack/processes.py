"""A part as a process: how it is started, asked whether it is ready, and ended."""

import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.users import User

TETHER = Path(__file__).with_name("tether.py")
POLL_SECONDS = 0.05

# The kernel sends the parent-death signal when the *thread* that started a child ends,
# so one thread that lives as long as this process starts them all.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")

Popen = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Program:
    """What to run for one part.

    `stops` is the order of signals that ends it, each with the seconds it is given; SIGKILL follows.
    `ready` is asked again and again until it is true, at most `start_seconds` long. `orphaned` is the signal
    that it gets when we die without stopping it. Under a supervisor it is not ready before it has said a line
    that matches `announces`, and lines that match `noise` are left out of the log. The files `leftovers` are
    removed after its end.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: User | None = None
    stops: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    orphaned: signal.Signals = signal.SIGTERM
    start_seconds: float = 60.0
    announces: re.Pattern[str] | None = None
    noise: re.Pattern[str] | None = None
    leftovers: tuple[Path, ...] = ()


def spawn(program: Program, output: int | IO[bytes] = subprocess.PIPE) -> Popen:
    """Starts the program in a session of its own; it ends when this process ends, however that happens."""
    return _spawner.submit(_spawn, program, output).result()


def _spawn(program: Program, output: int | IO[bytes]) -> Popen:
    user = program.user
    identity = (str(user.uid), str(user.gid)) if user else ("-1", "-1")
    tether = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), str(int(program.orphaned))]
    return subprocess.Popen(
        [*tether, *identity, str(program.folder), *program.argv],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**os.environ, **program.environment},
        start_new_session=True,
    )


def wait_ready(program: Program, process: Popen, cancelled: Callable[[], bool] = lambda: False) -> bool:
    """Whether the program became ready; False when it ended, took too long or the wait was cancelled."""
    deadline = time.monotonic() + program.start_seconds
    while time.monotonic() < deadline and process.poll() is None and not cancelled():
        if program.ready():
            return True
        time.sleep(POLL_SECONDS)
    return False


def stop(program: Program, process: Popen, within: float = math.inf) -> None:
    """Ends the program and what it left in its process group; times shrink to be done `within` seconds."""
    deadline = time.monotonic() + within
    later = sum(seconds for _, seconds in program.stops)
    for signal_, seconds in program.stops:
        later -= seconds
        if process.poll() is not None:
            break
        with suppress(ProcessLookupError):
            process.send_signal(signal_)
        with suppress(subprocess.TimeoutExpired):
            process.wait(min(seconds, max(deadline - time.monotonic() - later, POLL_SECONDS)))
    end_group(process.pid)
    process.wait()
    for path in program.leftovers:
        path.unlink(missing_ok=True)


def end_group(leader: int) -> None:
    """Kills what is left of the process group of `leader`."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


@contextmanager
def started(program: Program, log: Path) -> Iterator[Popen]:
    """The program running and ready inside the block, its output in the file `log`."""
    with log.open("ab") as output:
        process = spawn(program, output)
        try:
            if not wait_ready(program, process):
                raise StackError(f"{program.name} did not start: {last_line(log)}")
            yield process
        finally:
            stop(program, process)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
