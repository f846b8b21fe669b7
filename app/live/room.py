"""Those who listen to one tenant: its log is read once for all of them."""

import asyncio
import logging
import random
from concurrent.futures import Executor

from app.core.tickets import Ticket
from app.live.listener import Listener, changes, event
from app.live.log import Closed, Log, Read
from tenants.breaker import cell_down

log = logging.getLogger("kith.live")

# Signals come over Redis, which may lose them: so often each room looks by itself.
LOOK_SECONDS = 10.0
# After a reading, so that a burst of commits is read at once.
GATHER_SECONDS = 0.05
PAUSE_SECONDS = 1.0


class Room:
    """The listeners of one tenant."""

    def __init__(self, source: Log, threads: Executor) -> None:
        self._log = source
        self._threads = threads
        self._listeners: set[Listener] = set()
        self._cursor: str | None = None
        self._woken = asyncio.Event()
        self._reading: asyncio.Future[Read] | None = None
        self._follows: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody listens any more."""
        return not self._listeners

    def listeners(self) -> list[Listener]:
        """Everybody who listens."""
        return list(self._listeners)

    async def join(self, ticket: Ticket, cursor: str | None) -> Listener | None:
        """A listener who is told all that happens after `cursor`; None where the ticket is void.

        What happens meanwhile may be told twice, and never not at all.
        """
        listener = Listener(ticket)
        under_way = self._reading
        self._listeners.add(listener)
        try:
            if under_way is not None:
                # It does not know of this listener and may see further than the reading below.
                await asyncio.wait([under_way])
            missed = await self._read(cursor, [ticket])
        except BaseException:
            self.leave(listener)
            raise
        if ticket.grant_id in missed.ended:
            self.leave(listener)
            return None
        self._cursor = self._cursor or missed.cursor
        listener.begin(_missed(ticket, missed, cursor), missed.cursor)
        if self._follows is None:
            self._follows = asyncio.create_task(self._follow())
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget the listener; the last one lets the room rest."""
        self._listeners.discard(listener)
        if self.is_empty and self._follows is not None:
            self._follows.cancel()
            self._follows = None

    def wake(self) -> None:
        """Something was written: look soon."""
        self._woken.set()

    async def _follow(self) -> None:
        while True:
            await self._something()
            self._end_expired()
            try:
                self._reading = self._read(self._cursor, [each.ticket for each in self._listeners])
                read = await self._reading
            except Closed:
                self._end_all("ended")
                return
            except Exception as error:
                unknown = cell_down(error) is None
                log.warning("the log could not be read; once more in a moment: %s", error, exc_info=unknown)
                self.wake()
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            finally:
                self._reading = None
            self._tell(read)
            await asyncio.sleep(GATHER_SECONDS)

    async def _something(self) -> None:
        """Return when a signal came, or when it is time to look without one."""
        try:
            async with asyncio.timeout(LOOK_SECONDS * random.uniform(0.8, 1.2)):  # noqa: S311 - spreads load
                await self._woken.wait()
        except TimeoutError:
            return
        finally:
            self._woken.clear()

    def _tell(self, read: Read) -> None:
        self._cursor = read.cursor
        written: dict[int, bytes] = {}
        for each in list(self._listeners):
            signs = read.signs.get(each.ticket.grant_id)
            if each.ticket.grant_id in read.ended:
                each.end("renew")
            elif read.reload:
                each.push(event("reload", read.cursor), read.cursor)
            elif signs:
                # Who may read the same is told the same, by the same bytes.
                chunk = written.setdefault(id(signs), changes(read.cursor, signs))
                each.push(chunk, read.cursor)
            else:
                each.cursor = read.cursor

    def _end_expired(self) -> None:
        for each in list(self._listeners):
            if each.ticket.is_over:
                each.end("renew")

    def _end_all(self, why: str) -> None:
        for each in list(self._listeners):
            each.end(why)

    def _read(self, cursor: str | None, tickets: list[Ticket]) -> "asyncio.Future[Read]":
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._threads, self._log.after, cursor, tickets)


def _missed(ticket: Ticket, missed: Read, cursor: str | None) -> bytes:
    """What comes first: all that happened after `cursor`, or that it was too much."""
    if missed.reload and cursor:
        return event("reload", missed.cursor)
    return changes(missed.cursor, missed.signs.get(ticket.grant_id, []))
