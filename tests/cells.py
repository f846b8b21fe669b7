"""Two PostgreSQL clusters at once: the tests' own, and a second one that may be killed."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tenants import cells, provisioning
from tenants.context import Tenant
from tenants.engines import engines
from tests import ground
from tests.servers import Cluster
from workers import chores

FIRST, SECOND = "home", "north"
CELL = "cell-2"


@contextmanager
def second(folder: Path, control_url: str) -> Iterator[Cluster]:
    """A cluster that is cell-2 in the region `north` as long as the block lasts."""
    with ExitStack() as stack:
        cluster = Cluster(folder, stack)
        cells.add_region(SECOND, "Northern Europe", "Europe/Oslo", position=1)
        url = ground.control_url(cluster.admin_url, "kith_cell_2")
        cells.add(CELL, url, admin_url=cluster.admin_url, region=SECOND)
        try:
            yield cluster
        finally:
            ground.clear(control_url)
            cells.remove(CELL)
            engines().dispose()


def bring_back(cluster: Cluster) -> None:
    """Start the second cell where it was killed; it is known to answer afterwards."""
    if not cluster.is_running:
        cluster.start()
    deadline = time.monotonic() + 120
    chores.watch_cells()
    while cells.one(CELL).down_since is not None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        chores.watch_cells()


def company(slug: str, region: str) -> Tenant:
    """A fresh company in `region`."""
    return provisioning.activate(provisioning.claim(slug, slug.title(), region))
