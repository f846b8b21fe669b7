"""The operator's verbs about cells and regions, with a real second cluster."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import click
import pytest
from click.testing import CliRunner

from app.commands import cell, region
from stack.errors import StackError
from tenants import cells, provisioning
from tenants.engines import engines
from tests import ground
from tests.conftest import MakeTenant
from tests.servers import Cluster

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def cluster(databases: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path_factory.mktemp("second"), stack)


@pytest.fixture
def run(environ: dict[str, str], ground_floor: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """run(command, *arguments) -> what it printed as JSON."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    def call(command: click.Group, *arguments: str) -> Any:
        result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    yield call
    for each in cells.all_cells():
        if each.id != "cell-1":
            cells.remove(each.id)
    engines().dispose()


def _add(run: Run, cluster: Cluster, *more: str, database: str = "kith_cell_2") -> Any:
    run(region.command, "add", "north", "--label", "Northern Europe", "--time-zone", "Europe/Oslo")
    url = ground.control_url(cluster.admin_url, database)
    where = ("--url", url, "--admin-url", cluster.admin_url, "--region", "north")
    return run(cell.command, "add", "cell-2", *where, *more)


def test_cell_is_added_closed_opened_and_removed(run: Run, cluster: Cluster) -> None:
    made = _add(run, cluster, "--capacity", "500")
    assert (made["id"], made["region"], made["state"], made["capacity"]) == ("cell-2", "north", "open", 500)
    assert ground.OWNER_PASSWORD not in json.dumps(made)
    assert provisioning.claim("acme", "Acme", "north").cell == "cell-2"

    assert [each["id"] for each in run(cell.command, "list")] == ["cell-1", "cell-2"]
    assert run(cell.command, "show", "cell-2")["tenants"] == 1
    assert run(cell.command, "close", "cell-2")["state"] == "closed"
    assert run(cell.command, "open", "cell-2")["state"] == "open"
    with pytest.raises(StackError, match="companies live in cell-2"):
        run(cell.command, "remove", "cell-2")
    ground.clear(engines().control_url)
    assert run(cell.command, "remove", "cell-2")["id"] == "cell-2"
    assert [each["id"] for each in run(cell.command, "list")] == ["cell-1"]


def test_cell_is_added_again_without_harm(run: Run, cluster: Cluster) -> None:
    _add(run, cluster, database="again")
    tenant = provisioning.claim("acme", "Acme", "north")
    assert _add(run, cluster, "--capacity", "7", database="again")["capacity"] == 7
    assert provisioning.activate(tenant).cell == "cell-2"
    ground.clear(engines().control_url)


def test_regions_are_listed_in_their_order(run: Run, cluster: Cluster) -> None:
    _add(run, cluster, database="listed")
    run(
        region.command,
        "add",
        "home",
        "--label",
        "Frankfurt",
        "--time-zone",
        "Europe/Berlin",
        "--position",
        "1",
    )
    listed = run(region.command, "list")
    assert [(each["id"], each["label"], each["open_cells"]) for each in listed] == [
        ("north", "Northern Europe", 1),
        ("home", "Frankfurt", 1),
    ]
    run(region.command, "add", "home", "--label", "Home", "--time-zone", "Etc/UTC", "--position", "0")


def test_refusals_are_sentences(run: Run, make_tenant: MakeTenant, cluster: Cluster) -> None:
    for arguments, why in (
        (("show", "cell-9"), "There is no cell cell-9"),
        (("close", "cell-9"), "There is no cell cell-9"),
        (("add", "cell-9", "--url", "postgresql://kith_owner:pw@127.0.0.1:1/kith"), "The cluster refuses"),
        (("add", "cell-9", "--url", "postgresql://127.0.0.1/kith"), "must name the owner"),
    ):
        with pytest.raises(StackError, match=why):
            run(cell.command, *arguments)
    with pytest.raises(StackError, match="no time zone"):
        run(region.command, "add", "moon", "--label", "Moon", "--time-zone", "Luna/Tycho")
    make_tenant("nordwind")
    with pytest.raises(StackError, match="live in cell-1"):
        run(cell.command, "remove", "cell-1")
