"""One open stream: what waits to be written to it, and no more than it may."""

import asyncio

import orjson

from app.core.tickets import Ticket
from app.records.watching import Sign

# What may wait for a reader who does not keep up, in bytes.
MOST_WAITING = 64 * 1024
BEAT_SECONDS = 20.0


def event(name: str, cursor: str, data: bytes = b"{}") -> bytes:
    """One event of a stream (WHATWG HTML, server-sent events); its id is the cursor behind it."""
    return b"event: %s\nid: %s\ndata: %s\n\n" % (name.encode(), cursor.encode(), data)


def changes(cursor: str, signs: list[Sign]) -> bytes:
    """The signs as one event `changes` whose data is a list."""
    return event("changes", cursor, orjson.dumps([sign.plain() for sign in signs]))


class Listener:
    """The stream of one browser."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.cursor = ""
        self._waiting: list[bytes] = []
        self._size = 0
        self._ends = False
        self._woken = asyncio.Event()

    def begin(self, chunk: bytes, cursor: str) -> None:
        """Write `chunk` before all that came meanwhile."""
        self.cursor = self.cursor or cursor
        self._waiting.insert(0, chunk)

    def push(self, chunk: bytes, cursor: str) -> None:
        """Write `chunk`, which leads to `cursor`; who is too slow starts afresh."""
        if self._ends:
            return
        self.cursor = cursor
        if self._size + len(chunk) > MOST_WAITING:
            self._waiting, self._size = [], 0
            chunk, self._ends = event("reload", cursor), True
        self._waiting.append(chunk)
        self._size += len(chunk)
        self._woken.set()

    def end(self, name: str = "") -> None:
        """Close the stream after what waits; with `name` a last event says why."""
        if not self._ends and name:
            self._waiting.append(event(name, self.cursor))
        self._ends = True
        self._woken.set()

    async def take(self) -> bytes | None:
        """What is to be written next: a heartbeat where nothing comes, None at the end."""
        if not self._waiting and not self._ends:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                return event("beat", self.cursor)
        self._woken.clear()
        if not self._waiting:
            return None
        taken, self._waiting, self._size = b"".join(self._waiting), [], 0
        return taken
