"""Pools: few, small, closed when idle, back after the database was away; and what the driver may send."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.config import Settings
from tenants import engines
from tenants.context import Mode, Tenant, entered, transactions
from tenants.driver import ExtendedCursor
from tenants.engines import PoolSettings
from tests import ground
from tests.conftest import Servers
from tests.ground import POOLS

WHO = text("SELECT current_user")


@pytest.fixture
def one_bucket_open(databases: None, settings: Settings) -> Iterator[engines.Engines]:
    yield engines.configure(
        settings.database_url, settings.secret_keys, PoolSettings(pool_size=1, max_overflow=0, open_buckets=1)
    )
    engines.configure(settings.database_url, settings.secret_keys, POOLS)


@pytest.fixture
def connection(tenant: Tenant) -> Iterator[Connection]:
    with entered(tenant), engines.engines().tenant(tenant).begin() as opened:
        yield opened


@pytest.fixture
def lonely(ground_floor: None) -> list[Tenant]:
    """Three tenants, each with a bucket of its own."""
    return ground.lonely(3, "lonely")


def test_least_used_bucket_is_closed(lonely: list[Tenant], one_bucket_open: engines.Engines) -> None:
    for tenant in lonely:
        with entered(tenant), one_bucket_open.tenant(tenant).begin() as connection:
            assert connection.scalar(WHO) == tenant.schema
        assert one_bucket_open.open_connections() == {tenant.bucket: 1}


def test_bucket_at_work_is_never_closed(lonely: list[Tenant], one_bucket_open: engines.Engines) -> None:
    busy, other, _ = lonely
    with entered(busy), one_bucket_open.tenant(busy).begin() as connection:
        with entered(other), one_bucket_open.tenant(other).begin():
            assert one_bucket_open.open_connections() == {busy.bucket: 1, other.bucket: 1}
        assert connection.scalar(WHO) == busy.schema


def test_dead_connection_is_replaced_unseen(tenant: Tenant, servers: Servers) -> None:
    engine = engines.engines().tenant(tenant)
    with entered(tenant):
        with engine.begin() as connection:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(servers.admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
        with engine.begin() as connection:
            assert connection.scalar(WHO) == tenant.schema


def test_transaction_costs_one_trip_to_begin(tenant: Tenant, app: Flask) -> None:
    with entered(tenant), engines.engines().tenant(tenant).begin() as connection:
        state = connection.execute(
            text(
                "SELECT current_user, current_setting('search_path'), current_setting('statement_timeout'),"
                " current_setting('transaction_read_only')"
            )
        ).one()
    assert tuple(state) == (tenant.schema, f"{tenant.schema}, ext", "15s", "off")


def test_nothing_stays_on_a_returned_connection(tenant: Tenant) -> None:
    engine = engines.engines().tenant(tenant)
    with entered(tenant), transactions(Mode(read_only=True, statement_timeout_ms=0)), engine.begin():
        pass
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert isinstance(driver, psycopg.Connection)
        row = driver.execute(
            "SELECT current_user, current_setting('search_path'), current_setting('transaction_read_only')"
        ).fetchone()
    finally:
        raw.close()
    assert row == (tenant.bucket, "pg_catalog", "off")


def test_copy_works_by_the_extended_protocol(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor, cursor.copy("COPY settings (key, value) FROM STDIN") as copy:
        for number in range(1000):
            copy.write_row((f"key-{number}", "1"))
    with driver.cursor() as cursor, cursor.copy("COPY (SELECT key FROM settings) TO STDOUT") as copy:
        assert len(list(copy.rows())) == 1000
    assert isinstance(driver.cursor(), ExtendedCursor)


def test_streaming_and_many_rows_work(connection: Connection) -> None:
    connection.execute(
        text("INSERT INTO settings (key, value) VALUES (:key, '1')"),
        [{"key": f"key-{number}"} for number in range(500)],
    )
    streamed = connection.execution_options(stream_results=True, max_row_buffer=100)
    assert len(list(streamed.execute(text("SELECT key FROM settings")))) == 500


def test_server_cursor_declares_one_query_of_rows(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    for refused in ("SELECT 1; RESET ROLE", "SELECT set_config('role', 'none', false)"):
        with driver.cursor("pieces") as cursor, pytest.raises(psycopg.ProgrammingError):
            cursor.execute(refused)
        connection.rollback()
