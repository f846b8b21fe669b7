"""How often something may be done, with Redis and without."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.config import Settings
from app.core import limits, process, redis
from app.core.clock import frozen
from app.core.errors import LimitReached
from app.core.limits import limit, throttle
from tenants import engines
from tenants.context import Tenant, entered
from tenants.engines import PoolSettings
from tests.conftest import MakeTenant
from tests.ground import POOLS

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _process(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(process, "_settings", settings)
    redis.client().flushdb()
    limits._local.clear()
    yield
    limits._local.clear()


@pytest.fixture
def redis_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_settings", replace(settings, redis_url="redis://127.0.0.1:1/0"))


def test_limit_counts_down_then_refuses(inside: Tenant) -> None:
    assert [limit("api", 2, MINUTE) for _ in range(2)] == [1, 0]
    with pytest.raises(LimitReached) as refused:
        limit("api", 2, MINUTE)
    assert 0 < (refused.value.retry_after or 0) <= 60


def test_each_tenant_has_its_own_limit(tenant: Tenant, make_tenant: MakeTenant) -> None:
    for one in (tenant, make_tenant("suedwind")):
        with entered(one):
            assert limit("api", 1, MINUTE) == 0


def test_every_key_begins_with_its_tenant(inside: Tenant) -> None:
    limit("api", 1, MINUTE)
    assert [key.startswith(f"{inside.schema}:") for key in redis.client().keys("*")] == [True]


def test_limits_hold_within_the_process_without_redis(redis_away: None, inside: Tenant) -> None:
    assert limit("api", 1, MINUTE) == 0
    with pytest.raises(LimitReached):
        limit("api", 1, MINUTE)


def test_throttle_outlives_a_wiped_redis(ground_floor: None) -> None:
    throttle("sign-in:ann@nordwind.example", 2, MINUTE)
    redis.client().flushdb()
    throttle("sign-in:ann@nordwind.example", 2, MINUTE)
    throttle("sign-in:bob@nordwind.example", 2, MINUTE)
    with pytest.raises(LimitReached):
        throttle("sign-in:ann@nordwind.example", 2, MINUTE)


def test_throttle_forgets_when_its_window_is_over(ground_floor: None) -> None:
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with frozen(begin):
        throttle("code:1", 1, MINUTE)
    with frozen(begin + timedelta(seconds=30)), pytest.raises(LimitReached) as refused:
        throttle("code:1", 1, MINUTE)
    assert refused.value.retry_after == 30
    with frozen(begin + MINUTE):
        throttle("code:1", 1, MINUTE)


def test_trying_needs_no_connection_of_those_who_wait(databases: None, settings: Settings) -> None:
    few = PoolSettings(pool_size=1, max_overflow=0, timeout=1)
    opened = engines.configure(settings.database_url, settings.secret_keys, few)
    try:
        with opened.control.connect():
            throttle(f"sign-in:{settings.database_url}", 5, MINUTE)
    finally:
        engines.configure(settings.database_url, settings.secret_keys, POOLS)
