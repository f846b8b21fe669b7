"""How often something may be done: quick limits in Redis, those with a security meaning in the database."""

import hashlib
import math
import threading
import time
from datetime import datetime, timedelta

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert

from app.core import redis
from app.core.clock import now
from app.core.errors import LimitReached
from app.core.tables import Throttle
from app.core.text import N_
from tenants.context import Mode, transactions
from tenants.engines import engines

TOO_OFTEN = N_("That was too often. Please wait a moment and try again.")
MOST_LOCAL = 10_000

_COUNT = """
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {hits, redis.call('PTTL', KEYS[1])}
"""

_local: dict[str, tuple[int, float]] = {}
_lock = threading.Lock()


def limit(name: str, most: int, window: timedelta) -> int:
    """Count one use of `name` by the current tenant; how many are left in this window.

    Raises LimitReached beyond `most`. While Redis is away each process counts for itself.
    """
    hits, seconds = _count(redis.key("limit", name), window)
    if hits > most:
        raise LimitReached(TOO_OFTEN, retry_after=max(1, math.ceil(seconds)))
    return most - hits


def throttle(key: str, most: int, window: timedelta) -> None:
    """Count one try of `key` ("sign-in:address") in the control database; raises LimitReached beyond `most`.

    Commits by itself: a try counts although the request that made it is refused. What follows the first
    colon is kept as a hash only.
    """
    hits, since = count(key, window)
    if hits > most:
        raise _too_often(since, window)


def count(key: str, window: timedelta) -> tuple[int, datetime]:
    """Count one try of `key` like `throttle` and refuse nothing; how many there were, and since when."""
    at = now()
    stale = Throttle.window_started_at <= at - window
    statement = insert(Throttle).values(key=_row_key(key), window_started_at=at, hits=1)
    statement = statement.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "hits": case((stale, 1), else_=Throttle.hits + 1),
            "window_started_at": case((stale, at), else_=Throttle.window_started_at),
        },
    )
    returning = statement.returning(Throttle.hits, Throttle.window_started_at)
    with transactions(Mode()), engines().catalogue.begin() as connection:
        hits, since = connection.execute(returning).one()
    return hits, since


def refuse_if_spent(key: str, most: int, window: timedelta) -> None:
    """Raise LimitReached where `key` was counted `most` times within `window`; counts nothing itself."""
    statement = select(Throttle.window_started_at).where(
        Throttle.key == _row_key(key), Throttle.hits >= most, Throttle.window_started_at > now() - window
    )
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        since = connection.scalar(statement)
    if since is not None:
        raise _too_often(since, window)


def _row_key(key: str) -> str:
    kind, _, value = key.partition(":")
    return f"{kind}:{hashlib.blake2b(value.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


def _too_often(since: datetime, window: timedelta) -> LimitReached:
    return LimitReached(TOO_OFTEN, retry_after=max(1, math.ceil((since + window - now()).total_seconds())))


def _count(name: str, window: timedelta) -> tuple[int, float]:
    milliseconds = int(window.total_seconds() * 1000)
    try:
        hits, rest = redis.attempt("eval", _COUNT, 1, name, milliseconds)
    except redis.Away:
        return _count_here(name, window)
    return int(hits), int(rest) / 1000


def _count_here(name: str, window: timedelta) -> tuple[int, float]:
    moment = time.monotonic()
    with _lock:
        if len(_local) >= MOST_LOCAL:
            _local.clear()
        hits, until = _local.get(name, (0, 0.0))
        if moment >= until:
            hits, until = 0, moment + window.total_seconds()
        _local[name] = (hits + 1, until)
        return hits + 1, until - moment
