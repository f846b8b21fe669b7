"""Small news that a GET may leave behind (last seen, recently viewed): kept in Redis, written in batches."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from app.core import redis
from app.core.clock import now
from tenants.context import current

# Of each: where it belongs, its key, its value.
_PUSH = """
for i = 1, #ARGV, 3 do
    local schema, kind = string.match(ARGV[i], '^([^:]*):(.*)$')
    redis.call('HSET', schema .. ':spool:' .. kind, ARGV[i + 1], ARGV[i + 2])
    redis.call('SADD', KEYS[1], ARGV[i])
end
return 1
"""
_PORTION = 3 * 500

Writer = Callable[[Mapping[str, str]], None]

PENDING = "0:spool"
MOST_HELD = 10_000
# What is used in every request is noted so often at most: until it is written each finds the old time.
AGAIN_SECONDS = 15.0

_writers: dict[str, Writer] = {}
_used: dict[tuple[str, str], float] = {}
_held: dict[tuple[str, str, str], str] = {}
_lock = threading.Lock()


def writes(kind: str) -> Callable[[Writer], Writer]:
    """Register the action that stores the news of `kind`: a mapping of keys to their last values."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


def note(kind: str, values: Mapping[str, str]) -> None:
    """Keep each value as the current tenant's latest for its key; written soon, lost if Redis is wiped."""
    schema = current().schema
    entries = {(schema, kind, key): value for key, value in values.items()}
    with _lock:
        held = _held | entries if redis.answers() else {}
        if len(_held) < MOST_HELD:
            _held.update(entries)
    if held and _push(held):
        with _lock:
            for name, kept in held.items():
                if _held.get(name) == kept:
                    del _held[name]


def note_use(kind: str, *keys: str) -> None:
    """Note the present instant (ISO 8601) for keys that are in use, now and then."""
    moment = time.monotonic()
    with _lock:
        if all(moment < _used.get((kind, key), 0.0) for key in keys):
            return
        if len(_used) >= MOST_HELD:
            _used.clear()
        _used.update({(kind, key): moment + AGAIN_SECONDS for key in keys})
    note(kind, dict.fromkeys(keys, now().isoformat()))


def pending() -> list[tuple[str, str]]:
    """(schema, kind) of all that waits to be written."""
    with suppress(redis.Away):
        return [_split(name) for name in redis.attempt("smembers", PENDING)]
    return []


def taken(schema: str, kind: str) -> Iterator[Mapping[str, str]]:
    """Yields what waits, and forgets it when the block that follows has ended well."""
    name = f"{schema}:spool:{kind}"
    aside = f"{name}:aside"
    # What an earlier, failed flush left aside goes first.
    if not redis.attempt("exists", aside):
        redis.attempt("srem", PENDING, f"{schema}:{kind}")
        if not redis.attempt("exists", name):
            return
        redis.attempt("rename", name, aside)
        redis.attempt("sadd", PENDING, f"{schema}:{kind}")
    yield redis.attempt("hgetall", aside)
    redis.attempt("delete", aside)


def writer(kind: str) -> Writer | None:
    """The action registered for `kind`."""
    return _writers.get(kind)


def _push(entries: Mapping[tuple[str, str, str], str]) -> bool:
    told = [word for (*name, key), value in entries.items() for word in (":".join(name), key, value)]
    try:
        for start in range(0, len(told), _PORTION):
            redis.attempt("eval", _PUSH, 1, PENDING, *told[start : start + _PORTION])
    except redis.Away:
        return False
    return True


def _split(name: str) -> tuple[str, str]:
    schema, _, kind = name.partition(":")
    return schema, kind
