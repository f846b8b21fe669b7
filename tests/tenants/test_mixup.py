"""Many threads, few connections, many tenants, and everything goes wrong: no row ever turns up elsewhere."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from app.bench import tenancy_mixing
from app.bench.tenancy_seats import Seat, Seats, ask
from app.config import Settings
from tenants.context import entered
from tenants.engines import configure
from tenants.session import session, unit_of_work
from tests import pooler
from tests.conftest import MakeTenant, Servers
from tests.ground import POOLS

TENANTS, CONTACTS, REQUESTS = 20, 3, 240


@pytest.fixture
def seats(app: Flask, make_tenant: MakeTenant, settings: Settings) -> Iterator[list[Seat]]:
    """A member in many companies, by two connections for all."""
    taken = Seats(app)
    yield [taken.take(make_tenant(f"company-{number}"), CONTACTS) for number in range(TENANTS)]
    configure(settings.database_url, settings.secret_keys, POOLS)


@pytest.fixture
def two_connections(seats: list[Seat], settings: Settings) -> None:
    configure(settings.database_url, settings.secret_keys, tenancy_mixing.TWO)


def test_no_row_of_another_tenant_under_faults(
    app: Flask, seats: list[Seat], two_connections: None, servers: Servers
) -> None:
    _none_mixed(app, seats, servers)


def test_no_row_of_another_tenant_through_the_pooler(
    app: Flask, seats: list[Seat], two_connections: None, servers: Servers, stopped_pooler: pooler.Pooler
) -> None:
    with stopped_pooler.running(each=2), pooler.settled(stopped_pooler.url):
        _none_mixed(app, seats, servers)


def _none_mixed(app: Flask, seats: list[Seat], servers: Servers) -> None:
    tally = tenancy_mixing.run(app, seats, REQUESTS, servers.admin_url)

    assert tally.wrong == []
    assert tally.failed == {}
    assert tally.right > REQUESTS
    assert len(tally.happened) == 5
    assert tally.happened.total() == REQUESTS


def test_strangers_row_would_be_noticed(app: Flask, seats: list[Seat], servers: Servers) -> None:
    victim, other = seats[0], seats[1].tenant.schema
    with app.app_context(), entered(victim.tenant), unit_of_work():
        session.execute(
            text("UPDATE contacts SET city = :other, first_name = :other WHERE last_name = '0'"),
            {"other": other},
        )

    tally = tenancy_mixing.run(app, [victim], 16, servers.admin_url)

    assert any("unit of" in wrong for wrong in tally.wrong)
    assert any("left behind" in wrong for wrong in tally.wrong)
    assert ask(app, victim, "/contacts").strangers(victim)
