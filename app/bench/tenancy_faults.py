"""What goes wrong in the middle of requests: an error of ours, a cancelled request, a killed connection."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, Engine, event

from tenants.driver import run_string

Kind = Literal["none", "error", "cancelled", "overdue", "killed"]
KINDS: tuple[Kind, ...] = ("error", "cancelled", "overdue", "killed")


class Injected(RuntimeError):
    """A defect of ours."""


class Cancelled(BaseException):
    """The end of a thread that is told to stop, wherever it is: nothing catches it."""


class Faults(threading.local):
    """What is to happen to this thread's request, and before which of its statements."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._kind: Kind = "none"
        self._countdown = 0
        self.happened = 0

    @contextmanager
    def planned(self, kind: Kind, statement: int) -> Iterator[None]:
        """Within the block `kind` happens before statement number `statement`, where there are so many."""
        self._kind, self._countdown = kind, statement
        try:
            yield
        finally:
            self._kind = "none"

    def strike(self, engine: Engine) -> None:
        """Let planned faults happen to what runs on `engine`."""
        event.listen(engine, "before_cursor_execute", self._before)

    def _before(self, connection: Connection, *_: object) -> None:
        if self._kind == "none":
            return
        self._countdown -= 1
        if self._countdown > 0:
            return
        kind, self._kind = self._kind, "none"
        self.happened += 1
        self._happen(kind, connection)

    def _happen(self, kind: Kind, connection: Connection) -> None:
        if kind == "error":
            raise Injected
        if kind == "cancelled":
            raise Cancelled
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        if kind == "overdue":
            # The server itself ends the statement, and with it the transaction.
            run_string(driver, "SET LOCAL statement_timeout = 5; SELECT pg_sleep(1)")
        row = driver.execute("SELECT pg_backend_pid()").fetchone()
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", row)
