"""All rooms of this process: who comes in, how many may, and how it ends."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import Flask

from app.config import Settings
from app.core.tickets import Ticket
from app.live.listener import Listener
from app.live.log import Log
from app.live.room import Room
from app.live.signals import EVERYBODY, Signals

# Streams of one session: a browser needs one, and one for each tab where tabs cannot share.
MOST_OF_SESSION = 12
MOST_OF_PROCESS = 10_000
THREADS = 4


class Full(Exception):
    """There are as many streams as there may be: of this session, or of this process."""


class Hub:
    """The rooms by tenant."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="log")
        self._rooms: dict[UUID, Room] = {}
        self._schemas: dict[str, UUID] = {}
        self._sessions: Counter[UUID] = Counter()
        self._signals = Signals(settings.redis_url, self._heard)
        self._listens: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to hear signals."""
        self._listens = asyncio.create_task(self._signals.listen())

    def end_all(self) -> None:
        """End every stream; browsers come back to another process by themselves."""
        for room in self._rooms.values():
            for listener in room.listeners():
                listener.end()

    async def stop(self) -> None:
        """End every stream, and hear and read no more."""
        if self._listens is not None:
            self._listens.cancel()
        self.end_all()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def join(self, ticket: Ticket, cursor: str | None) -> Listener | None:
        """The holder's listener, told everything after `cursor`; None where the ticket is void.

        Raises Full, and Closed where the tenant lets nobody in.
        """
        if self._sessions[ticket.grant_id] >= MOST_OF_SESSION or self._sessions.total() >= MOST_OF_PROCESS:
            raise Full
        self._sessions[ticket.grant_id] += 1
        try:
            room = self._rooms.get(ticket.tenant_id) or await self._open(ticket.tenant_id)
            listener = await room.join(ticket, cursor)
        except BaseException:
            await self._left(ticket)
            raise
        if listener is None:
            await self._left(ticket)
        return listener

    async def leave(self, listener: Listener) -> None:
        """The stream is over."""
        room = self._rooms.get(listener.ticket.tenant_id)
        if room is not None:
            room.leave(listener)
        await self._left(listener.ticket)

    async def _open(self, tenant_id: UUID) -> Room:
        source = Log(self._app, tenant_id)
        schema = await asyncio.get_running_loop().run_in_executor(self._threads, lambda: source.schema)
        self._schemas[schema] = tenant_id
        await self._signals.add(schema)
        # The last step: a room that nobody has entered yet may be swept away at any await.
        return self._rooms.setdefault(tenant_id, Room(source, self._threads))

    async def _left(self, ticket: Ticket) -> None:
        self._sessions[ticket.grant_id] -= 1
        if self._sessions[ticket.grant_id] <= 0:
            del self._sessions[ticket.grant_id]
        room = self._rooms.get(ticket.tenant_id)
        if room is not None and room.is_empty:
            del self._rooms[ticket.tenant_id]
            for schema in [name for name, tenant in self._schemas.items() if tenant == ticket.tenant_id]:
                del self._schemas[schema]
                await self._signals.remove(schema)

    def _heard(self, schema: str) -> None:
        if schema == EVERYBODY:
            for room in self._rooms.values():
                room.wake()
        elif (tenant_id := self._schemas.get(schema)) in self._rooms:
            self._rooms[tenant_id].wake()
