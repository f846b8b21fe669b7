"""Bringing many schemas to one revision: ten in a transaction, alone when ten fail, parked when one fails."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import psycopg
from psycopg import errors

from tenants import ledger, owner, revisions
from tenants.driver import run_string

BATCH = 10
# Whoever waits for a lock holds up all who come after, and nine other tenants of the batch.
LOCK_TIMEOUT = "100ms"
LOCK_TIMEOUT_ALONE = "1s"
# Seconds before each further round for schemas that somebody was at work in.
PAUSES = (0.3, 1.0, 3.0)
LOOK_SECONDS = 0.2
STILL_HELD = "another transaction held it all the time"
# Somebody else was in the way, which says nothing about the schema.
CONTENDED = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)

_LEFT = "SELECT schema_name FROM kith.tenant_rev WHERE rev = ANY (%s) ORDER BY schema_name"
_CLAIM = (
    "SELECT schema_name, rev FROM kith.tenant_rev WHERE schema_name = ANY (%s) AND rev = ANY (%s) FOR UPDATE"
)

Told = Callable[["Run"], None]
Connection = psycopg.Connection[Any]


class BrokeOff(RuntimeError):
    """The run cannot go on, for a reason that no tenant has."""


@dataclass
class Run:
    """One run over a cell. The revision is written with the change, so a killed run is simply run again."""

    control_url: str
    cell_url: str
    cell: str
    until: str
    told: Told
    workers: int = 2
    migrated: int = 0
    total: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._older = revisions.older("tenant", self.until)
        self._fresh: list[str] = []
        self._in_the_way: dict[str, str] = {}

    def all(self) -> None:
        """Migrate every schema below the revision; `failed` holds the errors of those that were not."""
        with owner.connect(self.cell_url) as cell, owner.connect(self.control_url) as control:
            self._ledger = ledger.Ledger(control, self.cell, self.until)
            self._ledger.mend(cell)
            left = self._left(cell)
            self.total = len(left)
            run_id = self._ledger.begin()
            self._spread(left)
            self._again(cell)
            self._write_down()
            self._ledger.mend(cell)
            self._ledger.end(run_id)

    def _left(self, cell: Connection) -> list[str]:
        rows = cell.execute(_LEFT, [self._older]).fetchall()
        return [schema for (schema,) in rows if schema not in self.failed]

    def _spread(self, schemas: Sequence[str]) -> None:
        """Give the schemas in tens to the workers; what they have done is written down meanwhile."""
        batches = _tens(schemas)
        with ThreadPoolExecutor(self.workers) as pool:
            working = {pool.submit(self._work, batches) for _ in range(self.workers)}
            try:
                self._watch(working)
            finally:
                self._stopping.set()
        for each in working:
            each.result()
        self._stopping.clear()

    def _watch(self, working: set[Future[None]]) -> None:
        while working:
            ended, working = wait(working, LOOK_SECONDS, FIRST_EXCEPTION)
            self._write_down()
            for each in ended:
                each.result()

    def _work(self, batches: Iterator[list[str]]) -> None:
        with owner.connect(self.cell_url, "kith migrate") as connection:
            while not self._stopping.is_set():
                with self._lock:
                    batch = next(batches, None)
                if batch is None:
                    return
                self._batch(connection, batch)

    def _batch(self, connection: Connection, batch: list[str]) -> None:
        try:
            done = self._migrate(connection, batch, LOCK_TIMEOUT, " SKIP LOCKED")
        except psycopg.Error:
            if connection.closed:
                raise
            for schema in batch:
                self._alone(connection, schema, LOCK_TIMEOUT)
        else:
            self._note(done)

    def _alone(self, connection: Connection, schema: str, patience: str) -> None:
        """Where somebody is in the way it stays for a further round; any other failure is parked."""
        try:
            self._note(self._migrate(connection, [schema], patience))
        except CONTENDED as error:
            self._in_the_way[schema] = str(error).strip()
        except psycopg.Error as error:
            if connection.closed:
                raise
            self._park(schema, str(error).strip() or type(error).__name__)

    def _again(self, cell: Connection) -> None:
        """Further rounds for what was locked, or what an older release has built meanwhile."""
        for pause in PAUSES:
            left = self._left(cell)
            if not left:
                return
            time.sleep(pause)
            for schema in left:
                self._alone(cell, schema, LOCK_TIMEOUT_ALONE)
            self._write_down()
        for schema in self._left(cell):
            self._park(schema, self._in_the_way.get(schema, STILL_HELD))

    def _migrate(self, connection: Connection, batch: list[str], patience: str, skip: str = "") -> list[str]:
        """All of `batch` that is behind in one transaction, with the revision."""
        connection.execute(f"BEGIN; SET LOCAL lock_timeout = '{patience}'; SET LOCAL statement_timeout = 0")
        try:
            rows = self._claim(connection, batch, skip)
            run_string(connection, revisions.replayed(rows, self.until))
        finally:
            # Nothing is left to roll back where the string went through to its COMMIT.
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.rollback()
        return [schema for schema, _ in rows]

    def _claim(self, connection: Connection, batch: list[str], skip: str) -> list[tuple[str, str]]:
        try:
            return connection.execute(_CLAIM + skip, [batch, self._older]).fetchall()
        except CONTENDED:
            raise
        except psycopg.Error as error:
            # No tenant's fault, and no end of the work.
            raise BrokeOff(str(error).strip()) from error

    def _note(self, schemas: list[str]) -> None:
        with self._lock:
            self._fresh += schemas
            self.migrated += len(schemas)

    def _park(self, schema: str, error: str) -> None:
        with self._lock:
            self.failed[schema] = error

    def _write_down(self) -> None:
        with self._lock:
            fresh, self._fresh = self._fresh, []
        self._ledger.write(fresh)
        self._ledger.park(self.failed)
        self.told(self)


def _tens(schemas: Sequence[str]) -> Iterator[list[str]]:
    each = iter(schemas)
    while batch := list(islice(each, BATCH)):
        yield batch
