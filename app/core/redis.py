"""The one way to Redis: short timeouts, keys that begin with the tenant's name, absence taken calmly."""

import threading
import time
from typing import Any

import redis

from app.core import process
from tenants.context import maybe_current

RedisError = redis.RedisError
TIMEOUT_SECONDS = 0.5
AWAY_SECONDS = 2.0

_clients: dict[str, Any] = {}
_lock = threading.Lock()
_away_until = 0.0


class Away(Exception):
    """Redis does not answer, or did not a moment ago."""


def client() -> Any:
    """The client of this process; calls may raise RedisError."""
    url = process.settings().redis_url
    with _lock:
        if url not in _clients:
            _clients[url] = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                decode_responses=True,
                protocol=2,
            )
        return _clients[url]


def attempt(command: str, *arguments: Any, **options: Any) -> Any:
    """What `command` of the client answers; raises Away, for 2 s after a failure at once."""
    global _away_until
    if not answers():
        raise Away
    try:
        return getattr(client(), command)(*arguments, **options)
    except RedisError as error:
        _away_until = time.monotonic() + AWAY_SECONDS
        raise Away(str(error)) from error


def answers() -> bool:
    """Whether Redis may be asked: it has not failed within the last moments."""
    return time.monotonic() >= _away_until


def forget(word: str) -> int:
    """Remove every key, member, field and waiting message that carries `word`; how many. Raises Away.

    For the end of a tenant: `word` is its schema's name or its id, which nothing else contains.
    """
    try:
        return _forget(client(), word)
    except RedisError as error:
        raise Away(str(error)) from error


def _forget(here: Any, word: str) -> int:
    own = list(here.scan_iter(match=f"*{word}*", count=1000))
    removed = int(here.delete(*own)) if own else 0
    for name in here.scan_iter(_type="hash", count=1000):
        pairs = here.hscan_iter(name, count=1000)
        fields = [field for field, value in pairs if word in field or word in value]
        for field in fields:
            _unqueue(here, name, field)
        removed += int(here.hdel(name, *fields)) if fields else 0
    for name in here.scan_iter(_type="set", count=1000):
        members = [member for member in here.sscan_iter(name, count=1000) if word in member]
        removed += int(here.srem(name, *members)) if members else 0
    for name in here.scan_iter(_type="zset", count=1000):
        members = [member for member, _ in here.zscan_iter(name, count=1000) if word in member]
        removed += int(here.zrem(name, *members)) if members else 0
    return removed


def _unqueue(here: Any, name: str, message: str) -> None:
    """Take the id of a message out of the queue, or the dead letters, that it lies in."""
    queue = name.removesuffix(".msgs")
    kind = here.type(queue) if queue != name else ""
    if kind == "list":
        here.lrem(queue, 0, message)
    elif kind == "zset":
        here.zrem(queue, message)


def key(*parts: str) -> str:
    """A key of the current tenant: `t_...:part:part`; without a tenant it begins with `0`."""
    tenant = maybe_current()
    return ":".join((tenant.schema if tenant else "0", *parts))
