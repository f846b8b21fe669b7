"""Two clusters: the run's own with the first cell, and another with a second one."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.config import Settings
from tenants import owner
from tenants.bootstrap import Place, bootstrap
from tenants.engines import engines
from tenants.runner import migrate
from tests import ground
from tests.conftest import Servers
from tests.servers import shared, start_postgres

ELSEWHERE = "cell-2"


@pytest.fixture(scope="package")
def second_server(common: Path, servers: Servers) -> Iterator[str]:
    """The superuser's address of a PostgreSQL beside the run's."""
    with shared(common / "postgres-2", start_postgres) as facts:
        yield facts["admin_url"]


@pytest.fixture(scope="package")
def second_cell(second_server: str, databases: None, settings: Settings) -> str:
    """A cell on the other cluster, registered and migrated; its name."""
    database = Place.of(settings.database_url).database
    there = ground.control_url(second_server, database)
    bootstrap(second_server, there, settings.secret_keys)
    cell = Place.of(there).beside(f"{database}_cell_1").url
    with owner.connect(settings.database_url) as control:
        control.execute(
            "INSERT INTO kith.cells (id, dsn_encrypted, state) VALUES (%s, %s, 'closed')"
            " ON CONFLICT (id) DO UPDATE SET dsn_encrypted = excluded.dsn_encrypted",
            [ELSEWHERE, engines().vault.seal(cell)],
        )
    migrate()
    return ELSEWHERE


@pytest.fixture
def elsewhere(second_cell: str, ground_floor: None) -> str:
    """The second cell, open to be moved to; nothing of earlier tests waits there."""
    with psycopg.connect(engines().cell_url(second_cell), autocommit=True) as cell:
        cell.execute("DELETE FROM kith.outbox")
    return second_cell
