"""The ground floor for tests: databases of their own, and fresh tenants out of batches of spares."""

import itertools
from collections.abc import Sequence

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from redis import Redis
from sqlalchemy import make_url

from app.core import limits, redis
from tenants import building, catalogue, provisioning, switches
from tenants.bootstrap import FIRST_CELL, bootstrap
from tenants.context import Tenant
from tenants.driver import psycopg_url, run_string
from tenants.engines import Engines, PoolSettings, configure, engines
from tenants.runner import migrate
from tests import schemas

OWNER_PASSWORD = "owner-of-the-tests"
SECRET_KEYS = ("first key of the tests, long enough for anybody",)
BATCH = 4
# Tests let many act at once within one process; after each that configured others these are back.
POOLS = PoolSettings(pool_size=4, max_overflow=16)

# Whatever a test may leave in the control database, in an order that no foreign key minds.
LEFT_BEHIND = (
    *("support_accesses", "operators", "switches"),
    *("memberships", "identity_sessions", "one_time_codes", "identities"),
    *("device_codes", "app_tenants", "apps"),
    *("throttles", "control_outbox", "operator_facts", "operations"),
    *("invoices", "billing_accounts", "sellers", "usages"),
)

_numbers = itertools.count(1)
_home: dict[str, Engines] = {}
_stores: dict[str, Redis] = {}


def control_url(admin_url: str, database: str) -> str:
    """The owner's URL of the control database `database` on the server of `admin_url`."""
    info = conninfo_to_dict(admin_url)
    return f"postgresql://kith_owner:{OWNER_PASSWORD}@{info['host']}:{info['port']}/{database}"


def prepare(admin_url: str, url: str, keys: Sequence[str] = SECRET_KEYS) -> None:
    """Databases and revisions, and this process connected to them."""
    bootstrap(admin_url, url, keys)
    configure(url, keys, POOLS)
    migrate()


def come_home(url: str, keys: Sequence[str]) -> None:
    """This process is connected to `url` by the pools of tests, whatever a command has configured."""
    if _home.get(url) is not engines():
        _home[url] = configure(url, keys, POOLS)


def clear(url: str) -> None:
    """Nobody is signed up any more: addresses are free, the control database is empty but for spares."""
    control = schemas.link(url)
    with control.transaction():
        run_string(control, "".join(f"DELETE FROM kith.{table};" for table in LEFT_BEHIND))
        left = control.execute(
            "UPDATE kith.tenants SET slug = NULL, signup_id = NULL, state = 'deleting', delete_after = NULL"
            " WHERE state NOT IN ('spare', 'building') AND (state <> 'deleting' OR slug IS NOT NULL)"
            " RETURNING schema_name, old.state, cell_id"
        ).fetchall()
    schemas.leave(url, [name for name, *told in left if told == ["active", FIRST_CELL]])
    schemas.first_cell().execute("DELETE FROM kith.outbox")
    catalogue.forget()
    switches.forget()


def forget(redis_url: str) -> None:
    """Redis is empty and answers: what strangers asked of earlier tests counts for no other."""
    if redis_url not in _stores:
        _stores[redis_url] = Redis.from_url(redis_url)
    _stores[redis_url].flushdb()
    limits._tabs.clear()
    limits._local.clear()
    redis._away_until = 0.0


def fresh_tenant(slug: str | None = None, name: str = "Nordwind GmbH") -> Tenant:
    """A tenant that nobody has used, in state active."""
    is_new = not schemas.again()
    if is_new and provisioning.ensure_spares(1):
        provisioning.ensure_spares(BATCH)
    tenant = provisioning.activate(provisioning.claim(slug or f"company-{next(_numbers)}", name))
    if is_new and tenant.cell == FIRST_CELL:
        schemas.note(tenant.schema)
    return tenant


def neighbours(number: int) -> list[Tenant]:
    """So many fresh tenants of one bucket; a bucket may become full between two of them."""
    made: dict[str, list[Tenant]] = {}
    for count in range(number * 8):
        tenant = fresh_tenant(f"neighbour-{count}")
        of_bucket = made.setdefault(tenant.bucket, [])
        of_bucket.append(tenant)
        if len(of_bucket) == number:
            return of_bucket
    raise AssertionError(f"no {number} of one bucket: {made}")


def lonely(number: int, prefix: str) -> list[Tenant]:
    """So many claimed tenants, each the first and only one of a bucket of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "BUCKET_SIZE", 1)
        return [_built_for(f"{prefix}-{count}") for count in range(number)]


def _built_for(slug: str) -> Tenant:
    """A tenant whose spare is built now: of those that are there already many are of one bucket."""
    schema = building.build(FIRST_CELL)
    schemas.link(engines().control_url).execute(
        "UPDATE kith.tenants SET created_at = '1999-01-01' WHERE schema_name = %s", [schema]
    )
    tenant = provisioning.claim(slug, slug.title())
    assert tenant.schema == schema
    return tenant


def drop(admin_url: str, url: str) -> None:
    """Remove the databases of `url`."""
    database = conninfo_to_dict(psycopg_url(url))["dbname"]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for name in (f"{database}_cell_1", database):
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def with_login(url: str, user: str, password: str) -> str:
    """The same address for another login."""
    return make_url(url).set(username=user, password=password).render_as_string(hide_password=False)
