"""The one way to Redis: short timeouts, keys that begin with the tenant's name, absence taken calmly."""

import threading
import time
from typing import Any

import redis

from app.core import process
from tenants.context import maybe_current

RedisError = redis.RedisError
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
                url, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True, protocol=2
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


def key(*parts: str) -> str:
    """A key of the current tenant: `t_...:part:part`; without a tenant it begins with `0`."""
    tenant = maybe_current()
    return ":".join((tenant.schema if tenant else "0", *parts))
