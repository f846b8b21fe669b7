"""A gate at the end of each slice of long work: a test lets so many through and breaks things between."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from app.domain.jobs.slices import Budget

POLL_SECONDS = 0.02


class Gate:
    """Slices end only where a test lets them: there is a middle, whoever is slow or pauses."""

    def __init__(self, folder: Path) -> None:
        self._passes, self._open = folder / "passes", folder / "open"
        self._passes.mkdir(parents=True, exist_ok=True)

    def admit(self, number: int) -> None:
        """Let so many slices come to their end; the next one waits within its transaction."""
        for _ in range(number):
            (self._passes / uuid4().hex).touch()

    def is_shut(self) -> bool:
        """Whether all that were admitted have gone through; the last may not be committed yet."""
        return not any(self._passes.iterdir())

    def open(self) -> None:
        """Nobody waits any more."""
        self._open.touch()

    def shut(self) -> None:
        """From now on slices wait again."""
        self._open.unlink()

    def as_budget(self) -> Callable[[Budget], bool]:
        """What stands in the worker for Budget.is_spent: each chunk is a slice, and waits at the gate."""

        def is_spent(_: Budget) -> bool:
            while not (self._open.exists() or self._took()):
                time.sleep(POLL_SECONDS)
            return True

        return is_spent

    def _took(self) -> bool:
        """Whether there was a pass that nobody else took."""
        for each in self._passes.iterdir():
            with suppress(FileNotFoundError):
                each.unlink()
                return True
        return False
