"""Cells that do not answer: one asks again every few seconds, everybody else hears of it at once."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from typing import Any, TypeVar

import psycopg

from tenants.driver import connected

# A cell that is gone without a word (no route, a stopped machine) is waited for so long, by a few.
CONNECT_SECONDS = 5
# Who comes while another has waited so long, and nobody since was answered, does not wait as well.
SUSPICIOUS_SECONDS = 2.0
AGAIN_SECONDS = 2.0
# How often one waits in vain for a busy cell before that is an error.
TRIES = 3
# Where one asks again, the others wait a moment for what it finds.
PATIENCE_SECONDS = 0.3
# SQLSTATE of a server that is stopping or starting, and of a pooler that does not reach it.
_AWAY = ("08", "57P")
# libpq passes on no SQLSTATE of a refused login. What a server refuses says FATAL; these say that it is away.
_REFUSED = "FATAL:"
_PASSING = ("starting up", "shutting down", "in recovery", "not yet accepting", "cannot connect to server")

_Made = TypeVar("_Made")


class CellDown(psycopg.OperationalError):
    """The cell does not answer; asking again is worth while after AGAIN_SECONDS."""

    def __init__(self, cell: str, reason: str) -> None:
        super().__init__(f"cell {cell} is down: {reason}")
        self.cell = cell


class _Slow(psycopg.OperationalError):
    """One waited in vain while others were answered: the cell is busy, not down."""


class Breaker:
    """Knows whether one cell answers, from the attempts of this process to connect to it."""

    def __init__(self, cell: str) -> None:
        self.cell = cell
        self._changed = threading.Condition()
        self._reason = ""
        self._again_at = 0.0
        self._answered_at = 0.0
        self._is_asked = False
        self._asker: int | None = None
        self._waiting: dict[object, float] = {}

    @property
    def is_open(self) -> bool:
        """Whether the last attempt failed."""
        return bool(self._reason)

    def attempt(self, connect: Callable[[], _Made]) -> _Made:
        """What `connect` makes; raises CellDown where the cell does not answer or did not a moment ago."""
        for _ in range(TRIES - 1):
            with suppress(_Slow):
                return self._attempt(connect)
        return self._attempt(connect)

    def _attempt(self, connect: Callable[[], _Made]) -> _Made:
        mine, since = object(), time.monotonic()
        with self._changed:
            self._admit()
            self._waiting[mine] = since
        try:
            made = connect()
        except psycopg.OperationalError as error:
            if not is_away(error):
                self._know("")
                raise
            if isinstance(error, psycopg.errors.ConnectionTimeout) and self._answered_at > since:
                raise _Slow(str(error)) from error
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            self._know(reason)
            raise CellDown(self.cell, reason) from error
        finally:
            with self._changed:
                del self._waiting[mine]
                # Whoever is interrupted while asking leaves it to the next.
                self._is_asked = False
                self._changed.notify_all()
        self._know("")
        return made

    @contextmanager
    def asked_by_me(self) -> Iterator[None]:
        """Within the block this thread alone asks a cell that is down; everybody else hears of it at once."""
        self._asker = threading.get_ident()
        try:
            yield
        finally:
            self._asker = None

    def connect(self, named: dict[str, Any]) -> psycopg.Connection[Any]:
        """A connection by psycopg's arguments `named`, as an attempt at the cell."""
        return self.attempt(lambda: _connected(named | {"connect_timeout": CONNECT_SECONDS}))

    def _admit(self) -> None:
        if self._reason and self._asker not in (None, threading.get_ident()):
            raise CellDown(self.cell, self._reason)
        if self._is_asked:
            self._changed.wait_for(lambda: not self._is_asked, PATIENCE_SECONDS)
        now = time.monotonic()
        if self._reason:
            if now < self._again_at or self._is_asked:
                raise CellDown(self.cell, self._reason)
            # This one asks, and nobody else until it knows.
            self._is_asked = True
        elif any(self._is_silent(since, now) for since in self._waiting.values()):
            raise CellDown(self.cell, "somebody is waiting for it already")

    def _is_silent(self, since: float, now: float) -> bool:
        """A busy machine is slow with each, and answers one after the other."""
        return now - since > SUSPICIOUS_SECONDS and self._answered_at < since

    def _know(self, reason: str) -> None:
        """The last attempt failed for `reason`, or the server answered."""
        with self._changed:
            self._reason, self._is_asked = reason, False
            now = time.monotonic()
            self._again_at = now + AGAIN_SECONDS
            self._answered_at = self._answered_at if reason else now
            self._changed.notify_all()


class Breakers:
    """The breakers of a process, one for each cell."""

    def __init__(self) -> None:
        self._breakers: dict[str, Breaker] = {}
        self._lock = threading.Lock()

    def of(self, cell: str) -> Breaker:
        """The cell's breaker."""
        with self._lock:
            return self._breakers.setdefault(cell, Breaker(cell))

    def down(self) -> list[str]:
        """The cells that did not answer when they were asked last."""
        with self._lock:
            return [breaker.cell for breaker in self._breakers.values() if breaker.is_open]


def cell_down(error: BaseException | None) -> CellDown | None:
    """The CellDown that `error` is or comes from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, CellDown):
            return error
        seen.add(id(error))
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return None


def is_away(error: psycopg.OperationalError) -> bool:
    """Whether the server did not answer or is about to go or to come, rather than refuse this one login."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith(_AWAY)
    text = str(error)
    return _REFUSED not in text or any(passing in text for passing in _PASSING)


def cut(connection: psycopg.Connection[Any]) -> None:
    """Break the connection off: whoever waits for its server is told that it is gone."""
    with suppress(psycopg.OperationalError, OSError), socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(SHUT_RDWR)


def _connected(named: dict[str, Any]) -> psycopg.Connection[Any]:
    connection = connected(named)
    # No time limit of libpq holds for a statement, and no limit of the server's for one that hangs.
    patience = threading.Timer(CONNECT_SECONDS, cut, [connection])
    patience.daemon = True
    patience.start()
    try:
        # A pooler lets in although the server behind it is away.
        connection.execute("SELECT 1")
    except BaseException:
        connection.close()
        raise
    finally:
        patience.cancel()
    return connection
