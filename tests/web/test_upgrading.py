"""A company whose schema is too old for this release: a short page at every door, and its jobs wait."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from app.config import Settings
from app.core.queue import enqueue
from tenants import catalogue, revisions
from tenants.context import entered
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.session import unit_of_work
from tests.api.programs import program
from tests.cast import Workspace
from tests.visitor import Visitor
from tests.work import work_off

OLD = revisions.older("tenant", revisions.NEEDED)[0]


@pytest.fixture
def behind(settings: Settings, nordwind: Workspace) -> Iterator[None]:
    """Nordwind was not migrated."""

    def at(rev: str) -> None:
        with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as control:
            control.execute(
                "UPDATE kith.tenants SET schema_rev = %s WHERE id = %s", [rev, nordwind.tenant.id]
            )
        catalogue.forget()

    at(OLD)
    yield
    at(revisions.head("tenant"))


def test_member_sees_a_page_that_comes_back_by_itself(ann: Visitor, behind: None) -> None:
    answer = ann.get("/contacts")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == answer.headers["Refresh"]
    assert "getting a new version" in answer.get_data(as_text=True)
    assert "Refresh" not in ann.get("/contacts", headers={"Sec-Fetch-Mode": "cors"}).headers


def test_customer_sees_no_more_than_that(ann: Visitor, app: Flask, behind: None) -> None:
    answer = app.test_client().get("/", headers={"Host": "nordwind-portal.localhost:8000"})

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_program_is_told_when_to_come_again(
    app: Flask, nordwind: Workspace, request: pytest.FixtureRequest
) -> None:
    script = program(app, nordwind)
    request.getfixturevalue("behind")
    answer = script.get("/contacts")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]


def test_jobs_wait(app: Flask, nordwind: Workspace, request: pytest.FixtureRequest) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        enqueue("upkeep", {})
    request.getfixturevalue("behind")
    work_off(app)

    with psycopg.connect(psycopg_url(engines().cell_url(nordwind.tenant.cell))) as cell:
        rows = cell.execute(
            "SELECT state, attempts, due_at > now() + interval '5 s' FROM kith.outbox WHERE tenant = %s",
            [nordwind.tenant.schema],
        ).fetchall()
    assert rows == [("staged", 0, True)]


def test_what_a_later_release_made_is_open() -> None:
    assert not revisions.is_too_old("9999")
    assert not revisions.is_too_old(revisions.head("tenant"))
