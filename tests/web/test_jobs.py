"""The pages of jobs: live while they run, one's own, with cancel and another try."""

from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.domain.jobs import actions
from tenants.context import entered
from tenants.session import unit_of_work
from tests import work
from tests.cast import BOB, Workspace
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
