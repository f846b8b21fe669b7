"""The pages of jobs: live while they run, one's own, with cancel and another try."""

from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.domain.bulk import actions as bulk
from app.domain.bulk.rules import Selection, Wanted
from app.domain.jobs import actions
from app.domain.modelling import actions as modelling
from app.records import writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests import work
from tests.cast import ANN, BOB, Workspace
from tests.visitor import Visitor
from tests.workers import jobs


@pytest.fixture(autouse=True)
def _nothing_staged(ground_floor: None) -> None:
    jobs.seen.clear()
    for url, table in work.places():
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f"DELETE FROM {table}".encode())


def start(app: Flask, workspace: Workspace, **params: int) -> UUID:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        return actions.start(workspace.actor(BOB), "test.person", "<Kunden>.csv", params).id


def test_page_polls_while_running_and_stops_when_done(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    job_id = start(app, nordwind, rows=2)
    assert 'data-poll="running"' in bob.get(f"/jobs/{job_id}").text
    work.work_off(app)
    progress = bob.get(f"/jobs/{job_id}/progress").text
    assert f'<turbo-frame id="job-{job_id}"' in progress
    assert 'data-poll="running"' not in progress
    assert "&lt;Kunden&gt;.csv" in progress


def test_list_shows_ones_own_jobs(app: Flask, nordwind: Workspace, bob: Visitor, ralf: Visitor) -> None:
    job_id = start(app, nordwind, rows=1)
    assert f"/jobs/{job_id}" in bob.get("/jobs").text
    assert f"/jobs/{job_id}" not in ralf.get("/jobs").text
    assert ralf.get(f"/jobs/{job_id}").status_code == 404
    assert ralf.post(f"/jobs/{job_id}/cancellation").status_code == 404


def test_job_is_cancelled_and_tried_again(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    job_id = start(app, nordwind, rows=2)
    assert bob.post(f"/jobs/{job_id}/cancellation").status_code == 303
    assert f"/jobs/{job_id}/attempts" in bob.get(f"/jobs/{job_id}").text
    assert bob.post(f"/jobs/{job_id}/attempts").status_code == 303
    assert bob.post(f"/jobs/{job_id}/attempts").status_code == 409
    work.work_off(app)
    assert f"/jobs/{job_id}/attempts" not in bob.get(f"/jobs/{job_id}").text


def test_failed_job_says_why(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    job_id = start(app, nordwind, rows=2, refuse_at=2)
    work.work_off(app)
    assert "The file ends too early." in bob.get(f"/jobs/{job_id}").text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "was hidden or removed meanwhile"), ("de", "inzwischen ausgeblendet oder entfernt")],
)
def test_job_of_a_hidden_object_has_a_page_that_says_so(
    app: Flask, nordwind: Workspace, ann: Visitor, language: str, said: str
) -> None:
    owner = nordwind.actor(ANN)
    with app.app_context(), entered(nordwind.tenant):
        with unit_of_work():
            name = modelling.add_object(owner, {"en": "Machine"}, {"en": "Machines"}).name
            made = writing.create(owner, name, {"name": "Press"}).id
            wanted = Wanted("edit", Selection([made]), {"name": "Lathe"})
            job_id = bulk.ask(owner, name, wanted).id
        with unit_of_work():
            modelling.change_object(owner, name, is_hidden=True)
    work.work_off(app)
    page = ann.get(f"/jobs/{job_id}?lang={language}").text
    assert said in page
    assert f"„{name}“" in page or f"“{name}”" in page
    assert f"/jobs/{job_id}/reversal" not in page
    assert ann.get(f"/jobs?lang={language}").status_code == 200
