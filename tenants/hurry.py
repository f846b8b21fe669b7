"""A part of a transaction that may take only so long; what it did not finish was never begun."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError

from tenants.context import mode
from tenants.driver import run_string
from tenants.opening import OpeningConnection
from tenants.session import session


class TooLong(Exception):
    """A statement took longer than it was given."""


@contextmanager
def within(milliseconds: int, *, alike: float | None = None) -> Iterator[None]:
    """Each statement of the block may take so long; raises TooLong, and the transaction goes on.

    In it words count as alike (%> of pg_trgm) from `alike` on, 0 to 1. Costs no round trip: what begins and
    ends it goes out with the next statement. Blocks do not nest.
    """
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, OpeningConnection)
    driver.precede(b"SAVEPOINT hurry", f"SET LOCAL statement_timeout = {int(milliseconds)}".encode())
    if alike is not None:
        driver.precede(f"SET LOCAL pg_trgm.word_similarity_threshold = {float(alike)}".encode())
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        run_string(driver, "ROLLBACK TO SAVEPOINT hurry; RELEASE SAVEPOINT hurry")
        raise TooLong from error
    # Not by going back to the savepoint: at that the driver forgets what it has prepared.
    usual = int(mode().statement_timeout_ms)
    driver.precede(b"RELEASE SAVEPOINT hurry", f"SET LOCAL statement_timeout = {usual}".encode())
