"""Cells that hang: what waits for a server that has fallen silent is cut off, nobody waits for ever."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from tenants.breaker import AGAIN_SECONDS, SUSPICIOUS_SECONDS, CellDown, cut
from tenants.driver import libpq_arguments
from tenants.engines import engines
from tenants.pool import BucketEngine, BucketPool, asked

LOOK_SECONDS = 0.5
# Work may take long on a server that answers; so soon it is asked once more.
EASE_SECONDS = 5.0


@dataclass(frozen=True)
class _Work:
    """A connection at work for a bucket, since an instant of the monotonic clock."""

    connection: psycopg.Connection[Any]
    bucket: BucketEngine
    since: float = field(default_factory=time.monotonic)


class Watch:
    """Looks at the connections at work; where one takes long, somebody asks its cell whether it is there.

    A server that hangs (its machine swaps, its disk is gone, somebody stopped it) keeps connections open and
    answers nothing: no time limit of its own holds. One thread asks for all; when it waited in vain the
    breaker opens, whoever waits is cut off, and it alone goes on asking.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: dict[int, _Work] = {}
        self._buckets: dict[str, BucketEngine] = {}
        self._asked: dict[str, float] = {}
        self._awake = threading.Event()

    def begin(self) -> None:
        """Watch the connections of this process from now on."""
        event.listen(BucketPool, "checkout", self._taken)
        event.listen(BucketPool, "checkin", self._returned)
        threading.Thread(target=self._look, name="hanging cells", daemon=True).start()

    def _taken(self, connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        bucket = asked()
        self._buckets[bucket.login] = bucket
        self._at_work[id(record)] = _Work(connection, bucket)
        if not self._awake.is_set():
            self._awake.set()

    def _returned(self, _: object, record: ConnectionPoolEntry) -> None:
        self._at_work.pop(id(record), None)

    def _look(self) -> None:
        while True:
            self._awake.wait()
            time.sleep(LOOK_SECONDS)
            if not self._at_work:
                self._awake.clear()
                continue
            now = time.monotonic()
            for work in list(self._at_work.values()):
                if now - work.since > SUSPICIOUS_SECONDS:
                    self._suspect(work.bucket, now)

    def _suspect(self, bucket: BucketEngine, now: float) -> None:
        with self._lock:
            if now < self._asked.get(bucket.cell, 0.0):
                return
            self._asked[bucket.cell] = float("inf")
        threading.Thread(target=self._ask, args=(bucket,), name=f"asking {bucket.cell}", daemon=True).start()

    def _ask(self, bucket: BucketEngine) -> None:
        breaker = engines().breakers.of(bucket.cell)
        try:
            with breaker.asked_by_me():
                while not self._answers(bucket):
                    self._cut_off(bucket.cell)
                    time.sleep(AGAIN_SECONDS)
        finally:
            with self._lock:
                self._asked[bucket.cell] = time.monotonic() + EASE_SECONDS

    @staticmethod
    def _answers(bucket: BucketEngine) -> bool:
        here = engines()
        try:
            url, _ = here.bucket_url(bucket.login)
            here.breakers.of(bucket.cell).connect(libpq_arguments(url)).close()
        except CellDown:
            return False
        except (psycopg.OperationalError, SQLAlchemyError):
            # It refuses this login, so it is there; or nobody knows any more where it is.
            return True
        return True

    def _cut_off(self, cell: str) -> None:
        """End what waits there, and what would wait as soon as it is taken from the pool."""
        waiting = [work for work in list(self._at_work.values()) if work.bucket.cell == cell]
        for work in waiting:
            cut(work.connection)
        for bucket in list(self._buckets.values()):
            if bucket.cell == cell:
                bucket.drop_idle()


_watching: Watch | None = None


def watch() -> None:
    """Watch the cells of this process, from its start on; once, however often it is called."""
    global _watching
    if _watching is None:
        _watching = Watch()
        _watching.begin()
