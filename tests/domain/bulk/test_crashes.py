"""A worker that is killed in the middle of a bulk change, or of taking it back, leaves the same end."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.bulk import actions, undoing
from app.domain.bulk.rules import Selection, Wanted
from app.domain.jobs import queries
from app.records import writing
from app.records.writing import Row
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work
from tests import ground
from tests.domain.bulk.process import SIZE
from tests.workers.gate import Gate
from tests.workers.test_crashes import Site, site, until

__all__ = ["site"]
KITH = Actor(kind="system", id=None, name="Kith", door="command", permissions=EVERYTHING)
ROWS = 1_500
# What came of it, but for ids and times: each record, and the rows that the log tells.
STATE = """
SELECT md5(string_agg(concat_ws('|', last_name, city, version), ',' ORDER BY last_name)),
       count(*) FILTER (WHERE city = 'Bonn'),
       (SELECT sum(rows_count) FROM facts WHERE verb = 'changed_many'),
       (SELECT count(*) FROM job_rows)
  FROM contacts
"""


def state(app: Flask, tenant: Tenant) -> tuple[Any, ...]:
    with app.app_context(), entered(tenant), unit_of_work(read_only=True):
        return tuple(session.execute(text(STATE)).one())


def told(app: Flask, tenant: Tenant, job_id: UUID) -> tuple[str, int, int, int]:
    """State of the job; rows done, changed, left alone."""
    with suppress(OperationalError), app.app_context(), entered(tenant), unit_of_work(read_only=True):
        job = queries.one(KITH, job_id)
        return job.state, job.rows_done, job.updated_count, job.skipped_count + job.failed_count
    return "unknown", 0, 0, 0


def disturbed(app: Flask, site: Site, tenant: Tenant, job_id: UUID) -> None:
    """Let workers do the job, each of which is killed once a further third is done."""
    gate = Gate(site.folder / "gate")
    site.environ["GATE"] = str(site.folder / "gate")
    for _ in range(2):
        worker = site.start("fast,bulk,relay", module="tests.domain.bulk.process")
        gate.admit(ROWS // SIZE // 3)
        until(gate.is_shut)
        worker.kill()
        worker.wait()
        assert told(app, tenant, job_id)[0] == "running", "it was over before anything broke"
    gate.open()
    site.start("fast,bulk,relay", module="tests.domain.bulk.process")
    until(lambda: told(app, tenant, job_id)[0] == "done")
    gate.shut()


@pytest.mark.long
def test_killed_worker_leaves_the_same_end(app: Flask, site: Site) -> None:
    tenant = ground.fresh_tenant()
    with app.app_context(), entered(tenant), unit_of_work():
        rows = [Row({"last_name": f"Nr {number:04}", "city": "Köln"}) for number in range(ROWS)]
        writing.write_many(KITH, "contacts", rows)
    before = state(app, tenant)
    with app.app_context(), entered(tenant), unit_of_work():
        job_id = actions.ask(KITH, "contacts", Wanted("edit", Selection(), {"city": "Bonn"})).id
    disturbed(app, site, tenant, job_id)
    assert told(app, tenant, job_id) == ("done", ROWS, ROWS, 0)
    assert state(app, tenant)[1:] == (ROWS, before[2] + ROWS, 0)
    with app.app_context(), entered(tenant), unit_of_work():
        undo_id = undoing.ask(KITH, job_id).id
    disturbed(app, site, tenant, undo_id)
    assert told(app, tenant, undo_id) == ("done", ROWS, ROWS, 0)
    assert state(app, tenant)[1:] == (0, before[2] + 2 * ROWS, 0)
    with app.app_context(), entered(tenant), unit_of_work(read_only=True):
        versions = session.execute(text("SELECT DISTINCT city, version FROM contacts")).all()
    assert [tuple(row) for row in versions] == [("Köln", 3)]
