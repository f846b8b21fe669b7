"""Jobs that people started: seen while they run, stopped between slices, tried again from there."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.core.errors import Conflict, NotFound
from app.domain.jobs import actions, queries
from app.domain.jobs.models import Job
from app.domain.jobs.slices import BROKE_OFF
from app.domain.members.models import Member
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests import work
from tests.cast import ANN, BOB, RITA, Person, Workspace
from tests.workers import jobs
from workers.execution import execute
from workers.relay import connect


class Office:
    """Nordwind at work: each act is a unit of work of its own."""

    def __init__(self, app: Flask, workspace: Workspace) -> None:
        self.app, self.workspace = app, workspace

    @contextmanager
    def unit(self) -> Iterator[None]:
        with self.app.app_context(), entered(self.workspace.tenant), unit_of_work():
            yield

    def start(self, person: Person = BOB, **params: int) -> UUID:
        with self.unit():
            return actions.start(self.workspace.actor(person), "test.person", "Some rows", params).id

    def cancel(self, job_id: UUID, person: Person = BOB) -> None:
        with self.unit():
            actions.cancel(self.workspace.actor(person), job_id)

    def retry(self, job_id: UUID) -> None:
        with self.unit():
            actions.retry(self.workspace.actor(BOB), job_id)

    def job(self, job_id: UUID, person: Person = BOB) -> Job:
        with self.unit():
            return queries.one(self.workspace.actor(person), job_id)

    def slice(self) -> int:
        """Let the worker do what is due now, and not what follows from it."""
        url, _ = work.places()[0]
        with connect(url) as connection:
            sent = work.claim(connection)
        for envelope in sent:
            execute(self.app, envelope)
        return len(sent)


@pytest.fixture
def office(app: Flask, nordwind: Workspace) -> Office:
    for url, table in work.places():
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f"DELETE FROM {table}".encode())
    jobs.seen.clear()
    return Office(app, nordwind)


def test_job_is_seen_growing_until_done(office: Office) -> None:
    job_id = office.start(rows=3)
    told = []
    while office.slice():
        job = office.job(job_id)
        told.append((job.state, job.rows_done, job.rows_total, job.created_count))
    assert told == [("running", 1, 3, 1), ("running", 2, 3, 2), ("done", 3, 3, 3)]
    assert job.started_at
    assert job.finished_at


def test_waiting_job_is_cancelled_at_once(office: Office) -> None:
    job_id = office.start(rows=3)
    office.cancel(job_id)
    assert office.job(job_id).state == "cancelled"
    work.work_off(office.app)
    assert office.job(job_id).rows_done == 0


def test_draft_is_not_started_by_way_of_a_cancellation(office: Office) -> None:
    with office.unit():
        draft = actions.draft(office.workspace.actor(BOB), "test.person", "Some rows").id
    with pytest.raises(Conflict):
        office.cancel(draft)
    with pytest.raises(Conflict):
        office.retry(draft)
    assert office.job(draft).state == "draft"


def test_running_job_stops_after_its_slice(office: Office) -> None:
    job_id = office.start(rows=3)
    office.slice()
    office.cancel(job_id)
    assert office.job(job_id).state == "running"
    work.work_off(office.app)
    job = office.job(job_id)
    assert (job.state, job.rows_done) == ("cancelled", 1)


def test_cancelled_job_goes_on_from_where_it_stopped(office: Office) -> None:
    job_id = office.start(rows=3)
    office.slice()
    office.cancel(job_id)
    office.slice()
    office.retry(job_id)
    work.work_off(office.app)
    job = office.job(job_id)
    assert (job.state, job.rows_done, job.created_count) == ("done", 3, 3)


def test_retry_before_worker_noticed_cancel_runs_once(office: Office) -> None:
    job_id = office.start(rows=2)
    office.cancel(job_id)
    office.retry(job_id)
    work.work_off(office.app)
    assert office.job(job_id).created_count == 2


def test_refusal_ends_job_with_its_sentence(office: Office) -> None:
    job_id = office.start(rows=3, refuse_at=2)
    work.work_off(office.app)
    job = office.job(job_id)
    assert (job.state, job.error, job.rows_done) == ("failed", "The file ends too early.", 1)


def test_fault_of_ours_says_so_and_can_be_retried(office: Office) -> None:
    job_id = office.start(rows=2, fail_at=2)
    url, _ = work.places()[0]
    with psycopg.connect(url, autocommit=True) as owner:
        for _attempt in range(7):
            work.work_off(office.app)
            owner.execute("UPDATE kith.outbox SET due_at = now() WHERE state = 'staged'")
    job = office.job(job_id)
    assert (job.state, job.error, job.rows_done) == ("failed", BROKE_OFF, 1)
    jobs.seen.append("mended")
    office.retry(job_id)
    work.work_off(office.app)
    assert office.job(job_id).state == "done"


def test_only_what_stopped_can_be_retried(office: Office) -> None:
    job_id = office.start(rows=1)
    with pytest.raises(Conflict):
        office.retry(job_id)


def test_members_see_their_own_jobs_and_admins_all(office: Office) -> None:
    job_id = office.start(ANN, rows=1)
    with pytest.raises(NotFound):
        office.job(job_id, BOB)
    with pytest.raises(NotFound):
        office.cancel(job_id, BOB)
    assert office.job(job_id, RITA).title == "Some rows"
    with office.unit():
        assert queries.page(office.workspace.actor(BOB)).jobs == []
        assert len(queries.page(office.workspace.actor(RITA)).jobs) == 1


def test_job_has_the_rights_of_this_moment(office: Office) -> None:
    job_id = office.start(rows=3)
    office.slice()
    with office.unit():
        member = session.get(Member, office.workspace.members[BOB.email])
        assert member is not None
        member.role = "reader"
    work.work_off(office.app)
    assert jobs.seen == ["member", "reader", "reader"]
    assert office.job(job_id).state == "done"


def test_job_of_removed_member_is_refused(office: Office) -> None:
    job_id = office.start(rows=3)
    with office.unit():
        member = session.get(Member, office.workspace.members[BOB.email])
        assert member is not None
        member.removed_at = member.created_at
    work.work_off(office.app)
    job = office.job(job_id, RITA)
    assert (job.state, job.rows_done) == ("failed", 0)
    assert "no longer" in (job.error or "")


def test_pages_of_jobs_continue_without_a_gap(office: Office) -> None:
    started = [office.start(rows=1) for _ in range(3)]
    with office.unit():
        first = queries.page(office.workspace.actor(BOB), limit=2)
        rest = queries.page(office.workspace.actor(BOB), before=first.next, limit=2)
    assert [job.id for job in [*first.jobs, *rest.jobs]] == started[::-1]
    assert rest.next is None
