"""Two clusters: the run's own with the first cell, and another with a second one."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.config import Settings
from tenants import cells, owner
from tenants.bootstrap import Place
from tenants.engines import engines
from tests import ground
from tests.conftest import Servers
from tests.servers import shared, start_postgres

ELSEWHERE = "elsewhere"
LIVE_THERE = (("tenants", "cell_id"), ("buckets", "cell_id"), ("migration_runs", "cell_id"), ("cells", "id"))


@pytest.fixture(scope="package")
def second_server(common: Path, servers: Servers) -> Iterator[str]:
    """The superuser's address of a PostgreSQL beside the run's."""
    with shared(common / "postgres-2", start_postgres) as facts:
        yield facts["admin_url"]


@pytest.fixture(scope="package")
def second_cell(second_server: str, databases: None, settings: Settings) -> Iterator[str]:
    """A cell on the other cluster; its name. Afterwards nobody knows of it."""
    database = Place.of(settings.database_url).database
    url = Place.of(ground.control_url(second_server, f"{database}_elsewhere")).url
    cells.add(ELSEWHERE, url, admin_url=second_server, is_open=False)
    yield ELSEWHERE
    with owner.connect(settings.database_url) as control:
        for table, column in LIVE_THERE:
            control.execute(f"DELETE FROM kith.{table} WHERE {column} = %s".encode(), [ELSEWHERE])


@pytest.fixture
def elsewhere(second_cell: str, ground_floor: None) -> str:
    """The second cell, open to be moved to; nothing of earlier tests waits there."""
    with psycopg.connect(engines().cell_url(second_cell), autocommit=True) as cell:
        cell.execute("DELETE FROM kith.outbox")
    return second_cell
