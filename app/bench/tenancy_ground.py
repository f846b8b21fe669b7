"""What tenancy is measured on: a PostgreSQL and a Valkey of its own, this process connected to them."""

import json
import secrets
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import make_url

from app import config
from app.bench.records_spent import COUNTING
from app.config import Settings
from stack import pgbouncer, ports, postgres, valkey
from tenants import building, catalogue, pooling, provisioning
from tenants.bootstrap import FIRST_CELL, bootstrap
from tenants.context import Tenant
from tenants.engines import PoolSettings, configure, engines
from tenants.runner import migrate

OWNER, DATABASE = "kith_owner", "kith"
# One builder keeps one backend busy, and this process with it for a quarter of the time.
BUILDERS = 3
# A server as one would set it up for a cell of this size, with a third of the memory for what all share: what
# the tenants at work touch has to lie there. The rest is what ./kith up gives.
SERVER = {
    "shared_buffers": f"{psutil.virtual_memory().total // 3 // 2**20}MB",
    "max_connections": "400",
    "max_wal_size": "4GB",
    **COUNTING,
}


@dataclass(frozen=True)
class Ground:
    """Control database and first cell on a server of their own; `tenants` and `requests` as one wants."""

    folder: Path
    tenants: int
    requests: int
    admin_url: str
    environment: dict[str, str]

    @property
    def settings(self) -> Settings:
        """The settings of an application on this ground."""
        return config.load(self.environment)

    def pools(self, pools: PoolSettings | None = None) -> None:
        """Connect this process anew, with such pools."""
        configure(self.settings.database_url, self.settings.secret_keys, pools)
        catalogue.forget()

    def make_room(self) -> None:
        """Let the first cell take all that are asked for, and whoever comes beside."""
        with psycopg.connect(self.settings.database_url) as control:
            control.execute("UPDATE kith.cells SET capacity = greatest(capacity, %s)", [self.tenants * 2])

    def fill(self, wanted: int) -> float:
        """Build until the first cell has `wanted` tenants and spares together; the seconds it took."""
        missing = max(wanted - self._count()[0], 0)
        began = time.perf_counter()
        with self._careless(), ThreadPoolExecutor(BUILDERS) as pool:
            for done in [pool.submit(building.build, FIRST_CELL) for _ in range(missing)]:
                done.result()
        return time.perf_counter() - began

    def claimed(self, number: int, prefix: str = "company") -> list[Tenant]:
        """So many active tenants, `<prefix>-0` and on; those that stand are taken, the rest is built."""
        found = {f"{prefix}-{index}": catalogue.by_slug(f"{prefix}-{index}") for index in range(number)}
        new = [slug for slug, tenant in found.items() if tenant is None]
        built, spares = self._count()
        self.fill(built + max(len(new) - spares, 0))
        for slug in new:
            found[slug] = provisioning.activate(provisioning.claim(slug, slug))
        return [tenant for tenant in found.values() if tenant]

    def built(self) -> int:
        """How many tenants and spares stand."""
        return self._count()[0]

    @contextmanager
    def pooled(self, each: int = 2) -> Iterator[None]:
        """Within the block the first cell lies behind a PgBouncer with `each` backends for a bucket."""
        port, password = ports.free()[0], secrets.token_urlsafe(16)
        cell = make_url(engines().cell_url(FIRST_CELL)).set(username=pooling.LOGIN, password=password)
        target = pgbouncer.Target(cell.render_as_string(hide_password=False), pooling.LOGIN, password)
        with pgbouncer.running(self.folder / "pgbouncer", target, port, each=each):
            pooling.settle(FIRST_CELL, cell.set(port=port).render_as_string(hide_password=False))
            try:
                yield
            finally:
                pooling.settle(FIRST_CELL, None)
                engines().dispose()

    def _count(self) -> tuple[int, int]:
        """How many tenants and spares stand, and how many of them nobody has claimed."""
        query = (
            "SELECT count(*), count(*) FILTER (WHERE state = 'spare') FROM kith.tenants"
            " WHERE cell_id = %s AND state <> 'building'"
        )
        with psycopg.connect(self.settings.database_url) as control:
            row = control.execute(query, [FIRST_CELL]).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    @contextmanager
    def _careless(self) -> Iterator[None]:
        """What is filled within the block need not outlive a power cut; afterwards all is on the disk."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
            try:
                yield
            finally:
                admin.execute("ALTER SYSTEM RESET fsync")
                admin.execute("SELECT pg_reload_conf()")
                admin.execute("CHECKPOINT")


@contextmanager
def laid(
    tenants: int, requests: int, folder: Path | None = None, *, kept: Path | None = None
) -> Iterator[Ground]:
    """A ground of its own, bootstrapped and migrated; gone afterwards, unless it lies in `kept`.

    What was kept is found there as it was left, at the same port.
    """
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory("", "kith-bench-", folder) as name:
        place = Path(name)
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
        own = _own(place)
        with (
            postgres.running(place / "postgres", own["port"], settings=SERVER) as server,
            valkey.running(place / "valkey", durable=False) as redis,
        ):
            url = make_url(server.admin_url)
            owner = url.set(username=OWNER, password=own["password"], database=DATABASE)
            environment = {
                "KITH_BASE_URL": "http://localhost:8000",
                "KITH_DATABASE_URL": owner.render_as_string(hide_password=False),
                "KITH_REDIS_URL": redis.url,
                "KITH_SECRET_KEYS": own["key"],
                "KITH_DATA_DIR": str(place),
                "KITH_API_LIMIT": "1000000",
            }
            ground = Ground(place, tenants, requests, server.admin_url, environment)
            bootstrap(ground.admin_url, ground.settings.database_url, ground.settings.secret_keys)
            ground.pools()
            migrate()
            ground.make_room()
            yield ground
            engines().dispose()


def _own(place: Path) -> dict[str, Any]:
    """Port, password and key of the ground in `place`: those it has, or new ones."""
    known = place / "ground.json"
    if not known.exists():
        fresh = {"port": ports.free()[0], "password": secrets.token_urlsafe(16)}
        known.write_text(json.dumps({**fresh, "key": secrets.token_urlsafe(48)}))
        known.chmod(0o600)
    told: dict[str, Any] = json.loads(known.read_text())
    return told
