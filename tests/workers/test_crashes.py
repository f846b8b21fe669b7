"""Whatever is killed, each effect happens once: real processes, real kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.config import ROOT, Settings
from app.core.clock import now
from app.core.queue import Staged, enqueue_many
from stack import ports, processes, valkey
from tenants import catalogue
from tenants.context import Tenant, entered
from tenants.engines import PoolSettings, configure
from tenants.session import session, unit_of_work
from tests import ground, work
from tests.servers import Cluster
from workers import claims

pytestmark = pytest.mark.long
PATIENCE_SECONDS = 120.0
Killable = subprocess.Popen[bytes]


class Site:
    """A Valkey and processes of workers of our own beside the tests' database."""

    def __init__(self, environ: dict[str, str], folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.port = ports.free()[0]
        self.environ = {**os.environ, **environ, "KITH_REDIS_URL": valkey.url(self.port)}
        self.environ["PYTHONPATH"] = str(ROOT)
        self._stack = stack
        self.redis = redis.Redis.from_url(valkey.url(self.port))
        stack.callback(self.redis.close)
        self.log = stack.enter_context((folder / "log").open("ab"))
        self.start_valkey()

    def start_valkey(self) -> None:
        valkey.prepare(self.folder / "valkey")
        self._valkey = processes.spawn(valkey.program(self.folder / "valkey", self.port), self.log)
        self._stack.callback(self._end, self._valkey)
        until(lambda: valkey.pings(self.port))

    def kill_valkey(self) -> None:
        self._end(self._valkey)

    def start(self, roles: str, module: str = "tests.workers.process", **environ: str) -> Killable:
        command = [sys.executable, "-m", module, roles]
        own = self.environ | environ
        process = subprocess.Popen(command, env=own, cwd=ROOT, stdout=self.log, stderr=self.log)
        self._stack.callback(self._end, process)
        return process

    @staticmethod
    def _end(process: Killable) -> None:
        process.kill()
        process.wait()


@pytest.fixture
def site(environ: dict[str, str], ground_floor: None, tmp_path: Path) -> Iterator[Site]:
    for url, table in work.places():
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f"DELETE FROM {table}".encode())
    with ExitStack() as stack:
        yield Site(environ, tmp_path, stack)


@pytest.fixture
def cluster(tmp_path: Path, settings: Settings, databases: None) -> Iterator[Cluster]:
    with ExitStack() as stack:
        made = Cluster(tmp_path, stack)
        ground.prepare(made.admin_url, ground.control_url(made.admin_url, "kith"), settings.secret_keys)
        yield made
        configure(settings.database_url, settings.secret_keys, PoolSettings(pool_size=4, max_overflow=16))
        catalogue.forget()


@pytest.fixture
def tenants(make_tenant: Callable[..., Tenant]) -> list[Tenant]:
    return [make_tenant(f"company-{number}") for number in range(1, 4)]


def stage(app: Flask, tenant: Tenant, jobs: list[Staged]) -> None:
    with app.app_context(), entered(tenant), unit_of_work():
        enqueue_many(jobs)


def load(app: Flask, tenants: list[Tenant], number: int, seconds: float = 0.0) -> None:
    for tenant in tenants:
        payloads = [{"key": f"effect-{n}", "seconds": seconds} for n in range(number)]
        stage(app, tenant, [Staged("test.effect", payload) for payload in payloads])


def effects(app: Flask, tenant: Tenant) -> dict[str, Any]:
    with app.app_context(), entered(tenant), unit_of_work(read_only=True):
        query = text("SELECT key, value FROM settings WHERE key LIKE 'effect%'")
        return {row.key: row.value for row in session.execute(query)}


def done(app: Flask, tenants: list[Tenant]) -> int:
    with suppress(OperationalError):
        return sum(len(effects(app, tenant)) for tenant in tenants)
    return 0


