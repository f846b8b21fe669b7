"""Staying with the backups: the log of every cluster is received, and each day a base backup is taken."""

import signal
import threading
from datetime import UTC, datetime, timedelta
from types import FrameType

import click
import psycopg

from app.commands import _clusters
from app.commands._clusters import Cluster
from app.config import Settings
from stack.backups import base, clusters, removals
from stack.backups.places import Place, below
from stack.backups.stream import Stream
from stack.errors import StackError
from tenants import backups

EVERY = timedelta(days=1)
LOOK_SECONDS = 30.0
# One that failed is tried again when the reason may have gone.
RETRY_SECONDS = 600.0


def keep(settings: Settings, to: Place, cell: str | None, rate: str | None) -> None:
    """Until told to stop."""
    stopping = threading.Event()
    _stop_on_signals(stopping)
    threads = [
        threading.Thread(target=_Keeper(settings, to, cluster, rate, stopping).run, name=cluster.number)
        for cluster in _clusters.found(settings, cell)
    ]
    for thread in threads:
        thread.start()
    click.echo(f"keeping backups in {to.text}")
    for thread in threads:
        thread.join()


class _Keeper:
    """One cluster's log and base backups."""

    def __init__(
        self, settings: Settings, to: Place, cluster: Cluster, rate: str | None, stopping: threading.Event
    ) -> None:
        self._settings, self._to, self._cluster, self._rate = settings, to, cluster, rate
        self._stopping = stopping
        spool = _clusters.scratch_of(settings, cluster.number) / "log"
        self._stream = Stream(cluster.url, below(to, cluster.number), spool, stopping)
        self._said = ""
        self._removed: list[str] | None = None

    def run(self) -> None:
        receiver = threading.Thread(target=self._stream.run, name="log")
        receiver.start()
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = LOOK_SECONDS
            try:
                self._look()
            except (StackError, OSError, psycopg.Error) as error:
                click.echo(f"no base backup of {', '.join(self._cluster.holds)}: {error}", err=True)
                pause = RETRY_SECONDS
        receiver.join()

    def _look(self) -> None:
        if self._stream.failure != self._said:
            self._said = self._stream.failure
            click.echo(self._said or "the log is received again", err=bool(self._said))
        self._tell_removals()
        if self._is_due():
            made = _clusters.take(self._cluster, self._to, self._settings, self._rate)
            click.echo(f"base backup {made.id} of {', '.join(made.holds)}, {made.bytes / 1e6:.0f} MB")

    def _tell_removals(self) -> None:
        removed = backups.removed()
        if removed != self._removed:
            number = self._cluster.number
            scratch = _clusters.scratch_of(self._settings, number)
            removals.tell(below(self._to, number), scratch, removed)
            self._removed = removed

    def _is_due(self) -> bool:
        """None yet, an old one, one of a timeline that was left, or one whose log is not whole."""
        mine = below(self._to, self._cluster.number)
        taken = base.found(mine, _clusters.scratch_of(self._settings, self._cluster.number))
        if not taken or taken[-1].ended_at < datetime.now(UTC) - EVERY:
            return True
        if taken[-1].timeline != clusters.identify(self._cluster.url).timeline:
            return True
        since = self._stream.whole_since
        return since is not None and taken[-1].ended_at < since


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
