"""Hearing over Redis that tenants have new facts; while it is away nobody is told and nothing is lost."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.core.signals import channel

log = logging.getLogger("kith.live")

AWAY_SECONDS = 1.0
# No tenant's: listening to it keeps the connection open while nobody is connected.
EVERYBODY = "0"


class Signals:
    """One connection to Redis that listens for the tenants which have somebody connected."""

    def __init__(self, url: str, heard: Callable[[str], None]) -> None:
        """`heard` is called with the schema of a tenant, or EVERYBODY when signals may have been lost."""
        self._url = url
        self._heard = heard
        self._schemas: set[str] = set()
        self._pubsub: Any = None

    async def add(self, schema: str) -> None:
        """Listen for this tenant too."""
        self._schemas.add(schema)
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.subscribe(channel(schema))

    async def remove(self, schema: str) -> None:
        """Listen for this tenant no more."""
        self._schemas.discard(schema)
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(channel(schema))

    async def listen(self) -> None:
        """Listen for ever; comes back to Redis whenever it comes back."""
        while True:
            try:
                await self._session()
            except (RedisError, OSError) as error:
                log.info("Redis is away, rooms look by themselves: %s", error)
            finally:
                self._pubsub = None
            await asyncio.sleep(AWAY_SECONDS)

    async def _session(self) -> None:
        options: dict[str, Any] = {
            "socket_connect_timeout": 2.0,
            "decode_responses": True,
            "protocol": 2,
        }
        async with Redis.from_url(self._url, **options) as client, client.pubsub() as pubsub:
            await pubsub.subscribe(channel(EVERYBODY), *(channel(schema) for schema in self._schemas))
            self._pubsub = pubsub
            async for message in pubsub.listen():
                # What was told before a subscription was told to nobody here: that is a signal too.
                if message["type"] in {"message", "subscribe"}:
                    self._heard(message["channel"].partition(":")[0])
