"""How far a migration is: a bar for each cell on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tenants import runner

LINE_SECONDS = 2.0


class Bars:
    """Shows what a migration tells, from whichever cell; nothing where `is_quiet`."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            TextColumn("{task.fields[failed]}", style="red"),
            console=self._console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._began: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def __enter__(self) -> "Bars":
        if self._has_bars:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, reached: runner.Progress) -> None:
        """Take up where a cell is."""
        if self._is_quiet or not reached.total:
            return
        began = self._began.setdefault(reached.cell, time.monotonic())
        rate = reached.done / max(time.monotonic() - began, 0.001)
        if self._has_bars:
            self._move(reached, rate)
        else:
            self._tell(reached, rate)

    @property
    def _has_bars(self) -> bool:
        return self._console.is_terminal and not self._is_quiet

    def _move(self, reached: runner.Progress, rate: float) -> None:
        told: dict[str, Any] = {
            "rate": f"{rate:,.0f}/s",
            "failed": f"{reached.failed} failed" if reached.failed else "",
        }
        if reached.cell not in self._tasks:
            self._tasks[reached.cell] = self._progress.add_task(reached.cell, total=reached.total, **told)
        done = reached.done + reached.failed
        self._progress.update(
            self._tasks[reached.cell], completed=done, total=max(reached.total, done), **told
        )

    def _tell(self, reached: runner.Progress, rate: float) -> None:
        is_over = reached.done + reached.failed >= reached.total
        now = time.monotonic()
        if not is_over and now - self._told.get(reached.cell, 0.0) < LINE_SECONDS:
            return
        if is_over and self._told.get(reached.cell) == float("inf"):
            return
        self._told[reached.cell] = float("inf") if is_over else now
        left = max(reached.total - reached.done - reached.failed, 0)
        seconds = f", {left / rate:,.0f} s left" if left and rate else ""
        click.echo(
            f"{reached.cell}: {reached.done} of {reached.total} tenants, {reached.failed} failed,"
            f" {rate:,.0f} a second{seconds}"
        )
