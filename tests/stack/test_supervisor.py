"""The supervisor with small programs of our own."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from stack.orphans import Register

ROOT = Path(__file__).parents[2]
# What is waited for comes within a second or two; on a busy machine it may take many times as long.
PATIENCE_SECONDS = 120.0

# A supervisor wants the main thread for its signals, so each has a process of its own.
STACK = """
import signal, sys
from pathlib import Path
from stack.log import Log
from stack.orphans import Register
from stack.processes import Program
from stack.supervisor import Supervisor
from stack.units import Part, Step
from stack.errors import StackError

here = Path(sys.argv[1])

def program(name, code, ready=lambda: True, **more):
    argv = (sys.executable, "-c", code)
    return Program(name, argv, here, ready, stops=((signal.SIGTERM, 2.0),), start_seconds=10.0, **more)

SLEEP = "import time; time.sleep(600)"
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
{units}
register = Register(here / "parts.json")
for name in register.end_left_over():
    print("ended", name, flush=True)
try:
    Supervisor(units, Log(here / "log"), register).run(lambda: print("all ready", flush=True))
except StackError as error:
    sys.exit(str(error))
"""


class Run:
    """A supervisor in a process of its own; `lines` grows while it talks."""

    def __init__(self, folder: Path, units: str) -> None:
        code = STACK.replace("{units}", textwrap.dedent(units))
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, text: str) -> None:
        wait_until(lambda: any(text in line for line in self.lines), f"{text!r} in {self.lines}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def wait_gone(processes: list[psutil.Process]) -> None:
    """What was killed a moment ago may still be at its end."""
    wait_until(lambda: not any(map(is_alive, processes)), f"the end of {processes}")


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture
def started(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Run]:
    def start(units: str) -> Run:
        run = Run(tmp_path, units)
        request.addfinalizer(lambda: run.end(signal.SIGKILL))
        return run

    return start


FAMILY = """
units = [
    Part("first", lambda: program("first", PARENT + SLEEP), rank=1),
    Part("second", lambda: program("second", SLEEP), needs=("first",), rank=0),
]
"""


def test_interrupt_stops_in_order_without_orphans(started: Callable[[str], Run]) -> None:
    run = started(FAMILY)
    run.wait_for("all ready")
    wait_until(lambda: len(run.family()) == 3, "two parts and a grandchild")
    family = run.family()
    assert run.end() == 0
    stopped = [line.split()[1] for line in run.lines if "stopped in" in line]
    assert stopped == ["second", "first"]
    wait_gone(family)


def test_part_that_dies_comes_back(started: Callable[[str], Run]) -> None:
    run = started(FAMILY)
    run.wait_for("all ready")
    wait_until(lambda: len(run.family()) == 3, "two parts and a grandchild")
    before = run.family()
    for process in before:
        # The supervisor ends what its dead part leaves, and may be first.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    run.wait_for("first     ended with signal SIGKILL; again in 0.3 s")
    wait_until(lambda: len(run.family()) == 3 and not set(before) & set(run.family()), "new ones")
    assert run.end() == 0


def test_killed_supervisor_leaves_nothing_to_the_next(started: Callable[[str], Run]) -> None:
    run = started(FAMILY)
    run.wait_for("all ready")
    wait_until(lambda: len(run.family()) == 3, "two parts and a grandchild")
    family = run.family()
    run.end(signal.SIGKILL)
    again = started(FAMILY)
    again.wait_for("all ready")
    wait_gone(family)
    assert again.end() == 0


def test_failed_step_stops_all_with_its_last_line(started: Callable[[str], Run]) -> None:
    run = started("""
        units = [
            Part("base", lambda: program("base", SLEEP)),
            Step("step", lambda: program("step", "import sys; sys.exit('no more room')"), needs=("base",)),
            Part("after", lambda: program("after", SLEEP), needs=("step",)),
        ]
    """)
    assert run.process.wait(PATIENCE_SECONDS) == 1
    run.wait_for("step failed: no more room")
    assert not [line for line in run.lines if " after " in line]


def test_part_that_never_starts_is_named(started: Callable[[str], Run]) -> None:
    run = started("""
        units = [Part("broken", lambda: program("broken", "print('bad luck')", ready=lambda: False))]
    """)
    assert run.process.wait(PATIENCE_SECONDS) == 1
    run.wait_for("broken did not start: bad luck")


def test_stranger_with_an_old_number_is_spared(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (tmp_path / "parts.json").write_text(f'{{"web": [{stranger.pid}, 1.0]}}')
        assert Register(tmp_path / "parts.json").end_left_over() == []
        assert stranger.poll() is None
        stranger.kill()


def test_part_that_rests_holds_no_number(started: Callable[[str], Run], tmp_path: Path) -> None:
    """The system may give the number of an ended process to a stranger, who must not be ended with us."""
    run = started("""
    units = [Part("brief", lambda: program("brief", "import time; time.sleep(0.3)"))]
    """)
    run.wait_for("again in 2 s")
    # It may have come back meanwhile, and rests again a moment later.
    wait_until(lambda: json.loads((tmp_path / "parts.json").read_text()) == {}, "a part without a number")


def test_fault_on_the_way_back_does_not_stop_the_others(started: Callable[[str], Run]) -> None:
    run = started("""
    times = []

    def after():
        times.append(1)
        if len(times) == 2:
            raise StackError("the bucket could not be made")

    units = [
        Part("steady", lambda: program("steady", SLEEP)),
        Part("brief", lambda: program("brief", "import time; time.sleep(0.5)"), after=after),
    ]
    """)
    run.wait_for("the bucket could not be made")
    run.wait_for("again in 1 s")
    assert run.process.poll() is None


def test_lines_cannot_steer_the_terminal(started: Callable[[str], Run], tmp_path: Path) -> None:
    run = started("""
    SAY = r"print('one\\rtwo\\x1b[2J\\x1b]0;title\\x07 \\u2028three', flush=True);" + SLEEP
    units = [Part("loud", lambda: program("loud", SAY))]
    """)
    run.wait_for("three")
    said = next(line for line in (tmp_path / "log").read_text().split("\n") if "three" in line)
    assert said.isprintable()
