"""Whatever is killed in mid-import, the end is the same as without."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.imports import actions, queries, running
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work
from tests import ground, work
from tests.conftest import S3
from tests.imports.process import CHUNK
from tests.servers import Cluster
from tests.workers.gate import Gate
from tests.workers.test_crashes import Site, cluster, site, until

__all__ = ["cluster", "site"]
pytestmark = pytest.mark.long
KITH = Actor(kind="system", id=None, name="Kith", door="command", permissions=EVERYTHING)
ROWS = 3_000
# The end state without anything that differs from run to run: ids and times.
STATE = """
SELECT md5(string_agg(concat_ws('|', c.email, c.first_name, c.city, c.version, f.name), ','
                      ORDER BY c.email)),
       count(*), (SELECT count(*) FROM companies), (SELECT count(*) FROM identifiers),
       (SELECT count(*) FROM search)
  FROM contacts c LEFT JOIN companies f ON f.id = c.company_id
"""


def table() -> bytes:
    """People of which some come twice, far apart, some are refused, and all share few companies."""
    lines = ["email,first name,city,company"]
    for number in range(ROWS):
        person = number if number % 10 else number // 2
        email = "nobody" if number % 97 == 0 else f"person-{person}@nordwind.example"
        lines.append(f"{email},Name {number},City {number % 7},Company {number % 20}")
    return "\n".join(lines).encode()


def begin(app: Flask, tenant: Tenant) -> UUID:
    with app.app_context(), entered(tenant), unit_of_work():
        job = actions.upload(KITH, "contacts", "people.csv", io.BytesIO(table()), thorough=True)
        return actions.start(KITH, job.id).id


def told(app: Flask, tenant: Tenant, job_id: UUID) -> dict[str, Any]:
    with suppress(OperationalError), app.app_context(), entered(tenant), unit_of_work(read_only=True):
        return queries.status(queries.one(KITH, job_id))
    return {"status": "unknown", "created": 0, "updated": 0, "skipped": 0, "failed": 0}


def end(app: Flask, tenant: Tenant, job_id: UUID) -> tuple[Any, ...]:
    """Everything that counts once the import is over."""
    with app.app_context(), entered(tenant), unit_of_work(read_only=True):
        row = session.execute(text(STATE)).one()
    status = told(app, tenant, job_id)
    assert status["status"] == "done"
    assert status["rows"] == ROWS
    counts = tuple(status[state] for state in ("created", "updated", "skipped", "failed"))
    assert sum(counts) == ROWS
    return (*row, *counts)


@cache
def undisturbed(app: Flask) -> tuple[Any, ...]:
    """The end of an import that nobody disturbs, in chunks of the same size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "CHUNK", CHUNK)
        tenant = ground.fresh_tenant()
        job_id = begin(app, tenant)
        work.work_off(app)
        return end(app, tenant, job_id)


@pytest.fixture
def gate(site: Site) -> Gate:
    """What the slices of the processes of workers wait at."""
    site.environ["GATE"] = str(site.folder / "gate")
    return Gate(site.folder / "gate")


@pytest.fixture
def workers(site: Site, s3: S3, gate: Gate) -> Callable[[], Any]:
    """workers() starts a process of workers that reaches the file store."""
    site.environ |= {"KITH_S3_ENDPOINT_URL": s3.url, "KITH_S3_PUBLIC_URL": s3.url}
    site.environ |= {"AWS_ACCESS_KEY_ID": s3.access, "AWS_SECRET_ACCESS_KEY": s3.secret}
    return lambda: site.start("fast,bulk,relay", module="tests.imports.process")


def shares(app: Flask, tenant: Tenant, job_id: UUID, gate: Gate, number: int) -> Iterator[int]:
    """Wait until a part of the rows is done, `number` times, and let the rest go on in the end."""
    for part in range(number):
        gate.admit(ROWS // CHUNK // (number + 2))
        until(gate.is_shut)
        assert told(app, tenant, job_id)["status"] != "done", "the import was over before anything broke"
        yield part
    gate.open()


def test_killed_worker_leaves_the_same_end(app: Flask, gate: Gate, workers: Callable[[], Any]) -> None:
    expected = undisturbed(app)
    tenant = ground.fresh_tenant()
    job_id = begin(app, tenant)
    worker = workers()
    for _ in shares(app, tenant, job_id, gate, 3):
        worker.kill()
        worker.wait()
        worker = workers()
    until(lambda: told(app, tenant, job_id)["status"] == "done", 120)
    assert end(app, tenant, job_id) == expected


def test_wiped_and_killed_redis_leaves_the_same_end(
    app: Flask, site: Site, gate: Gate, workers: Callable[[], Any]
) -> None:
    expected = undisturbed(app)
    tenant = ground.fresh_tenant()
    job_id = begin(app, tenant)
    workers()
    for turn, _ in enumerate(shares(app, tenant, job_id, gate, 4)):
        if turn % 2:
            site.kill_valkey()
            site.start_valkey()
        else:
            site.redis.flushall()
    until(lambda: told(app, tenant, job_id)["status"] == "done", 120)
    assert end(app, tenant, job_id) == expected


def test_killed_postgres_leaves_the_same_end(
    app: Flask, site: Site, gate: Gate, workers: Callable[[], Any], cluster: Cluster
) -> None:
    expected = undisturbed(app)
    site.environ["KITH_DATABASE_URL"] = ground.control_url(cluster.admin_url, "kith")
    tenant = ground.fresh_tenant()
    job_id = begin(app, tenant)
    workers()
    for _ in shares(app, tenant, job_id, gate, 2):
        cluster.kill()
        cluster.start()
    until(lambda: told(app, tenant, job_id)["status"] == "done", 120)
    assert end(app, tenant, job_id) == expected
