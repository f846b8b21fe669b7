"""A part of a transaction that may take only so long; what it did not finish was never begun."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError

from tenants.context import mode
from tenants.driver import run_string
from tenants.opening import OpeningConnection
from tenants.session import session

# What is searched or filtered lies in memory or on disks without arms, whatever the server thinks of its own.
_PLANNED = (b"SET LOCAL plan_cache_mode = force_custom_plan", b"SET LOCAL random_page_cost = 1.1")
_BACK = "ROLLBACK TO SAVEPOINT hurry; RELEASE SAVEPOINT hurry"
_AS_USUAL = b"SET LOCAL plan_cache_mode = auto"
# How often one tries to go back, which is held to the short limit itself: a machine may stand still.
_TRIES = 5


class TooLong(Exception):
    """A statement took longer than it was given."""


@contextmanager
def within(
    milliseconds: int, *, alike: float | None = None, alone: bool = False, planned: bool = True
) -> Iterator[None]:
    """Each statement of the block may take so long; raises TooLong, and the transaction goes on.

    In it statements are planned for their values, or once for all where not `planned`; words count as alike
    (%> of pg_trgm) from `alike` on, 0 to 1; `alone` no statement takes several processes. Costs no round
    trip: what begins and ends it goes out with the next statement. Blocks do not nest.
    """
    driver = _driver()
    driver.precede(b"SAVEPOINT hurry", f"SET LOCAL statement_timeout = {int(milliseconds)}".encode())
    if planned:
        driver.precede(*_PLANNED)
    if alone:
        driver.precede(b"SET LOCAL max_parallel_workers_per_gather = 0")
    if alike is not None:
        driver.precede(f"SET LOCAL pg_trgm.word_similarity_threshold = {float(alike)}".encode())
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        _go_back(driver)
        raise TooLong from error
    # Not by going back to the savepoint: at that the driver forgets what it has prepared. The usual limit
    # comes first: whatever stands before it is still held to the short one.
    usual = int(mode().statement_timeout_ms)
    driver.precede(f"SET LOCAL statement_timeout = {usual}".encode(), b"RELEASE SAVEPOINT hurry", _AS_USUAL)


@contextmanager
def planned() -> Iterator[None]:
    """Each statement of the block is planned for its very values, however often it was asked with others.

    For what is quick with one value by one index and with another by another.
    """
    driver = _driver()
    driver.precede(*_PLANNED)
    yield
    driver.precede(_AS_USUAL)


def _go_back(driver: OpeningConnection) -> None:
    """To what was before the block."""
    for _ in range(_TRIES - 1):
        try:
            run_string(driver, _BACK)
        except QueryCanceled:
            continue
        return
    run_string(driver, _BACK)


def _driver() -> OpeningConnection:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, OpeningConnection)
    return driver
