"""What a tenant's transaction costs above the same query on the same rows without tenancy."""

import random
import time
from collections.abc import Callable, Iterator
from statistics import median

from sqlalchemy import Connection, Engine, create_engine, select

from app.bench.foundation import Figure
from app.bench.tenancy_ground import Ground
from app.bench.tenancy_seats import fill_contacts
from app.domain.contacts.models import CONTACTS
from app.factory import create_app
from tenants.context import Tenant, entered
from tenants.driver import PREPARED_AFTER, sqlalchemy_url
from tenants.engines import engines
from tenants.session import unit_of_work

ROWS, TENANTS, ROUNDS, WARM = 200, 10, 1500, 30
BAR = 250
_CONTACTS = CONTACTS.table
_QUERY = (
    select(_CONTACTS.c.id, _CONTACTS.c.name, _CONTACTS.c.email, _CONTACTS.c.city, _CONTACTS.c.created_at)
    .where(_CONTACTS.c.deleted_at.is_(None))
    .order_by(_CONTACTS.c.id)
    .limit(50)
)


def figures(ground: Ground) -> Iterator[Figure]:
    """Microseconds p50 of BEGIN, 50 rows, COMMIT: without tenancy, with one tenant, with ten by chance."""
    tenants = ground.claimed(TENANTS, "bare")
    app = create_app(ground.settings)
    for tenant in tenants:
        with app.app_context(), entered(tenant), unit_of_work():
            fill_contacts(tenant, ROWS)
    chance = random.Random(11)  # noqa: S311 - a mix, no secret
    plain = _plain(tenants[0])
    try:
        bare, one, many = _side_by_side(
            lambda: _read(plain),
            lambda: _read_as(tenants[0]),
            lambda: _read_as(chance.choice(tenants)),
        )
    finally:
        plain.dispose()
    yield Figure("50 rows without tenancy, p50", bare, "us")
    yield Figure("tenancy above it, one tenant, p50", one - bare, "us", BAR)
    yield Figure(f"tenancy above it, {TENANTS} tenants by chance, p50", many - bare, "us", BAR)


def _plain(tenant: Tenant) -> Engine:
    """The owner's own way to the tenant's tables: no role, no hook, an ordinary transaction."""
    url = sqlalchemy_url(engines().cell_url(tenant.cell))
    path = f"-csearch_path={tenant.schema},ext"
    return create_engine(url, connect_args={"options": path, "prepare_threshold": PREPARED_AFTER})


def _read(engine: Engine) -> None:
    with engine.begin() as connection:
        _fetch(connection)


def _read_as(tenant: Tenant) -> None:
    with entered(tenant), engines().tenant(tenant).begin() as connection:
        _fetch(connection)


def _fetch(connection: Connection) -> None:
    assert len(connection.execute(_QUERY).all()) == 50


def _side_by_side(*ways: Callable[[], None]) -> list[float]:
    """The median microseconds of each way, taken in turns so that all see the same machine."""
    for way in ways:
        for _ in range(WARM):
            way()
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for seen, way in zip(times, ways, strict=True):
            began = time.perf_counter()
            way()
            seen.append((time.perf_counter() - began) * 1e6)
    return [median(seen) for seen in times]
