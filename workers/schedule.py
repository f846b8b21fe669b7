"""The clock of the installation: chores at their intervals, in one process at a time."""

import logging
import threading
import time
from dataclasses import dataclass, field

import psycopg
from flask import Flask

from app.config import Settings
from tenants.context import entered
from tenants.driver import psycopg_url
from workers.chores import CHORES, Chore
from workers.claims import Connection
from workers.relay import connect

log = logging.getLogger("kith.clock")

LEADER_LOCK = 6_011_011
STAND_BY_SECONDS = 3.0
TICK_SECONDS = 0.5


@dataclass
class Scheduler:
    """Does the chores while it holds the lock; another takes over when this one ends."""

    app: Flask
    settings: Settings
    stopping: threading.Event
    _next: dict[str, float] = field(default_factory=dict, init=False)
    _is_away: bool = field(default=False, init=False)

    def run(self) -> None:
        """Until told to stop."""
        while not self.stopping.is_set():
            try:
                with connect(psycopg_url(self.settings.database_url)) as connection:
                    self._is_away = False
                    self._lead(connection)
            except psycopg.OperationalError as error:
                if not self._is_away:
                    log.warning("PostgreSQL is away: %s", str(error).strip())
                self._is_away = True
            except Exception:
                log.exception("the clock stumbled")
            self.stopping.wait(STAND_BY_SECONDS)

    def _lead(self, connection: Connection) -> None:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
        if not row or not row[0]:
            return
        log.info("keeping the clock")
        while not self.stopping.wait(TICK_SECONDS):
            # Also the proof that the connection, and so the lock, is still ours.
            connection.execute("SELECT 1")
            self._tick()

    def _tick(self) -> None:
        for chore in CHORES:
            if self.stopping.is_set() or time.monotonic() < self._next.get(chore.name, 0.0):
                continue
            self._do(chore)
            self._next[chore.name] = time.monotonic() + chore.seconds

    def _do(self, chore: Chore) -> None:
        try:
            with entered(None), self.app.app_context():
                chore.run()
        except Exception:
            log.exception("the chore %s failed; it comes again in %s s", chore.name, chore.seconds)
