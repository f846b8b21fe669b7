"""Which companies are at their pages just now, told by every web process, asked by whoever does long work."""

import threading
import time

from app.core import redis

# Not with a tenant's prefix: the members are the tenants.
KEY = "0:present"
PRESENT_SECONDS = 5
TOLD_SECONDS = 1.0
# The clock is Redis' own, one for all machines.
_TELL = """
local now = tonumber(redis.call('TIME')[1])
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1] - 1)
redis.call('EXPIRE', KEYS[1], ARGV[1] * 2)
return 1
"""
_ASK = """
local now = tonumber(redis.call('TIME')[1])
return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', now - ARGV[1], 'LIMIT', 0, 2)
"""

_seen: set[str] = set()
_told = 0.0
_known: tuple[float, frozenset[str]] = (-TOLD_SECONDS, frozenset())
_lock = threading.Lock()


def note(who: str) -> None:
    """Somebody of `who` is at a page. Costs a round trip a second; while Redis is away nothing is told."""
    global _told
    moment = time.monotonic()
    with _lock:
        _seen.add(who)
        if moment - _told < TOLD_SECONDS:
            return
        _told, told = moment, sorted(_seen)
        _seen.clear()
    try:
        redis.attempt("eval", _TELL, 1, KEY, PRESENT_SECONDS, *told)
    except redis.Away:
        return


def others(who: str) -> bool:
    """Whether anybody but `who` is at a page, as of a second ago; nobody is while Redis is away."""
    global _known
    moment = time.monotonic()
    asked, found = _known
    if moment - asked >= TOLD_SECONDS:
        _known = (moment, found)
        try:
            found = frozenset(redis.attempt("eval", _ASK, 1, KEY, PRESENT_SECONDS))
        except redis.Away:
            found = frozenset()
        _known = (moment, found)
    return bool(found - {who})
