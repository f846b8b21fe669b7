"""Many threads, few connections, many tenants, and everything goes wrong: no row ever turns up elsewhere."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask import Flask
from sqlalchemy import exc, text

from app.config import Settings
from tenants.context import Tenant, entered
from tenants.engines import PoolSettings, configure
from tenants.session import session, unit_of_work
from tests.conftest import MakeTenant, Servers

THREADS, TENANTS, VISITS = 16, 20, 21
WRITE = text("INSERT INTO settings (key, value) VALUES (:key, to_jsonb(CAST(:owner AS text)))")
READ = text("SELECT current_user, current_schema(), value #>> '{}' FROM settings")
FAULTS = ("none", "none", "none", "none", "error", "cancelled", "killed")


@pytest.fixture
def two_connections(databases: None, settings: Settings) -> Iterator[None]:
    configure(
        settings.database_url, settings.secret_keys, PoolSettings(pool_size=2, max_overflow=0, timeout=300)
    )
    yield
    configure(settings.database_url, settings.secret_keys)


def test_no_row_of_another_tenant_under_faults(
    app: Flask, make_tenant: MakeTenant, two_connections: None, servers: Servers
) -> None:
    tenants = [make_tenant(f"company-{number}", "Any") for number in range(TENANTS)]
    for tenant in tenants:
        with app.app_context(), entered(tenant), unit_of_work():
            session.execute(WRITE, {"key": "own", "owner": tenant.schema})
    tally = Counter[str]()
    killer = Killer(servers.admin_url)

    with ThreadPoolExecutor(THREADS) as pool:
        runs = [pool.submit(_visit_many, app, tenants, tally, killer) for _ in range(THREADS)]
        for run in runs:
            run.result()

    assert tally["wrong"] == 0
    assert tally["right"] > THREADS * VISITS
    assert sum(tally[fault] for fault in set(FAULTS)) == THREADS * VISITS


class Killer:
    """Ends the database's side of a connection, as an operator or a crash would."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, pid: int) -> None:
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])


def _visit_many(app: Flask, tenants: list[Tenant], tally: Counter[str], killer: Killer) -> None:
    chance = random.Random(threading.get_ident())
    for number in range(VISITS):
        tenant, fault = chance.choice(tenants), FAULTS[number % len(FAULTS)]
        with app.app_context(), entered(tenant):
            seen = _visit(tenant, fault, killer)
        wrong = [row for row in seen if set(row) != {tenant.schema}]
        tally.update({"wrong": len(wrong), "right": len(seen), fault: 1})


def _visit(tenant: Tenant, fault: str, killer: Killer) -> list[tuple[str, ...]]:
    """What was read before and after the fault; every value must be the tenant's own name."""
    seen: list[tuple[str, ...]] = []
    try:
        with unit_of_work(statement_timeout_ms=100):
            seen += [tuple(row) for row in session.execute(READ)]
            session.execute(WRITE, {"key": "fleeting", "owner": tenant.schema})
            if fault == "killed":
                killer(session.scalar(text("SELECT pg_backend_pid()")) or 0)
            if fault == "cancelled":
                session.execute(text("SELECT pg_sleep(1)"))
            seen += [tuple(row) for row in session.execute(READ)]
            raise LookupError
    except (LookupError, exc.DBAPIError):
        pass
    return seen
