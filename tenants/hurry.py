"""A part of a transaction that may take only so long; what it did not finish was never begun."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError

from tenants.context import mode
from tenants.driver import run_string
from tenants.session import session


class TooLong(Exception):
    """A statement took longer than it was given."""


@contextmanager
def within(milliseconds: int, *, alike: float | None = None) -> Iterator[None]:
    """Each statement of the block may take so long; raises TooLong, and the transaction goes on.

    In it words count as alike (%> of pg_trgm) from `alike` on, 0 to 1. Costs two round trips. Blocks do not
    nest.
    """
    driver = session.connection().connection.driver_connection
    assert driver is not None, "a connection in use has a driver"
    words = "" if alike is None else f"; SET LOCAL pg_trgm.word_similarity_threshold = {float(alike)}"
    run_string(driver, f"SAVEPOINT hurry; SET LOCAL statement_timeout = {int(milliseconds)}{words}")
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        run_string(driver, "ROLLBACK TO SAVEPOINT hurry; RELEASE SAVEPOINT hurry")
        raise TooLong from error
    # Not by going back to the savepoint: at that the driver forgets what it has prepared.
    usual = int(mode().statement_timeout_ms)
    run_string(driver, f"RELEASE SAVEPOINT hurry; SET LOCAL statement_timeout = {usual}")
