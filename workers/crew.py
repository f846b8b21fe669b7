"""All relays of a process: one for the control database, one for each cell as cells come."""

import logging
import threading
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.core.outbox import CONTROL_TABLE, TENANT_TABLE
from tenants.context import Mode, transactions
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.models import Cell
from workers.broker import Broker
from workers.relay import Relay

log = logging.getLogger("kith.relay")

CONTROL = "control"
LOOK_SECONDS = 30.0
RETRY_SECONDS = 1.0


@dataclass
class RelayCrew:
    """Keeps one relay going for each outbox there is."""

    settings: Settings
    stopping: threading.Event
    _relays: dict[str, tuple[threading.Thread, threading.Event]] = field(default_factory=dict, init=False)
    _is_away: bool = field(default=False, init=False)

    def run(self) -> None:
        """Until told to stop; then waits for its relays."""
        while not self.stopping.is_set():
            self.stopping.wait(LOOK_SECONDS if self._look() else RETRY_SECONDS)
        for _, ending in self._relays.values():
            ending.set()
        for relay, _ in self._relays.values():
            relay.join()

    def _look(self) -> bool:
        try:
            outboxes = self._outboxes()
            for name, url, table in outboxes:
                if name not in self._relays:
                    self._start(name, url, table)
            for gone in self._relays.keys() - {name for name, _, _ in outboxes}:
                self._relays.pop(gone)[1].set()
        except SQLAlchemyError as error:
            if not self._is_away:
                log.warning("the control database is away: %s", str(error).splitlines()[0])
            self._is_away = True
            return False
        self._is_away = False
        return True

    def _outboxes(self) -> list[tuple[str, str, str]]:
        with transactions(Mode(read_only=True)), engines().control.begin() as connection:
            cells = connection.scalars(select(Cell.id)).all()
        found = [(CONTROL, psycopg_url(self.settings.database_url), CONTROL_TABLE)]
        return found + [(cell, psycopg_url(engines().cell_url(cell)), TENANT_TABLE) for cell in cells]

    def _start(self, name: str, url: str, table: str) -> None:
        ending = threading.Event()
        relay = Relay(url, table, Broker(self.settings.redis_url), ending)
        thread = threading.Thread(target=relay.run, name=f"relay {name}", daemon=True)
        self._relays[name] = (thread, ending)
        thread.start()
