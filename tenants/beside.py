"""A short transaction of the tenant's beside the session's, for what stays whatever becomes of that."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from tenants.context import Mode, current, transactions
from tenants.engines import engines

# Nobody holds what such a transaction needs for longer than another such transaction takes.
_TIMEOUT_MS = 5_000


@contextmanager
def beside() -> Iterator[Connection]:
    """A connection on which a transaction of the current tenant begins, and is committed at the end.

    It does not wait for the disk: the server's log is written in order, so nothing that the session commits
    later is kept without it. It must touch no row that a session's transaction changes.
    """
    mode = Mode(statement_timeout_ms=_TIMEOUT_MS, durable=False)
    with transactions(mode), engines().beside(current()).begin() as connection:
        yield connection
