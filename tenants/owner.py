"""The owner's own connections: in autocommit, beside every pool, noticing a dead peer."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import URL

from tenants.driver import psycopg_url
from tenants.engines import engines

Connection = psycopg.Connection[Any]

CONNECT_SECONDS = 5


def of_cell(cell: str, application: str = "kith owner") -> Connection:
    """A connection to the cell as its owner; raises tenants.breaker.CellDown, at once where that is known."""
    here = engines()
    url = here.cell_url(cell)
    return here.breakers.of(cell).attempt(lambda: connect(url, application))


def connect(url: str | URL, application: str = "kith owner", seconds: int = CONNECT_SECONDS) -> Connection:
    """A connection as the login of `url`; raises psycopg.OperationalError after `seconds` at the latest."""
    return psycopg.connect(
        psycopg_url(url),
        autocommit=True,
        prepare_threshold=None,
        application_name=application,
        connect_timeout=seconds,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )


@contextmanager
def letting_go(connection: Connection) -> Iterator[None]:
    """The advisory locks that it holds are given back when the block ends.

    Where one only hangs up, the server finds out a moment later: who comes right after us was refused.
    """
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_advisory_unlock_all()")
