"""One readable log: time, part, line; on the terminal in colour and in a file that rotates."""

import os
import sys
import threading
from contextlib import suppress
from datetime import datetime
from logging import INFO, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

BYTES, FILES = 5_000_000, 4
COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
WIDTH = 9


class Log:
    """Lines of all parts in the order in which they came."""

    def __init__(self, path: Path, *, terminal: bool = True) -> None:
        self._file = _File(path, maxBytes=BYTES, backupCount=FILES, encoding="utf-8", delay=True)
        self._terminal = terminal
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}

    def line(self, part: str, text: str) -> None:
        """Writes one line of `part`."""
        # The reader's own clock: these lines are for the person at this machine.
        time = datetime.now().astimezone().strftime("%H:%M:%S")
        with self._lock:
            self._file.emit(_record(f"{time} {part:<{WIDTH}} {text}"))
            if self._terminal:
                self._print(f"{time} {self._painted(part)} {text}")

    def plain(self, text: str = "") -> None:
        """Writes to the terminal only, for the person who looks at it."""
        with self._lock:
            self._print(text)

    def close(self) -> None:
        self._file.close()

    def _painted(self, part: str) -> str:
        if not self._coloured:
            return f"{part:<{WIDTH}}"
        colour = COLOURS[self._seen.setdefault(part, len(self._seen)) % len(COLOURS)]
        return f"\x1b[{colour}m{part:<{WIDTH}}\x1b[0m"

    @staticmethod
    def _print(text: str) -> None:
        # The terminal may be gone while the parts still have to be stopped.
        with suppress(OSError, ValueError):
            print(text, flush=True)  # noqa: T201 - the log of a program in the foreground


class _File(RotatingFileHandler):
    def handleError(self, record: LogRecord) -> None:
        """Says nothing: a full disk must not flood the terminal, which shows the line anyway."""


def _record(text: str) -> LogRecord:
    return LogRecord("kith", INFO, "", 0, text, None, None)
