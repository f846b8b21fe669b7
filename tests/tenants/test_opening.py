"""What opens a transaction goes out with its first statement, whatever that is."""

import psycopg
import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from tenants import stopwatch
from tenants.context import Mode, Tenant, entered, transactions
from tenants.direct import ending
from tenants.engines import engines
from tenants.opening import OpeningConnection

WHO = text("SELECT current_user")


@pytest.fixture(autouse=True)
def _connected(fresh_connection: None, tenant: Tenant) -> None:
    """A connection lies in the pool already: opening one is not counted."""
    with entered(tenant), engines().tenant(tenant).begin() as connection:
        connection.execute(WHO)


def test_first_statement_brings_its_opening_along(tenant: Tenant) -> None:
    with entered(tenant), stopwatch.running() as waited:
        with engines().tenant(tenant).begin() as connection:
            assert connection.scalar(WHO) == tenant.schema
            assert connection.scalar(WHO) == tenant.schema
        assert waited.times == 3  # opening and first, second, commit


def test_transaction_without_statements_asks_nothing(tenant: Tenant) -> None:
    with entered(tenant), stopwatch.running() as waited:
        with engines().tenant(tenant).begin():
            pass
        with engines().tenant(tenant).begin() as connection:
            assert connection.scalar(WHO) == tenant.schema
    assert waited.times == 2  # opening and first, commit


def test_prepared_statements_travel_with_openings(tenant: Tenant) -> None:
    for _ in range(12):
        with entered(tenant), engines().tenant(tenant).begin() as connection:
            assert (
                connection.scalar(text("SELECT current_user || :more"), {"more": "!"}) == f"{tenant.schema}!"
            )


def test_failed_first_statement_leaves_nothing_open(tenant: Tenant) -> None:
    engine = engines().tenant(tenant)
    with entered(tenant):
        with pytest.raises(DBAPIError, match="division by zero"), engine.begin() as connection:
            connection.execute(text("SELECT 1/0"))
        with engine.begin() as connection:
            assert connection.scalar(WHO) == tenant.schema


def test_refused_first_statement_is_not_run(tenant: Tenant) -> None:
    engine = engines().tenant(tenant)
    with entered(tenant):
        with pytest.raises(DBAPIError, match="none of those"), engine.begin() as connection:
            connection.execute(text("SET ROLE postgres"))
        with engine.begin() as connection:
            assert connection.scalar(WHO) == tenant.schema


def test_failed_opening_runs_no_statement(tenant: Tenant) -> None:
    engine = engines().tenant(tenant)
    with entered(tenant), engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, OpeningConnection)
        driver.open_with((b"BEGIN", b"SET LOCAL ROLE t_nobody0000000000"))
        with pytest.raises(DBAPIError, match="does not exist"):
            connection.execute(WHO)
        connection.rollback()


def test_limit_of_time_holds_for_the_first_statement(tenant: Tenant) -> None:
    with (
        entered(tenant),
        transactions(Mode(statement_timeout_ms=50)),
        pytest.raises(DBAPIError) as refused,
        engines().tenant(tenant).begin() as connection,
    ):
        connection.execute(text("SELECT pg_sleep(5)"))
    assert isinstance(refused.value.orig, psycopg.errors.QueryCanceled)


@pytest.mark.parametrize("way", ["many", "streamed", "copied"])
def test_other_ways_to_ask_are_opened_too(tenant: Tenant, way: str) -> None:
    with entered(tenant), engines().tenant(tenant).begin() as connection:
        if way == "many":
            more = text("INSERT INTO settings (key, value) VALUES (:key, '1')")
            connection.execute(more, [{"key": f"opened {number}"} for number in range(3)])
        elif way == "streamed":
            assert connection.execution_options(stream_results=True).scalar(WHO) == tenant.schema
        else:
            driver = connection.connection.driver_connection
            assert isinstance(driver, OpeningConnection)
            with driver.cursor() as cursor, cursor.copy("COPY settings (key, value) FROM STDIN") as copy:
                copy.write_row(("opened", "1"))
        assert connection.scalar(WHO) == tenant.schema
        connection.rollback()


def test_last_statement_takes_the_end_along(tenant: Tenant) -> None:
    with entered(tenant), stopwatch.running() as waited:
        with engines().tenant(tenant).begin() as connection:
            assert ending(connection).execute(_kept("alone")).rowcount == 1
        assert waited.times == 1
        with engines().tenant(tenant).begin() as connection:
            connection.execute(WHO)
            ending(connection).execute(_kept("second"))
        assert waited.times == 3
    assert _are_there(tenant) == ["alone", "second"]


def test_nothing_follows_the_last_statement(tenant: Tenant) -> None:
    engine = engines().tenant(tenant)
    with entered(tenant):
        with engine.begin() as connection:
            ending(connection).execute(_kept("done"))
            with pytest.raises(DBAPIError, match="has ended"):
                connection.execute(_kept("too late"))
        with engine.begin() as connection:
            assert connection.scalar(WHO) == tenant.schema
    assert _are_there(tenant) == ["done"]


def test_failed_last_statement_commits_nothing(tenant: Tenant) -> None:
    engine = engines().tenant(tenant)
    with entered(tenant):
        with engine.begin() as connection:
            connection.execute(_kept("undone"))
            with pytest.raises(DBAPIError, match="division by zero"):
                ending(connection).execute(text("SELECT 1/0"))
            connection.rollback()
        with engine.begin() as connection:
            assert connection.scalar(WHO) == tenant.schema
    assert _are_there(tenant) == []


def test_last_statement_of_a_savepoint_ends_nothing(tenant: Tenant) -> None:
    with entered(tenant), engines().tenant(tenant).begin() as connection:
        with connection.begin_nested():
            ending(connection).execute(_kept("inner"))
        connection.execute(_kept("outer"))
        connection.rollback()
    assert _are_there(tenant) == []


def _kept(name: str) -> TextClause:
    return text("INSERT INTO settings (key, value) VALUES (:key, '1')").bindparams(key=f"kept {name}")


def _are_there(tenant: Tenant) -> list[str]:
    with entered(tenant), engines().tenant(tenant).begin() as connection:
        found = connection.scalars(text("SELECT key FROM settings WHERE key LIKE 'kept %' ORDER BY key"))
        return [key.removeprefix("kept ") for key in found]
