"""How often something may be done: quick limits in Redis, those with a security meaning in the database."""

import hashlib
import math
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, text

from app.core import redis
from app.core.clock import now
from app.core.errors import LimitReached
from app.core.tables import Throttle
from app.core.text import N_
from tenants.context import Mode, transactions
from tenants.direct import ending
from tenants.engines import engines

TOO_OFTEN = N_("That was too often. Please wait a moment and try again.")
MOST_LOCAL = 10_000
# A tab is settled after so many uses, or so many seconds, whichever comes first.
MOST_OPEN = 25
SETTLE_SECONDS = 0.2

_COUNT = """
local hits = redis.call('INCRBY', KEYS[1], ARGV[2])
if hits == tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {hits, redis.call('PTTL', KEYS[1])}
"""

_COUNT_ALL = text("""
WITH tried (key, since) AS (
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:fresh_since AS timestamptz[]))
)
INSERT INTO throttles AS kept (key, window_started_at, hits) SELECT key, :at, 1 FROM tried
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN kept.window_started_at <= (SELECT since FROM tried WHERE key = excluded.key)
                THEN 1 ELSE kept.hits + 1 END,
    window_started_at = CASE WHEN kept.window_started_at <= (SELECT since FROM tried WHERE key = excluded.key)
                THEN excluded.window_started_at ELSE kept.window_started_at END
RETURNING key, hits, window_started_at
""")

_tabs: dict[str, "_Tab"] = {}
_local: dict[str, tuple[int, float]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Spent:
    """Uses within this window, the present one included, and the seconds until the next window."""

    hits: int
    seconds: float


@dataclass
class _Tab:
    """Uses that this process has counted and not told Redis yet, beside those it knows of."""

    until: float
    known: int = 0
    open: int = 0
    settled: float = 0.0

    def is_due(self, moment: float) -> bool:
        return self.open >= MOST_OPEN or moment - self.settled >= SETTLE_SECONDS


def spend(name: str, window: timedelta) -> Spent:
    """Count one use of `name` by the current tenant and refuse nothing.

    What comes fast is settled with Redis now and then, so processes together may let a few more through.
    While Redis is away each process counts for itself.
    """
    key, moment = redis.key("limit", name), time.monotonic()
    with _lock:
        tab = _tabs.get(key)
        if tab is None or moment >= tab.until:
            if len(_tabs) >= MOST_LOCAL:
                _tabs.clear()
            tab = _tabs[key] = _Tab(moment + window.total_seconds())
        tab.open += 1
        if not tab.is_due(moment):
            return Spent(tab.known + tab.open, tab.until - moment)
        amount, tab.open = tab.open, 0
        tab.known, tab.settled = tab.known + amount, moment
    hits, seconds = _count(key, window, amount)
    with _lock:
        tab.known, tab.until = max(hits, tab.known), moment + seconds
    return Spent(hits, seconds)


def limit(name: str, most: int, window: timedelta) -> int:
    """Count one use of `name` by the current tenant; how many are left in this window.

    Raises LimitReached beyond `most`. While Redis is away each process counts for itself.
    """
    hits, seconds = _count(redis.key("limit", name), window)
    if hits > most:
        raise LimitReached(TOO_OFTEN, retry_after=max(1, math.ceil(seconds)))
    return most - hits


@dataclass(frozen=True)
class Bound:
    """At most `most` tries of `key` ("sign-in:address") within `window`.

    Of the key what follows the first colon is kept as a hash only.
    """

    key: str
    most: int
    window: timedelta

    @property
    def row(self) -> str:
        """The key as it is kept."""
        kind, _, value = self.key.partition(":")
        return f"{kind}:{hashlib.blake2b(value.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"

    def refusal(self, since: datetime) -> LimitReached:
        """The error that says when trying helps again."""
        rest = (since + self.window - now()).total_seconds()
        return LimitReached(TOO_OFTEN, retry_after=max(1, math.ceil(rest)))


def throttle(key: str, most: int, window: timedelta) -> None:
    """Count one try of `key` in the control database; raises LimitReached beyond `most`."""
    throttle_all(Bound(key, most, window))


def throttle_all(*bounds: Bound) -> None:
    """Count one try under each bound; raises LimitReached for the first that is exceeded.

    Commits by itself: a try counts although the request that made it is refused.
    """
    with throttling(*bounds):
        pass


@contextmanager
def throttling(*bounds: Bound) -> Iterator[Connection]:
    """`throttle_all`, and in the same transaction what the block reads; LimitReached is raised at its end."""
    with _counting() as connection:
        yield connection
        counted = _counted(connection, bounds)
    for bound in bounds:
        hits, since = counted[bound]
        if hits > bound.most:
            raise bound.refusal(since)


def count(*bounds: Bound) -> dict[Bound, tuple[int, datetime]]:
    """Count one try under each bound and refuse nothing; how many there were, and since when."""
    with _counting() as connection:
        return _counted(connection, bounds)


@contextmanager
def _counting() -> Iterator[Connection]:
    # A count that a crash of the server forgets is no loss; waiting for the disk at every try is.
    with transactions(Mode(durable=False)), engines().catalogue.begin() as connection:
        yield connection


def _counted(connection: Connection, bounds: Sequence[Bound]) -> dict[Bound, tuple[int, datetime]]:
    at = now()
    # In the order of their keys, so that two who count the same never wait for each other in a circle.
    ordered = sorted(bounds, key=lambda bound: bound.row)
    asked = {
        "keys": [bound.row for bound in ordered],
        "fresh_since": [at - bound.window for bound in ordered],
        "at": at,
    }
    counting = ending(connection).execute(_COUNT_ALL, asked)
    rows = {row.key: (row.hits, row.window_started_at) for row in counting}
    return {bound: rows[bound.row] for bound in bounds}


def refuse_if_spent(*bounds: Bound) -> None:
    """Raise LimitReached where one of the bounds was counted to its end; counts nothing itself."""
    spent = or_(
        *(
            (Throttle.key == bound.row)
            & (Throttle.hits >= bound.most)
            & (Throttle.window_started_at > now() - bound.window)
            for bound in bounds
        )
    )
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        rows = connection.execute(select(Throttle.key, Throttle.window_started_at).where(spent))
        since: dict[str, datetime] = {row.key: row.window_started_at for row in rows}
    for bound in bounds:
        if bound.row in since:
            raise bound.refusal(since[bound.row])


def _count(name: str, window: timedelta, amount: int = 1) -> tuple[int, float]:
    milliseconds = int(window.total_seconds() * 1000)
    try:
        hits, rest = redis.attempt("eval", _COUNT, 1, name, milliseconds, amount)
    except redis.Away:
        return _count_here(name, window, amount)
    return int(hits), int(rest) / 1000


def _count_here(name: str, window: timedelta, amount: int) -> tuple[int, float]:
    moment = time.monotonic()
    with _lock:
        if len(_local) >= MOST_LOCAL:
            _local.clear()
        hits, until = _local.get(name, (0, 0.0))
        if moment >= until:
            hits, until = 0, moment + window.total_seconds()
        _local[name] = (hits + amount, until)
        return hits + amount, until - moment
