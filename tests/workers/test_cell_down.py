"""A cluster is killed under work: the other's jobs are done meanwhile, its own once it is back."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest
from flask import Flask

import tests.workers.jobs  # noqa: F401 - registers the jobs of the tests
from app.config import Settings
from app.core import redis, spool
from app.core.queue import Staged
from tenants.context import Tenant, entered
from tests import work
from tests.cells import FIRST, SECOND, bring_back, company, second
from tests.servers import Cluster
from tests.workers.test_crashes import Site, done, effects, load, site, stage, until
from workers import chores, execution
from workers.execution import execute
from workers.relay import connect

__all__ = ["site"]


@pytest.fixture(scope="module")
def cluster(app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with second(tmp_path_factory.mktemp("second"), settings.database_url) as made:
        yield made


@pytest.fixture
def near(cluster: Cluster, ground_floor: None) -> Tenant:
    return company("near", FIRST)


@pytest.fixture
def far(cluster: Cluster, ground_floor: None) -> Iterator[Tenant]:
    """On the cluster that is killed."""
    yield company("far", SECOND)
    bring_back(cluster)


@pytest.mark.long
def test_killed_cell_delays_its_own_jobs_only(
    app: Flask, near: Tenant, far: Tenant, site: Site, cluster: Cluster
) -> None:
    site.start("fast,relay,schedule", LEASE_SECONDS="5")
    load(app, [far], 60, seconds=0.02)
    until(lambda: done(app, [far]) >= 10)
    cluster.kill()
    load(app, [near], 60, seconds=0.01)
    once = {f"effect-{n}": 1 for n in range(60)}
    until(lambda: done(app, [near]) >= 60, 60)
    assert effects(app, near) == once

    cluster.start()
    until(lambda: done(app, [far]) >= 60, 60)
    assert effects(app, far) == once


def test_job_of_a_cell_that_is_down_holds_up_nobody(
    app: Flask, near: Tenant, far: Tenant, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    stage(app, far, [Staged("test.effect", {"key": "effect-0"})])
    url, _ = next(place for place in work.places() if "kith_cell_2" in place[0])
    with connect(url) as connection:
        envelope = work.claim(connection)[0]
    cluster.kill()
    chores.watch_cells()
    with monkeypatch.context() as patch:
        patch.setattr(execution, "time", SimpleNamespace(monotonic=time.monotonic, sleep=rests.append))
        execute(app, envelope)
    assert rests == []
    bring_back(cluster)
    execute(app, envelope)
    assert done(app, [far]) == 1


def test_chores_go_on_with_the_other_cells(
    app: Flask, near: Tenant, far: Tenant, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setitem(spool._writers, "test", lambda news: written.extend(news.values()))
    for tenant in (far, near):
        with entered(tenant):
            spool.note("test", {"key": tenant.slug})
    cluster.kill()
    with app.app_context(), entered(None):
        for chore in (chores.flush_spool, chores.wind_upkeep, chores.end_lost_jobs, chores.watch_cells):
            chore()
    first, _ = next(place for place in work.places() if "kith_cell_2" not in place[0])
    with psycopg.connect(first) as owner:
        rows = owner.execute("SELECT tenant FROM kith.outbox WHERE name = 'upkeep.daily'").fetchall()
    assert rows == [(near.schema,)]


def test_news_of_a_company_that_fails_keep_nobody_elses_waiting(
    app: Flask, near: Tenant, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis.client().delete(spool.PENDING)
    other = company("other", FIRST)
    written: list[str] = []

    def write(news: dict[str, str]) -> None:
        if news["key"] == "near":
            raise RuntimeError("this company's data is broken")
        written.extend(news.values())

    monkeypatch.setitem(spool._writers, "test", write)
    for tenant in (near, other):
        with entered(tenant):
            spool.note("test", {"key": tenant.slug})
    with app.app_context(), entered(None):
        chores.flush_spool()
    assert written == ["other"]
    assert (near.schema, "test") in spool.pending()
    redis.client().delete(spool.PENDING, f"{near.schema}:spool:test:aside")
