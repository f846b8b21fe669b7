"""An import's file is kept as long as somebody may need it, and its bytes go after the commit only."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import case, update

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.domain.files.models import File
from app.domain.imports import actions, queries, retention
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import Job
from tenants.session import session, unit_of_work
from tests.domain.files.sending import later
from tests.domain.imports.importing import bring, prepare, status

GOOD = b"First name,Last name,E-mail\nCarol,Meyer,carol@meyer.example\nDan,Otto,dan@kuh.example\n"
BAD = b"First name,Last name,E-mail\nCarol,Meyer,carol@meyer.example\nDan,Otto,no mail\nEve,Ott,eve\n"


def key_of(job_id: UUID) -> str:
    with unit_of_work(read_only=True):
        return queries.source_of(session.get_one(Job, job_id)).key


def pass_by(job_id: UUID, days: int, app: Flask) -> None:
    """So many days pass for the import, and the daily upkeep comes by."""
    then = now() - timedelta(days=days)
    with unit_of_work():
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(updated_at=then, finished_at=case((Job.state != "draft", then)))
        )
        session.execute(update(File).values(created_at=then))
    session.remove()
    with unit_of_work():
        retention.clear()
    later(app)


def is_there(key: str) -> bool:
    try:
        return storage.size(key) > 0
    except NotFound:
        return False


def test_a_draft_goes_after_a_day(files: Actor, app: Flask) -> None:
    job_id = prepare(files, "contacts", GOOD)
    key = key_of(job_id)
    pass_by(job_id, 0, app)
    assert is_there(key)
    pass_by(job_id, 2, app)
    assert not is_there(key)
    with unit_of_work():
        assert session.get(Job, job_id) is None
        assert session.query(File).count() == 0


def test_the_file_goes_after_a_month_and_the_import_stays(files: Actor, app: Flask) -> None:
    told = bring(app, files, "contacts", GOOD)
    key = key_of(told["id"])
    pass_by(told["id"], 29, app)
    assert is_there(key)
    pass_by(told["id"], 31, app)
    assert not is_there(key)
    assert status(files, told["id"])["created"] == 2


def test_refused_rows_stay_when_the_file_goes(files: Actor, app: Flask) -> None:
    told = bring(app, files, "contacts", BAD)
    key, before = key_of(told["id"]), lines(files, told["id"])
    assert [cells[0] for cells in before] == ["Dan", "Eve"]
    pass_by(told["id"], 31, app)
    assert not is_there(key)
    assert lines(files, told["id"]) == before
    assert "carol" not in storage.get(key_of(told["id"])).decode().lower()
    pass_by(told["id"], 400, app)
    assert lines(files, told["id"]) == before


def lines(actor: Actor, job_id: UUID) -> list[list[str]]:
    """Cells of the refused rows."""
    with unit_of_work(read_only=True):
        return [cells for cells, _ in queries.refused(actor, queries.one(actor, job_id))]


def test_a_discarded_draft_takes_its_file_along(files: Actor, app: Flask) -> None:
    job_id = prepare(files, "contacts", GOOD)
    key = key_of(job_id)
    with unit_of_work():
        actions.discard(files, job_id)
    assert is_there(key)
    later(app)
    assert not is_there(key)


def test_a_discarding_that_fails_loses_nothing(files: Actor, app: Flask) -> None:
    job_id = prepare(files, "contacts", GOOD)
    with pytest.raises(RuntimeError, match="breaks"):
        discard_and_break(files, job_id)
    later(app)
    assert is_there(key_of(job_id))


def discard_and_break(actor: Actor, job_id: UUID) -> None:
    with unit_of_work():
        actions.discard(actor, job_id)
        raise RuntimeError("the transaction breaks")


def test_trying_again_without_the_file_says_so(files: Actor, app: Flask) -> None:
    job_id = prepare(files, "contacts", GOOD)
    with unit_of_work():
        session.execute(update(Job).where(Job.id == job_id).values(state="failed", finished_at=now()))
    session.remove()
    pass_by(job_id, 31, app)
    with unit_of_work():
        jobs.retry(files, job_id)
    later(app)
    assert "not kept any more" in str(status(files, job_id)["error"])


def test_files_without_an_import_go(files: Actor, app: Flask) -> None:
    job_id = prepare(files, "contacts", GOOD)
    key = key_of(job_id)
    with unit_of_work():
        jobs.discard(files, job_id)
    pass_by(job_id, 2, app)
    assert not is_there(key)
