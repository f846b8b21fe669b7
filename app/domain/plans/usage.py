"""What is used, counted as it happens: held in the process, gathered in Redis, written down by a chore."""

import atexit
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from uuid import UUID

from sqlalchemy import TextClause, text

from app.core import redis
from app.core.clock import now
from tenants.context import Mode, Tenant, maybe_current, transactions
from tenants.engines import engines

GATHERED = "0:usage"
_ASIDE = f"{GATHERED}:aside"
HELD_SECONDS = 1.0
MOST_HELD = 50_000

_ADD = """
for i = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
"""
_INSERT = """
INSERT INTO usages AS u (tenant_id, kind, period, amount)
SELECT t.id, n.kind, n.period, n.amount
  FROM unnest(CAST(:tenants AS uuid[]), CAST(:kinds AS text[]), CAST(:periods AS date[]),
              CAST(:amounts AS bigint[])) AS n (tenant_id, kind, period, amount)
  JOIN tenants t ON t.id = n.tenant_id
    ON CONFLICT (tenant_id, kind, period) DO UPDATE SET updated_at = now(), amount =
"""
_ADD_UP = text(f"{_INSERT} u.amount + excluded.amount")
_REPLACE = text(f"{_INSERT} excluded.amount")

# (tenant, kind, UTC day) -> not told to Redis yet
_Key = tuple[str, str, str]
_held: dict[_Key, float] = {}
_told = 0.0
_lock = threading.Lock()


def count(kind: str, amount: float = 1) -> None:
    """Add to what the current tenant has used of `kind` today (UTC); outside of tenants nothing is counted.

    Costs no round trip: it is told to Redis about once a second and lost if the process is killed before.
    """
    global _told
    tenant = maybe_current()
    if tenant is None:
        return
    key, moment = (tenant.id.hex, kind, now().date().isoformat()), time.monotonic()
    with _lock:
        if key in _held or len(_held) < MOST_HELD:
            _held[key] = _held.get(key, 0.0) + amount
        if moment - _told < HELD_SECONDS:
            return
        _told = moment
    flush()


def flush() -> None:
    """Tell Redis what this process holds; while Redis is away it stays held."""
    with _lock:
        whole = {key: int(amount) for key, amount in _held.items() if amount >= 1}
        if not whole:
            return
        for key, amount in whole.items():
            _hold(key, -amount)
    told = [word for key, amount in whole.items() for word in (":".join(key), amount)]
    try:
        redis.attempt("eval", _ADD, 1, GATHERED, *told)
    except redis.Away:
        with _lock:
            for key, amount in whole.items():
                _hold(key, amount)


def gathered(tenant: Tenant, kind: str) -> int:
    """What of today waits to be written down; 0 while Redis is away."""
    flush()
    field = ":".join((tenant.id.hex, kind, now().date().isoformat()))
    with suppress(redis.Away):
        return sum(int(redis.attempt("hget", name, field) or 0) for name in (GATHERED, _ASIDE))
    return 0


def write_down() -> int:
    """Write down what Redis has gathered; how many figures. What a killed writer left aside goes first."""
    if not redis.attempt("exists", _ASIDE):
        if not redis.attempt("exists", GATHERED):
            return 0
        redis.attempt("rename", GATHERED, _ASIDE)
    news = redis.attempt("hgetall", _ASIDE)
    _store(_ADD_UP, [(*name.split(":"), int(amount)) for name, amount in news.items()])
    redis.attempt("delete", _ASIDE)
    return len(news)


def measure(tenant_id: UUID, figures: Mapping[str, int]) -> None:
    """Write down what was measured today."""
    today = now().date().isoformat()
    _store(_REPLACE, [(tenant_id.hex, kind, today, amount) for kind, amount in figures.items()])


def _hold(key: _Key, amount: float) -> None:
    rest = _held.get(key, 0.0) + amount
    if rest > 0:
        _held[key] = rest
    else:
        _held.pop(key, None)


def _store(statement: TextClause, rows: list[tuple[str, str, str, int]]) -> None:
    if not rows:
        return
    tenants, kinds, periods, amounts = zip(*rows, strict=True)
    values = {
        "tenants": [UUID(hex=each) for each in tenants],
        "kinds": list(kinds),
        "periods": [date.fromisoformat(each) for each in periods],
        "amounts": list(amounts),
    }
    with transactions(Mode()), engines().control.begin() as connection:
        connection.execute(statement, values)


atexit.register(flush)
