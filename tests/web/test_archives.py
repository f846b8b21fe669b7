"""The owner takes everything along: a job, a notice of who did it, a link for seven days."""

import io
from datetime import timedelta
from os import urandom

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import storage
from app.domain.files.models import File
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.lifecycle import exporting, exports
from app.domain.lifecycle.archive import Reader
from app.records.tables import Fact
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, RITA, Workspace
from tests.conftest import S3
from tests.domain.lifecycle import taking
from tests.visitor import Visitor, signed_in
from tests.work import work_off


@pytest.fixture
def ann(app: Flask, s3: S3, nordwind: Workspace) -> Visitor:
    with app.app_context():
        taking.furnish(nordwind)
    return signed_in(app, nordwind, ANN)


def test_owner_gets_everything_in_one_file(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    job = ann.post("/settings/exports").headers["Location"]
    work_off(app)

    page = ann.get(job).text
    link = f"/settings/exports/{job.rpartition('/')[2]}"
    assert link in page
    assert link in ann.get("/settings/exports").text
    assert ann.get(link).headers["Location"].startswith("http")
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        file = session.scalars(select(File).where(File.name.like("nordwind-%.kith"))).one()
        archive = Reader(io.BytesIO(storage.get(file.storage_key)))
        verbs = session.scalars(select(Fact.verb)).all()
    assert sum(1 for _ in archive.verify()) > 0
    assert archive.manifest["tables"]["contacts"]["rows"] == 5
    assert "workspace.export_asked" in verbs


def test_archive_is_written_in_slices(
    app: Flask, ann: Visitor, nordwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slice ends when a part of the upload is full; the next one writes on, and not again."""
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)
    with app.app_context(), entered(nordwind.tenant):
        with unit_of_work():
            for file in session.scalars(select(File)):
                storage.put(file.storage_key, urandom(storage.PART + 1))
            job_id = exports.ask(nordwind.actor(ANN)).id
        slices = [True]
        while slices[-1]:
            with unit_of_work():
                slices.append(exports.advance(nordwind.actor(ANN), session.get_one(Job, job_id), Budget()))
            monkeypatch.setattr(exporting, "begin", None)
        with unit_of_work(read_only=True):
            job = session.get_one(Job, job_id)
            archive = Reader(io.BytesIO(storage.get(job.params["key"])))
    assert slices == [True, True, False]
    assert sum(1 for _ in archive.verify()) > 10
    assert [each for each in archive.manifest["entries"] if each["size"] == storage.PART + 1]


def test_link_ends_after_seven_days(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    job = ann.post("/settings/exports").headers["Location"].rpartition("/")[2]
    work_off(app)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        session.execute(
            update(File)
            .where(File.name.like("%.kith"))
            .values(expires_at=File.expires_at - timedelta(days=7, seconds=1))
        )
    assert ann.get(f"/settings/exports/{job}").status_code == 404


def test_nobody_but_owners_may(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    job = ann.post("/settings/exports").headers["Location"].rpartition("/")[2]
    work_off(app)
    rita = signed_in(app, nordwind, RITA)
    assert "/settings/exports" not in rita.get("/settings").text
    assert rita.post("/settings/exports").status_code == 403
    assert rita.get(f"/settings/exports/{job}").status_code == 403
