"""The arithmetic of connections: what fits into a server, with a pooler and without."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.commands import _check_connections as connections
from app.commands._check_connections import Cell
from app.config import Settings
from stack import memory
from tenants.bootstrap import FIRST_CELL
from tenants.context import Tenant
from tenants.session import session
from tests import pooler as poolers
from tests.pooler import Pooler

FIVE_THOUSAND = Cell(
    "cell-1", buckets=50, tenants=5000, connections=200, is_pooled=False, memory_mb=24_000, processes=5
)


def test_few_tenants_fit_without_a_pooler() -> None:
    cell = replace(FIVE_THOUSAND, buckets=1, tenants=60)
    straight, pooled = connections.arithmetic(cell)
    assert (straight.state, pooled.state) == ("ok", "ok")
    assert (
        "5 processes x 1 buckets x 4 (at most 64 a process) = 20 backends x 48 MB = 964 MB" in straight.text
    )
    assert straight.text.endswith("the server takes 200, as it is now")


def test_thousands_of_tenants_are_told_to_take_a_pooler() -> None:
    straight, pooled = connections.arithmetic(FIVE_THOUSAND)
    assert straight.state == "warning"
    assert "= 320 backends x 79 MB = 25,280 MB; a quarter of the memory is 6,000 MB" in straight.text
    assert "max_db_connections at most 75" in straight.remedy
    assert pooled.state == "ok"


def test_pooled_cell_fits() -> None:
    _, pooled = connections.arithmetic(replace(FIVE_THOUSAND, is_pooled=True))
    assert pooled.state == "ok"
    assert "50 buckets x 4 (at most 60) = 60 backends x 79 MB = 4,740 MB" in pooled.text


def test_pooler_of_a_small_machine_is_told_its_number() -> None:
    small = replace(FIVE_THOUSAND, is_pooled=True, memory_mb=8_000)
    straight, pooled = connections.arithmetic(small)
    assert (straight.state, pooled.state) == ("ok", "warning")
    assert "max_db_connections of PgBouncer to 25" in pooled.remedy


def test_backend_that_holds_more_counts_with_what_it_holds() -> None:
    straight, _ = connections.arithmetic(replace(FIVE_THOUSAND, busiest_mb=137.0))
    assert "x 137 MB" in straight.text


def backends_hold(monkeypatch: pytest.MonkeyPatch, megabytes: float) -> None:
    """What they hold in truth grows with the tests that ran before."""
    monkeypatch.setattr(memory, "own", lambda _: megabytes)


def test_running_pooler_is_looked_at(
    stopped_pooler: Pooler, settings: Settings, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends_hold(monkeypatch, 10.0)
    with stopped_pooler.running(), poolers.settled(stopped_pooler.url):
        rows = list(connections.check(settings))
        assert [row.state for row in rows] == ["ok", "ok", "ok"]
        assert "PgBouncer 1." in rows[2].text
        assert "as it is now" in rows[1].text
    assert connections.pooler(FIRST_CELL, stopped_pooler.url).state == "failed"


def test_backends_that_hold_much_are_warned_of(
    settings: Settings, inside: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(text("SELECT 1"))
    backends_hold(monkeypatch, 1e6)
    straight, pooled = connections.check(settings)
    assert (straight.state, pooled.state) == ("warning", "ok")
    assert "x 1000000 MB" in straight.text
    assert straight.remedy.endswith("max_db_connections at most 1.")
