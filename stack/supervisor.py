"""Starts parts in the order of their needs, restarts what dies, and stops all of it in order."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType

from stack.errors import StackError
from stack.log import Log
from stack.orphans import Register
from stack.processes import Popen, Program, spawn, stop, wait_ready
from stack.tail import Tail
from stack.units import Part, Step

BACKOFF = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0)
HEALTHY_SECONDS = 60.0
# All parts together; who comes last gets what the others leave.
STOP_SECONDS = 14.0
TICK_SECONDS = 0.1


class Supervisor:
    """Runs parts and steps until it is told to stop."""

    def __init__(self, units: Sequence[Part | Step], log: Log, register: Register) -> None:
        self._units = units
        self._log = log
        self._register = register
        self._ready = {unit.name: threading.Event() for unit in units}
        self._running: dict[str, tuple[Program, Popen]] = {}
        self._wanted_again: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._asked_to_stop = False
        self._failure: str | None = None

    def run(self, announce: Callable[[], None]) -> None:
        """Starts all, calls `announce` when all is ready, returns when stopped; StackError if that fails."""
        self._take_signals()
        threads = [
            threading.Thread(target=self._guarded, args=(unit,), name=unit.name) for unit in self._units
        ]
        try:
            for thread in threads:
                thread.start()
            if self._all_ready():
                announce()
            while not self._asked_to_stop and not self._stopping.is_set():
                self._stopping.wait(TICK_SECONDS)
        finally:
            self._stopping.set()
            self._stop_all()
            for thread in threads:
                thread.join()
        if self._failure:
            raise StackError(self._failure)

    def restart(self, names: Sequence[str]) -> None:
        """Ends these parts, all at once; they come back without delay."""
        with self._lock:
            running = {name: self._running[name] for name in names if name in self._running}
            self._wanted_again.update(running)
        threads = [threading.Thread(target=stop, args=each) for each in running.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @property
    def stopping(self) -> threading.Event:
        return self._stopping

    def _take_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            # Also where a shell ignores them for what it started in the background.
            signal.signal(number, self._on_signal)
        # Under nohup the terminal may go and the stack stays.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Nothing that takes a lock: the thread that we interrupt may hold it.
        self._asked_to_stop = True

    def _all_ready(self) -> bool:
        while not self._asked_to_stop and not self._stopping.is_set():
            if all(event.is_set() for event in self._ready.values()):
                return True
            self._stopping.wait(TICK_SECONDS)
        return False

    def _guarded(self, unit: Part | Step) -> None:
        try:
            if self._wait_for(unit.needs):
                self._keep(unit) if isinstance(unit, Part) else self._once(unit)
        except StackError as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"{unit.name} could not be started: {error}.")

    def _wait_for(self, needs: tuple[str, ...]) -> bool:
        for need in needs:
            event = self._ready.get(need)
            while event and not event.wait(0.1):
                if self._stopping.is_set():
                    return False
        return not self._stopping.is_set()

    def _fail(self, sentence: str) -> None:
        if not self._stopping.is_set():
            self._failure = self._failure or sentence
        self._stopping.set()

    def _once(self, step: Step) -> None:
        began = time.monotonic()
        self._log.line(step.name, "begins")
        said = Tail()
        process = self._start(step.name, step.program(), said, step.hear)
        if process is None:
            return
        code = process.wait()
        said.finish()
        self._forget(step.name)
        if code != 0:
            self._fail(f"{step.name} failed: {said.last}")
            return
        self._mark_ready(step.name, f"done in {time.monotonic() - began:.1f} s")

    def _keep(self, part: Part) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            ended = self._life(part)
            if ended is None:
                return
            if self._is_wanted_again(part.name):
                self._log.line(part.name, "starts again")
                continue
            failures = 0 if time.monotonic() - began > HEALTHY_SECONDS else failures
            pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
            self._log.line(part.name, f"{ended}; again in {pause:g} s")
            failures += 1
            self._stopping.wait(pause)

    def _life(self, part: Part) -> str | None:
        """Runs the part until it ends and says how it did; None where it is not to come back.

        What keeps it from starting stops everything the first time only: later it may pass.
        """
        try:
            return self._run_part(part)
        except (StackError, OSError) as error:
            if not self._ready[part.name].is_set():
                raise
            return f"did not come back: {error}"

    def _run_part(self, part: Part) -> str | None:
        began = time.monotonic()
        said = Tail()
        program = part.prepare()
        process = self._start(part.name, program, said)
        if process is None:
            return None
        if wait_ready(said.before(program), process, self._stopping.is_set):
            self._finish_start(part, program, process)
            self._mark_ready(part.name, f"ready in {time.monotonic() - began:.1f} s")
        elif not self._ready[part.name].is_set() and not self._stopping.is_set():
            stop(program, process)
            said.finish()
            self._fail(f"{part.name} did not start: {said.last}")
            return None
        code = process.wait()
        if self._stopping.is_set():
            return None
        self._end(part.name, program, process)
        return f"ended with {_in_words(code)}"

    def _finish_start(self, part: Part, program: Program, process: Popen) -> None:
        try:
            part.after()
        except StackError:
            self._end(part.name, program, process)
            raise

    def _end(self, name: str, program: Program, process: Popen) -> None:
        """Ends what is left of it and forgets its number, which may soon be a stranger's."""
        stop(program, process)
        self._forget(name)

    def _is_wanted_again(self, name: str) -> bool:
        with self._lock:
            wanted = name in self._wanted_again
            self._wanted_again.discard(name)
        return wanted

    def _mark_ready(self, name: str, text: str) -> None:
        self._log.line(name, text)
        self._ready[name].set()

    def _start(
        self, name: str, program: Program, said: Tail, hear: Callable[[str], None] | None = None
    ) -> Popen | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            process = spawn(program)
            self._running[name] = (program, process)
        self._register.add(name, process.pid)
        said.follow(process, hear or partial(self._log.line, name), program)
        return process

    def _forget(self, name: str) -> None:
        with self._lock:
            self._running.pop(name, None)
        self._register.remove(name)

    def _stop_all(self) -> None:
        with self._lock:
            running = dict(self._running)
        deadline = time.monotonic() + STOP_SECONDS
        ranks = {unit.name: unit.rank if isinstance(unit, Part) else -1 for unit in self._units}
        for rank in sorted({ranks[name] for name in running}):
            names = [name for name in running if ranks[name] == rank]
            left = deadline - time.monotonic()
            threads = [
                threading.Thread(target=self._stop_one, args=(name, *running[name], left)) for name in names
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _stop_one(self, name: str, program: Program, process: Popen, within: float) -> None:
        began = time.monotonic()
        stop(program, process, within)
        self._forget(name)
        self._log.line(name, f"stopped in {time.monotonic() - began:.1f} s")


def _in_words(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
