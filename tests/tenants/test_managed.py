"""A provider without superusers: Kith runs, and says which guarantees are missing."""

from collections.abc import Iterator

import psycopg
import pytest

from app.config import Settings
from tenants import bootstrap, engines, provisioning, selfcheck
from tenants.bootstrap import FIRST_CELL
from tests import ground
from tests.conftest import Servers
from tests.ground import POOLS

ADMIN = "kith_managed_admin"


@pytest.fixture
def managed(servers: Servers, databases: None, settings: Settings, worker: int) -> Iterator[None]:
    """Kith on databases that an administrator without superuser made."""
    owner = f"kith_managed_{worker}"
    admin = f"{ADMIN}_{worker}"
    with psycopg.connect(servers.admin_url, autocommit=True) as root:
        # The run's other process may be at the rights of the same databases.
        root.execute("SELECT pg_advisory_lock(%s)", [bootstrap._LOCK])
        root.execute(f"CREATE ROLE {admin} LOGIN CREATEROLE CREATEDB PASSWORD 'managed'".encode())
        # On a cluster of its own it would have made these roles and databases itself.
        root.execute(f"GRANT kith_control TO {admin} WITH ADMIN OPTION".encode())
        root.execute(f"GRANT CONNECT ON DATABASE postgres TO {admin}".encode())
    admin_url = ground.with_login(servers.admin_url, admin, "managed")
    url = ground.with_login(ground.control_url(servers.admin_url, owner), owner, "owner")
    ground.prepare(admin_url, url)
    yield
    engines.engines().dispose()
    ground.drop(servers.admin_url, url)
    engines.configure(settings.database_url, settings.secret_keys, POOLS)


def test_kith_runs_and_tells_what_is_missing(managed: None) -> None:
    provisioning.ensure_spares(2)
    tenant = provisioning.activate(provisioning.claim("acme", "Acme"))
    held = {found.name for found in selfcheck.check(FIRST_CELL) if found.holds}

    assert tenant.state == "active"
    assert held >= {
        "a tenant cannot read or change another's tables",
        "one query is one statement",
        "the structure belongs to the owner",
        "facts cannot be changed or removed",
        "the outbox shows and takes the tenant's own rows only",
        "the server's files and programs are out of reach",
        "the login has no rights of its own",
    }
    assert held >= {"a query cannot change the role", "there is no procedural language"}
    assert "nobody can list tenants, roles or tables" not in held
