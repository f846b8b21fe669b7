"""Companies live in cells: added, chosen, closed, lost for a while, removed."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.config import Settings
from tenants import building, cells, placing, provisioning, spares
from tenants.bootstrap import FIRST_CELL
from tenants.driver import psycopg_url
from tenants.engines import engines
from tests import ground
from tests.cells import CELL, FIRST, SECOND, bring_back, company, second
from tests.servers import Cluster
from workers import chores


@pytest.fixture(scope="module")
def cluster(
    databases: None, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    with second(tmp_path_factory.mktemp("second"), settings.database_url) as made:
        yield made


@pytest.fixture
def other(cluster: Cluster, ground_floor: None) -> Iterator[Cluster]:
    """The second cell, up and open, also after the test."""
    yield cluster
    bring_back(cluster)
    cells.set_open(CELL, True)


@pytest.fixture
def control(settings: Settings) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as connection:
        yield connection


Control = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def emptier(other: Cluster, control: Control) -> Iterator[Cluster]:
    """The same, much emptier than the first cell, in which somebody lives."""
    company("neighbour", FIRST)
    control.execute("UPDATE kith.cells SET capacity = 10000000 WHERE id = 'cell-2'")
    yield other
    control.execute("UPDATE kith.cells SET capacity = 2500 WHERE id = 'cell-2'")


def test_company_goes_to_the_region_that_it_wants(other: Cluster) -> None:
    near, far = company("near", FIRST), company("far", SECOND)

    assert (near.cell, near.region) == (FIRST_CELL, FIRST)
    assert (far.cell, far.region) == (CELL, SECOND)
    assert [home.id for home in placing.homes()] == [FIRST, SECOND]


def test_company_goes_to_the_emptiest_cell(emptier: Cluster, control: Control) -> None:
    """Not to the one with the oldest spare."""
    provisioning.ensure_spares(2)
    control.execute("UPDATE kith.tenants SET created_at = now() WHERE cell_id = 'cell-2'")
    assert placing.emptiest() == CELL
    assert provisioning.claim("acme", "Acme").cell == CELL

    held = cells.one(CELL)
    control.execute(
        "UPDATE kith.cells SET capacity = %s WHERE id = 'cell-2'", [held.schemas - held.spares + 1]
    )
    assert placing.emptiest() == FIRST_CELL
    assert provisioning.claim("bolt", "Bolt").cell == FIRST_CELL


def test_where_the_emptiest_has_no_spare_the_next_one_helps(emptier: Cluster, control: Control) -> None:
    provisioning.ensure_spares(1)
    control.execute(
        "UPDATE kith.tenants SET schema_rev = '0001' WHERE cell_id = 'cell-2' AND state = 'spare'"
    )
    try:
        assert provisioning.claim("acme", "Acme").cell == FIRST_CELL
    finally:
        control.execute("DELETE FROM kith.tenants WHERE schema_rev = '0001'")


def test_closed_and_full_cells_take_nobody(other: Cluster, control: Control) -> None:
    cells.set_open(CELL, False)
    with pytest.raises(placing.NoRoom, match="north"):
        provisioning.claim("acme", "Acme", SECOND)
    assert [home.id for home in placing.homes()] == [FIRST]

    cells.set_open(CELL, True)
    company("full", SECOND)
    control.execute("UPDATE kith.cells SET capacity = 1 WHERE id = 'cell-2'")
    with pytest.raises(placing.NoRoom):
        provisioning.claim("acme", "Acme", SECOND)
    control.execute("UPDATE kith.cells SET capacity = 2500 WHERE id = 'cell-2'")


def test_cell_with_companies_is_not_removed(other: Cluster) -> None:
    company("far", SECOND)
    with pytest.raises(cells.Refused, match="live in cell-2"):
        cells.remove(CELL)


@pytest.mark.parametrize(
    ("cell", "database", "region", "why"),
    [
        ("Cell", "kith_3", FIRST, "name has small letters"),
        ("cell-3", "kith_3", "moon", "no region moon"),
        ("cell-3", "kith_cell_2", SECOND, "is cell-2 already"),
    ],
)
def test_cell_that_cannot_be_is_refused(
    other: Cluster, cell: str, database: str, region: str, why: str
) -> None:
    with pytest.raises(cells.Refused, match=why):
        cells.add(cell, engines().cell_url(CELL).replace("kith_cell_2", database), region=region)


def test_owners_password_is_not_changed_under_another_cell(other: Cluster) -> None:
    url = engines().cell_url(CELL).replace("kith_cell_2", "kith_3").replace(ground.OWNER_PASSWORD, "new")
    with pytest.raises(cells.Refused, match="another password"):
        cells.add("cell-3", url, admin_url=other.admin_url, region=SECOND)


def test_strangers_schemas_are_no_cell(other: Cluster, control: Control) -> None:
    """A restored copy, for example: its schemas are in use elsewhere."""
    provisioning.ensure_spares(1)
    url = engines().cell_url(FIRST_CELL)
    sealed = engines().vault.seal(url.replace("127.0.0.1", "localhost"))
    control.execute("UPDATE kith.cells SET dsn_encrypted = %s WHERE id = %s", [sealed, FIRST_CELL])
    try:
        with pytest.raises(cells.Refused, match="does not know"):
            cells.add("cell-3", url, region=FIRST)
    finally:
        restored = engines().vault.seal(url)
        control.execute("UPDATE kith.cells SET dsn_encrypted = %s WHERE id = %s", [restored, FIRST_CELL])


def test_sign_ups_go_round_a_cell_that_died(emptier: Cluster, app: Flask) -> None:
    provisioning.ensure_spares(1)
    emptier.kill()
    chores.watch_cells()
    assert cells.one(CELL).down_since is not None
    assert provisioning.claim("acme", "Acme").cell == FIRST_CELL
    with pytest.raises(placing.NoRoom):
        provisioning.claim("bolt", "Bolt", SECOND)

    bring_back(emptier)
    assert provisioning.claim("bolt", "Bolt", SECOND).cell == CELL


def test_unfinished_sign_up_leaves_a_cell_that_died(emptier: Cluster) -> None:
    signup_id = "018f0000-0000-7000-8000-000000000001"
    provisioning.ensure_spares(1)
    assert provisioning.claim("acme", "Acme", signup_id=_uuid(signup_id)).cell == CELL
    emptier.kill()
    chores.watch_cells()
    assert provisioning.claim("acme", "Acme", signup_id=_uuid(signup_id)).cell == FIRST_CELL


def test_spares_are_kept_where_a_cell_died(
    other: Cluster, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the watch has seen it."""
    # Where a company of the test before came just now, nothing is built beside it.
    control.execute("UPDATE kith.tenants SET claimed_at = claimed_at - interval '4 seconds'")
    provisioning.ensure_spares(1)
    there = {need.cell: need.there for need in spares.needs()}
    monkeypatch.setattr(spares, "FEWEST", max(there.values()) + 1)
    other.kill()
    built = spares.keep()
    assert built >= 1
    assert {need.cell for need in spares.needs()} == {FIRST_CELL}


def test_new_cell_is_built_as_the_first_one(other: Cluster) -> None:
    schema = building.build(CELL)
    with psycopg.connect(psycopg_url(engines().cell_url(CELL))) as there:
        row = there.execute("SELECT rev FROM kith.tenant_rev WHERE schema_name = %s", [schema]).fetchone()
    assert row is not None


def _uuid(text: str) -> UUID:
    return UUID(text)
