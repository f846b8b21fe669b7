"""One pool for all buckets: each connection is kept for its bucket, and few are kept in all."""

import threading
import time
from collections import Counter, OrderedDict
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Pool, PoolProxiedConnection, exc
from sqlalchemy.engine.base import OptionEngine
from sqlalchemy.pool import ConnectionPoolEntry

_LOGIN = "login of its bucket"
_RETURNED = "returned at"
_MET = "tenants that it has met"

_asked: ContextVar["BucketEngine"] = ContextVar("bucket that is asked for")


@dataclass(frozen=True)
class PoolSettings:
    """How many connections a process keeps; times in seconds.

    A bucket keeps `pool_size` and has at most `max_overflow` more at once; all buckets together keep
    `open_buckets` x `pool_size`. A connection ends after `recycle`, and when it has met more than
    `tenants`: with a whole bucket in it a backend holds some 100 MB (./kith bench tenancy --part memory).
    """

    pool_size: int = 4
    max_overflow: int = 4
    timeout: float = 10.0
    recycle: int = 1200
    open_buckets: int = 16
    tenants: int = 100

    @property
    def at_once(self) -> int:
        """The most connections that a bucket has from this process."""
        return self.pool_size + self.max_overflow

    @property
    def most(self) -> int:
        """The most connections to buckets that this process keeps."""
        return self.open_buckets * self.pool_size


class BucketEngine(OptionEngine):
    """The shared engine for one bucket: statements are compiled once for all, connections are its own."""

    def __init__(self, shared: Engine, login: str, cell: str) -> None:
        super().__init__(shared, {})
        self.login, self.cell = login, cell

    def raw_connection(self) -> PoolProxiedConnection:
        token = _asked.set(self)
        try:
            return super().raw_connection()
        finally:
            _asked.reset(token)

    def drop_idle(self) -> None:
        """Close this bucket's connections that are not at work."""
        if isinstance(self.pool, BucketPool):
            self.pool.drop_idle(self.login)


def asked() -> BucketEngine:
    """The bucket whose connection is being taken or opened."""
    return _asked.get()


def meet(info: dict[Any, Any], schema: str) -> None:
    """Note on a connection's `info` that it works for the tenant in `schema`."""
    info.setdefault(_MET, set()).add(schema)


class BucketPool(Pool):
    """Connections by bucket, the one used last first, so that a backend that is warm stays at work.

    Whoever needs one more than a bucket may have waits for it. Beyond what all buckets may keep, the one that
    was used longest ago gives one up; what is at work is never closed. A backend's memory grows with every
    tenant that it meets and shrinks with none, so connections end in time.
    """

    def __init__(self, creator: Any, settings: PoolSettings, **more: Any) -> None:
        super().__init__(creator, **more)
        self._settings = settings
        self._changed = threading.Condition()
        # Each bucket's idle connections, the one used last at the end; the bucket used longest ago first.
        self._idle: OrderedDict[str, list[ConnectionPoolEntry]] = OrderedDict()
        self._open: Counter[str] = Counter()
        self._disposed = False

    def open(self) -> dict[str, int]:
        """How many connections each bucket has, idle ones and those at work."""
        with self._changed:
            return {login: count for login, count in self._open.items() if count}

    def drop_idle(self, login: str) -> None:
        """Close this bucket's connections that are not at work."""
        with self._changed:
            dropped = self._idle.pop(login, [])
            self._forget(*dropped)
        _close(dropped)

    def _do_get(self) -> ConnectionPoolEntry:
        login = asked().login
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_one(login), self._settings.timeout):
                raise exc.TimeoutError(
                    f"no connection of {login} came free within {self._settings.timeout} s"
                )
            if idle := self._idle.get(login):
                return self._take(login, idle)
            self._open[login] += 1
            surplus = self._surplus()
        _close(surplus)
        return self._connected(login)

    def _has_one(self, login: str) -> bool:
        return bool(self._idle.get(login)) or self._open[login] < self._settings.at_once

    def _take(self, login: str, idle: list[ConnectionPoolEntry]) -> ConnectionPoolEntry:
        taken = idle.pop()
        if not idle:
            del self._idle[login]
        return taken

    def _connected(self, login: str) -> ConnectionPoolEntry:
        try:
            record = self._create_connection()
        except BaseException:
            with self._changed:
                self._open[login] -= 1
                self._changed.notify_all()
            raise
        _notes(record)[_LOGIN] = login
        return record

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        login = _notes(record)[_LOGIN]
        with self._changed:
            idle = self._idle.setdefault(login, [])
            idle.append(record)
            _notes(record)[_RETURNED] = time.monotonic()
            self._idle.move_to_end(login)
            ended = [record] if self._has_ended(record) or len(idle) > self._settings.pool_size else []
            for each in ended:
                self._idle[login].remove(each)
            self._forget(*ended)
            ended += self._surplus()
        _close(ended)

    def _has_ended(self, record: ConnectionPoolEntry) -> bool:
        """Whether it is closed already, has met enough tenants, or belongs to a pool that is gone."""
        lost = self._disposed or record.dbapi_connection is None
        return lost or len(record.info.get(_MET, ())) > self._settings.tenants

    def _surplus(self) -> list[ConnectionPoolEntry]:
        """Take out what is beyond the number of all, and what nobody wanted for long; to be closed."""
        found = []
        while self._idle:
            login, idle = next(iter(self._idle.items()))
            if not idle:
                del self._idle[login]
                continue
            if sum(self._open.values()) <= self._settings.most and not self._is_stale(idle[0]):
                break
            found.append(idle.pop(0))
            self._forget(found[-1])
        return found

    def _is_stale(self, record: ConnectionPoolEntry) -> bool:
        idle_since: float = _notes(record)[_RETURNED]
        return 0 < self._recycle < time.monotonic() - idle_since

    def _forget(self, *records: ConnectionPoolEntry) -> None:
        for record in records:
            self._open[_notes(record)[_LOGIN]] -= 1
        self._changed.notify_all()

    def dispose(self) -> None:
        with self._changed:
            self._disposed = True
            dropped = [record for idle in self._idle.values() for record in idle]
            self._idle.clear()
            self._forget(*dropped)
        _close(dropped)

    def recreate(self) -> "BucketPool":
        return BucketPool(
            self._creator,
            self._settings,
            recycle=self._recycle,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            _dispatch=self.dispatch,
            dialect=self._dialect,
        )

    def status(self) -> str:
        idle = sum(map(len, self._idle.values()))
        return f"{sum(self._open.values())} connections of {len(self._idle)} buckets, {idle} idle"


def _notes(record: ConnectionPoolEntry) -> dict[Any, Any]:
    notes = record.record_info
    assert notes is not None
    return notes


def _close(records: list[ConnectionPoolEntry]) -> None:
    for record in records:
        record.close()
