"""A part of a transaction may take only so long, and asking so costs nothing."""

import random

import pytest
from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tenants import hurry, stopwatch
from tenants.context import Tenant
from tenants.session import session, unit_of_work

ONE = text("SELECT 1")
SLEEP = text("SELECT pg_sleep(1.7)")
# Less than that, and more than a busy machine takes for nothing.
LIMIT_MS = 1_500
LIMIT = text("SELECT current_setting('statement_timeout')")


@pytest.fixture(autouse=True)
def _connected(fresh_connection: None, inside: Tenant) -> None:
    with unit_of_work():
        session.execute(ONE)


def test_limit_travels_with_the_statements() -> None:
    with stopwatch.running() as waited, unit_of_work():
        with hurry.within(5_000):
            assert session.scalar(ONE) == 1
        assert session.scalar(ONE) == 1
    assert waited.times == 3  # two statements, commit


def test_transaction_goes_on_after_what_took_too_long() -> None:
    with unit_of_work():
        session.execute(text("INSERT INTO settings (key, value) VALUES ('hurried', '1')"))
        with pytest.raises(hurry.TooLong), hurry.within(LIMIT_MS):
            session.execute(SLEEP)
        session.execute(SLEEP)
    with unit_of_work():
        assert session.scalar(text("SELECT 1 FROM settings WHERE key = 'hurried'")) == 1


@pytest.mark.parametrize("statements", [0, 1, 2])
def test_limit_ends_with_its_block(statements: int) -> None:
    with unit_of_work():
        with hurry.within(LIMIT_MS):
            for _ in range(statements):
                session.execute(ONE)
        session.execute(SLEEP)
        with hurry.within(5_000):
            assert session.scalar(LIMIT) == "5s"


def test_limit_met_at_the_very_end_is_too_long_as_well() -> None:
    """The server then tells of the limit behind the answer; the length is steered to where that happens."""
    counted = text("SELECT count(*) FROM generate_series(1, :up_to)")
    up_to, chance, late, unlucky = 30_000, random.Random(4), 0, 0
    for _ in range(600):
        with unit_of_work(read_only=True):
            try:
                with hurry.within(4):
                    session.scalar(counted, {"up_to": int(up_to * chance.uniform(0.93, 1.07))})
                up_to = int(up_to * 1.01) + 1
            except hurry.TooLong:
                up_to, late = int(up_to * 0.99) + 1, late + 1
                assert session.scalar(ONE) == 1
                continue
            unlucky += _stood_still()
    assert 0 < late < 600
    assert unlucky < 60


def _stood_still() -> bool:
    """Whether a busy machine stood still in the very statement that ends the limit of four milliseconds."""
    try:
        session.scalar(ONE)
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        session.rollback()
        return True
    return False
