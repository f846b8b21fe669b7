"""Statements that the server keeps prepared: each time for the tenant whose transaction it is."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from app.config import Settings
from tenants import engines
from tenants.context import Tenant, entered
from tenants.driver import PREPARED_AFTER, psycopg_url
from tenants.engines import Engines, PoolSettings
from tests.ground import POOLS, neighbours

WHOSE = text("SELECT value FROM settings WHERE key = :key")


@pytest.fixture
def one_connection(databases: None, settings: Settings) -> Iterator[Engines]:
    """All tenants of a bucket share a single connection."""
    yield engines.configure(settings.database_url, settings.secret_keys, PoolSettings(1, 0))
    engines.configure(settings.database_url, settings.secret_keys, POOLS)


@pytest.mark.usefixtures("ground_floor")
def test_prepared_statement_reads_the_tenant_at_hand(one_connection: Engines) -> None:
    tenant, other = neighbours(2)
    for each in (tenant, other):
        with entered(each), one_connection.tenant(each).begin() as connection:
            insert = text("INSERT INTO settings (key, value) VALUES ('whose', to_jsonb(CAST(:slug AS text)))")
            connection.execute(insert, {"slug": each.slug})

    for each in [tenant] * (PREPARED_AFTER + 8) + [other, tenant] * 4:
        with entered(each), one_connection.tenant(each).begin() as connection:
            assert connection.execute(WHOSE, {"key": "whose"}).scalar_one() == each.slug
    with entered(tenant), one_connection.tenant(tenant).begin() as connection:
        assert _prepared(connection) >= 1


def test_prepared_statement_outlives_a_new_column(one_connection: Engines, tenant: Tenant) -> None:
    owner = psycopg_url(one_connection.cell_url(tenant.cell))
    for round_ in range(PREPARED_AFTER + 8):
        if round_ == PREPARED_AFTER + 4:
            with psycopg.connect(owner) as cell:
                cell.execute(f"ALTER TABLE {tenant.schema}.settings ADD COLUMN more text")
        with entered(tenant), one_connection.tenant(tenant).begin() as connection:
            assert connection.execute(WHOSE, {"key": "nobody's"}).all() == []


def _prepared(connection: Connection) -> int:
    """How many statements this connection has prepared, ours among them."""
    driver = connection.connection.driver_connection
    assert driver is not None
    return len(driver._prepared._names)
