"""One pool for all buckets: under threads, at its limits, and when connections have grown old."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import exc, text
from sqlalchemy.pool import base as sqlalchemy_pool

from app.config import Settings
from tenants import engines, pool
from tenants.context import Tenant, entered
from tenants.engines import Engines, PoolSettings
from tests import ground
from tests.ground import POOLS, neighbours

RECYCLE = 600
WHO = text("SELECT current_user, pg_backend_pid()")


class Configured:
    """Connects this process anew, with such pools, for one test."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, pools: PoolSettings) -> Engines:
        return engines.configure(self._settings.database_url, self._settings.secret_keys, pools)


@pytest.fixture
def configured(databases: None, settings: Settings) -> Iterator[Configured]:
    yield Configured(settings)
    engines.configure(settings.database_url, settings.secret_keys, POOLS)


@pytest.fixture
def lonely(ground_floor: None) -> list[Tenant]:
    """Tenants of four different buckets."""
    return ground.lonely(4, "lonely")


def backend(here: Engines, tenant: Tenant) -> int:
    """Which backend serves the tenant; it must be the tenant that is served."""
    with entered(tenant), here.tenant(tenant).begin() as connection:
        role, pid = connection.execute(WHO).one()
        assert role == tenant.schema
        return int(pid)


def test_backend_that_is_warm_stays_at_work(configured: Configured, tenant: Tenant) -> None:
    here = configured(PoolSettings(pool_size=4))
    with entered(tenant), here.tenant(tenant).begin(), here.tenant(tenant).begin():
        pass
    assert here.open_connections() == {tenant.bucket: 2}
    assert len({backend(here, tenant) for _ in range(6)}) == 1


def test_bucket_has_no_more_than_it_may(configured: Configured, tenant: Tenant) -> None:
    here = configured(PoolSettings(pool_size=1, max_overflow=1, timeout=0.1))
    with entered(tenant), here.tenant(tenant).begin(), here.tenant(tenant).begin():
        with pytest.raises(exc.TimeoutError):
            backend(here, tenant)
        assert here.open_connections() == {tenant.bucket: 2}
    assert here.open_connections() == {tenant.bucket: 1}


def test_waiting_thread_gets_what_is_given_back(configured: Configured, tenant: Tenant) -> None:
    here = configured(PoolSettings(pool_size=1, max_overflow=0, timeout=60))
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda _: backend(here, tenant), range(40)))
    assert len(set(seen)) == 1


@pytest.mark.usefixtures("ground_floor")
def test_connection_ends_when_it_has_met_enough(configured: Configured) -> None:
    here = configured(PoolSettings(pool_size=1, max_overflow=0, tenants=2))
    tenant, second, third = neighbours(3)
    first = backend(here, tenant)
    assert [backend(here, each) for each in (second, tenant, second)] == [first] * 3
    assert backend(here, third) == first
    assert here.open_connections() == {}
    assert backend(here, third) != first


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """So late that what is open now is old."""
    clock = SimpleNamespace(
        time=lambda: time.time() + RECYCLE + 1, monotonic=lambda: time.monotonic() + RECYCLE + 1
    )
    monkeypatch.setattr(pool, "time", clock)
    monkeypatch.setattr(sqlalchemy_pool, "time", clock)


def test_old_connection_is_replaced(
    configured: Configured, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = configured(PoolSettings(pool_size=1, recycle=RECYCLE))
    first = backend(here, tenant)
    assert backend(here, tenant) == first
    later(monkeypatch)
    assert backend(here, tenant) != first


def test_bucket_that_nobody_wants_gives_up_its_connection(
    configured: Configured, lonely: list[Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = configured(PoolSettings(pool_size=1, recycle=RECYCLE))
    backend(here, lonely[0])
    later(monkeypatch)
    backend(here, lonely[1])
    assert here.open_connections() == {lonely[1].bucket: 1}


def test_threads_among_more_buckets_than_may_stay(configured: Configured, lonely: list[Tenant]) -> None:
    """Connections are closed and opened all the time, and none is closed under anybody's hands."""
    here = configured(PoolSettings(pool_size=1, max_overflow=8, open_buckets=2))
    most = 0

    def work(number: int) -> None:
        nonlocal most
        for turn in range(15):
            backend(here, lonely[(number + turn) % len(lonely)])
            most = max(most, sum(here.open_connections().values()))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert most <= 2 + 8
    assert sum(here.open_connections().values()) <= 2


def test_closing_all_under_threads_breaks_nobody(configured: Configured, lonely: list[Tenant]) -> None:
    here = configured(PoolSettings(pool_size=2, max_overflow=8))
    stopping = threading.Event()

    def close() -> None:
        while not stopping.wait(0.02):
            here.tenant(lonely[0]).dispose()

    closing = threading.Thread(target=close)
    closing.start()
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda number: backend(here, lonely[number % 4]), range(60)))
    finally:
        stopping.set()
        closing.join()
    here.dispose()
    assert here.open_connections() == {}


def test_failed_attempt_to_connect_holds_no_place(
    configured: Configured, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = configured(PoolSettings(pool_size=1, max_overflow=0, timeout=0.1))

    def refuse(login: str) -> None:
        raise LookupError(login)

    with monkeypatch.context() as patched:
        patched.setattr(here, "bucket_url", refuse)
        for _ in range(3):
            with pytest.raises(LookupError):
                backend(here, tenant)
    assert here.open_connections() == {}
    assert backend(here, tenant)


def test_statements_are_compiled_once_for_all_buckets(configured: Configured, lonely: list[Tenant]) -> None:
    here = configured(PoolSettings())
    caches = {id(here.tenant(tenant)._compiled_cache) for tenant in lonely}
    assert len(caches) == 1
