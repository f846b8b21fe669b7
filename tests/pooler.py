"""A real PgBouncer before this process's first cell."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from stack import pgbouncer, ports, processes
from tenants import pooling
from tenants.bootstrap import FIRST_CELL
from tenants.engines import engines

PASSWORD = "of-the-pooler-itself"


@dataclass
class Pooler:
    """A PgBouncer that tests stop and start; `url` is where it is, as its own login."""

    folder: Path
    target: pgbouncer.Target
    url: str
    port: int

    @contextmanager
    def running(self, each: int = 1) -> Iterator[processes.Popen]:
        """It runs within the block, with so many server connections of each bucket."""
        with pgbouncer.running(self.folder, self.target, self.port, each=each) as process:
            yield process


def before_first_cell(folder: Path, worker: int) -> Pooler:
    """A pooler before the first cell of the databases that this process is connected to."""
    if pgbouncer.find() is None:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(pgbouncer.REMEDY)
        pytest.skip(pgbouncer.REMEDY)
    login, port = f"{pooling.LOGIN}_{worker}", ports.free()[0]
    server = make_url(engines().cell_url(FIRST_CELL)).set(username=login, password=PASSWORD)
    target = pgbouncer.Target(server.render_as_string(hide_password=False), login, PASSWORD)
    url = server.set(host=ports.LOOPBACK, port=port).render_as_string(hide_password=False)
    return Pooler(folder, target, url, port)


@contextmanager
def settled(url: str) -> Iterator[None]:
    """Within the block the first cell's tenants are reached through the pooler at `url`."""
    pooling.settle(FIRST_CELL, url)
    engines().dispose()
    try:
        yield
    finally:
        pooling.settle(FIRST_CELL, None)
        engines().dispose()
