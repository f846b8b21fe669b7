"""What a process says, line by line."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from stack.processes import Popen, Program

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# What would steer a terminal, end a line or turn its direction: a part may repeat what strangers sent.
STEERING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Tail:
    """Follows what a process says, and keeps its last line for the sentence that explains its end."""

    def __init__(self) -> None:
        self.last = "it said nothing"
        self._announced = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, process: Popen, say: Callable[[str], None], program: Program) -> None:
        self._thread = threading.Thread(target=self._pump, args=(process, say, program), daemon=True)
        self._thread.start()

    def before(self, program: Program) -> Program:
        """`program`, not ready before it has announced so."""
        if program.announces is None:
            return program
        return replace(program, ready=lambda: self._announced.is_set() and program.ready())

    def finish(self) -> None:
        """Waits a moment for what is still in the pipe."""
        if self._thread:
            self._thread.join(1.0)

    def _pump(self, process: Popen, say: Callable[[str], None], program: Program) -> None:
        if process.stdout is None:
            return
        with suppress(ValueError, OSError):
            for raw in process.stdout:
                text = STEERING.sub(" ", COLOURS.sub("", raw.decode(errors="replace")).rstrip())
                if program.announces and program.announces.search(text):
                    self._announced.set()
                if text and not (program.noise and program.noise.search(text)):
                    self.last = text
                    say(text)
