"""Long work ends with a word to who started it."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.core.clock import frozen, now
from app.domain.jobs import actions, slices
from app.domain.jobs.models import Job
from app.domain.notices.models import Notice
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import BOB, Workspace


def _ended(app: Flask, nordwind: Workspace, seconds: int, *, fails: bool = False) -> list[Notice]:
    """What Bob was told of a job of his that ran for so many seconds."""
    with app.app_context(), entered(nordwind.tenant):
        begun = now()
        with frozen(begun), unit_of_work():
            job_id = actions.start(nordwind.actor(BOB), "imports", "people.csv").id
        with frozen(begun), unit_of_work():
            slices.progress(session.get_one(Job, job_id), done=5, counts={"created": 4, "failed": 1})
        with frozen(begun + timedelta(seconds=seconds)), unit_of_work():
            if fails:
                slices.fail(job_id, slices.BROKE_OFF)
            else:
                slices.finish(session.get_one(Job, job_id))
        with unit_of_work(read_only=True):
            return list(session.scalars(select(Notice).where(Notice.record_id == job_id)))


def test_short_work_ends_without_a_word(app: Flask, nordwind: Workspace) -> None:
    assert _ended(app, nordwind, 3) == []


def test_long_work_tells_its_figures_once(app: Flask, nordwind: Workspace) -> None:
    (told,) = _ended(app, nordwind, 30)
    assert (told.kind, told.member_id) == ("job_done", nordwind.members[BOB.email])
    assert (told.data["title"], told.data["created"], told.data["failed"]) == ("people.csv", 4, 1)


def test_failed_work_is_told_however_short(app: Flask, nordwind: Workspace) -> None:
    (told,) = _ended(app, nordwind, 1, fails=True)
    assert told.kind == "job_failed"
