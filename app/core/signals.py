"""The bare signal that something of a tenant's was written: heard by the live process, owed to nobody."""

from contextlib import suppress

from app.core import redis
from tenants.session import once_committed

CHANNEL = "facts"


def announce() -> None:
    """Tell whoever listens, once this unit of work has committed, that the current tenant has new facts.

    Nothing is told when it is undone. Nothing is lost while Redis is away: listeners also look by themselves.
    """
    channel = redis.key(CHANNEL)
    once_committed(channel, lambda: _publish(channel))


def channel(schema: str) -> str:
    """Where the tenant of this schema is heard."""
    return f"{schema}:{CHANNEL}"


def _publish(name: str) -> None:
    with suppress(redis.Away):
        redis.attempt("publish", name, "")
