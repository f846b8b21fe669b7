"""What tests of the ground floor share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Settings
from tenants import breaker, building, engines, revisions
from tenants.bootstrap import FIRST_CELL
from tenants.context import Tenant
from tenants.pool import BucketEngine
from tests import ground
from tests.conftest import Servers
from tests.ground import POOLS
from tests.tenants.estate import FIRST, TENANTS, Estate


@pytest.fixture(autouse=True)
def _cells_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for seconds is no cell that is silent; what is refused fails at once."""
    monkeypatch.setattr(breaker, "SUSPICIOUS_SECONDS", 60.0)
    monkeypatch.setattr(breaker, "CONNECT_SECONDS", 60)


@pytest.fixture
def fresh_connection(tenant: Tenant) -> None:
    """The next connection is new and the tenant's bucket has no other: it does not end before the test.

    One that has met many tenants ends after the next, and one that is old is replaced.
    """
    engine = engines.engines().tenant(tenant)
    assert isinstance(engine, BucketEngine)
    engine.drop_idle()


@pytest.fixture
def afterwards(databases: None, settings: Settings) -> Iterator[Settings]:
    """The settings of all tests; the process goes back to their databases."""
    yield settings
    engines.configure(settings.database_url, settings.secret_keys, POOLS)
    revisions.forget()


@pytest.fixture
def estate(
    servers: Servers, afterwards: Settings, worker: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Estate]:
    """A cell whose schemas have two small tables, at revision 0001."""
    url = ground.control_url(servers.admin_url, f"kith_estate_{worker}")
    folder = tmp_path / "migrations"
    shutil.copytree(revisions.FOLDER, folder)
    for path in (folder / "tenant" / "versions").glob("*.py"):
        path.unlink()
    monkeypatch.setattr(revisions, "FOLDER", folder)
    made = Estate(url, folder, afterwards.secret_keys[0], servers.admin_url)
    made.revise("0001", None, FIRST)
    ground.prepare(servers.admin_url, url, afterwards.secret_keys)
    building.fill(FIRST_CELL, TENANTS)
    yield made
    engines.engines().dispose()
    ground.drop(servers.admin_url, url)