def assert_all_once(app: Flask, tenants: list[Tenant], number: int) -> None:
    until(lambda: done(app, tenants) >= number * len(tenants))
    expected = {f"effect-{n}": 1 for n in range(number)}
    assert [effects(app, tenant) for tenant in tenants] == [expected] * len(tenants)
    until(lambda: left() == 0)


def left() -> int:
    """How many of the tests' jobs wait; the clock may have staged its own for later."""
    url, _ = work.places()[0]
    with psycopg.connect(url) as owner:
        row = owner.execute("SELECT count(*) FROM kith.outbox WHERE name LIKE 'test.%'").fetchone()
    return int(row[0]) if row else 0


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_wiped_redis_loses_no_job(app: Flask, site: Site, tenants: list[Tenant]) -> None:
    site.start("fast,relay")
    load(app, tenants, 100, seconds=0.01)
    for share in (40, 120, 200):
        until(lambda share=share: done(app, tenants) >= share)  # type: ignore[misc]
        site.redis.flushall()
    assert_all_once(app, tenants, 100)


def test_killed_redis_loses_no_job(app: Flask, site: Site, tenants: list[Tenant]) -> None:
    site.start("fast,relay")
    load(app, tenants, 60, seconds=0.01)
    until(lambda: done(app, tenants) >= 60)
    site.kill_valkey()
    time.sleep(0.5)
    site.start_valkey()
    assert_all_once(app, tenants, 60)


def test_killed_worker_and_relay_lose_no_job(app: Flask, site: Site, tenants: list[Tenant]) -> None:
    worker = site.start("fast,relay")
    load(app, tenants, 60, seconds=0.02)
    for share in (30, 90):
        until(lambda share=share: done(app, tenants) >= share)  # type: ignore[misc]
        worker.kill()
        worker.wait()
        worker = site.start("fast,relay")
    assert_all_once(app, tenants, 60)


def test_job_of_killed_worker_is_picked_up(app: Flask, site: Site, tenants: list[Tenant]) -> None:
    site.start("relay", LEASE_SECONDS="2")
    worker = site.start("fast")
    stage(app, tenants[0], [Staged("test.die", {"key": "effect-0", "mark": str(site.folder / "mark")})])
    assert worker.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    site.start("fast")
    until(lambda: effects(app, tenants[0]) == {"effect-0": 1})
    assert claims.LEASE_SECONDS < 90


def test_killed_postgres_loses_no_job(
    app: Flask, tmp_path: Path, site: Site, tenants: list[Tenant], cluster: Cluster
) -> None:
    site.environ["KITH_DATABASE_URL"] = ground.control_url(cluster.admin_url, "kith")
    own = [ground.fresh_tenant(f"own-{number}") for number in range(2)]
    site.start("fast,relay")
    load(app, own, 60, seconds=0.01)
    for share in (20, 60):
        until(lambda share=share: done(app, own) >= share)  # type: ignore[misc]
        cluster.kill()
        time.sleep(0.3)
        cluster.start()
    assert_all_once(app, own, 60)


def test_timers_fire_at_their_time(app: Flask, site: Site, tenants: list[Tenant]) -> None:
    site.start("fast,relay")
    until(lambda: site.redis.exists("kith:epoch") == 1)
    due = now() + timedelta(seconds=2)
    payload = {"key": "effect-late", "due": due.timestamp()}
    stage(app, tenants[0], [Staged("test.late", payload, due_at=due, key="timer")])
    until(lambda: effects(app, tenants[0]) != {})
    # Not sooner, and not only when something else wakes the relay.
    assert 0 <= effects(app, tenants[0])["effect-late"] < 20


def test_stop_by_signal_is_quick_and_orderly(app: Flask, site: Site, tenants: list[Tenant]) -> None:
    worker = site.start("fast,bulk,mail,relay,schedule")
    load(app, tenants, 20, seconds=0.05)
    until(lambda: done(app, tenants) >= 5)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    site.start("fast,relay")
    assert_all_once(app, tenants, 20)
