"""The maintenance switch: a short page at every door, jobs wait, operators get in; and it fails safe."""

import queue
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core.clock import now
from app.core.queue import enqueue
from app.domain.operators import actions, people
from app.domain.operators.actions import By
from app.domain.plans import policy
from tenants import switches
from tenants.context import entered
from tenants.engines import engines
from tenants.news import ASK_SECONDS, Listener
from tenants.session import unit_of_work
from tests.api.programs import program
from tests.cast import KIM, Workspace
from tests.visitor import BASE, Visitor, signed_in
from tests.work import work_off

MESSAGE = "We move to new machines."
# Sooner than the listener asks by itself; the machine may pause.
TOLD_SECONDS = ASK_SECONDS * 2 / 3


@pytest.fixture
def on(app: Flask, nordwind: Workspace) -> Iterator[None]:
    with app.app_context(), unit_of_work():
        actions.begin_maintenance(MESSAGE, now() + timedelta(hours=1), By())
    yield
    switches.turn_off(policy.MAINTENANCE)


@pytest.mark.parametrize(
    "address",
    [
        "http://nordwind.localhost:8000/contacts",
        "http://nordwind-portal.localhost:8000/",
        f"{BASE}/",
        f"{BASE}/sign-up",
        f"{BASE}/oauth/authorize",
    ],
)
def test_every_door_shows_the_page(ann: Visitor, on: None, address: str) -> None:
    answer = ann.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    if "portal" not in address and "oauth" not in address:
        assert MESSAGE in answer.text
        assert "We expect to be done by" in answer.text


def test_program_is_told_when_to_come_again(
    app: Flask, nordwind: Workspace, request: pytest.FixtureRequest
) -> None:
    script = program(app, nordwind)
    request.getfixturevalue("on")
    answer = script.get("/contacts")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_machines_and_operators_get_in(app: Flask, kestrel: Workspace, on: None) -> None:
    with app.app_context(), unit_of_work():
        people.add(KIM.email, By())
    kim = signed_in(app, kestrel, KIM)
    kim.host = BASE
    for path in ("/healthz", "/readyz", "/sign-in", "/workspaces", "/operator", "/operator/maintenance"):
        assert (path, kim.get(path).status_code) in {(path, 200), (path, 303)}
    assert MESSAGE in kim.get("/operator/maintenance").text

    kim.post("/operator/maintenance/end")
    assert kim.get("/").status_code == 200


def test_operator_closes_the_doors_by_the_page(app: Flask, ann: Visitor, kestrel: Workspace) -> None:
    with app.app_context(), unit_of_work():
        people.add(KIM.email, By())
    kim = signed_in(app, kestrel, KIM)
    kim.host = BASE
    assert kim.post("/operator/maintenance", {"until": "soon"}).status_code == 422
    kim.post("/operator/maintenance", {"message": MESSAGE, "until": "2026-11-22T18:30"})
    try:
        assert MESSAGE in ann.get("/contacts").text
    finally:
        switches.turn_off(policy.MAINTENANCE)
    assert ann.get("/contacts").status_code == 200


def test_jobs_wait(app: Flask, nordwind: Workspace, on: None) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        enqueue("upkeep", {})
    work_off(app)
    with app.app_context(), entered(nordwind.tenant), engines().tenant(nordwind.tenant).begin() as connection:
        rows = connection.execute(text("SELECT state, attempts FROM kith.outbox WHERE name = 'upkeep'")).all()
    assert [tuple(row) for row in rows] == [("staged", 0)]


def test_doors_stay_as_known_while_the_control_database_is_away(
    on: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert switches.get(policy.MAINTENANCE) is not None

    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("the server is gone"))

    monkeypatch.setattr(switches, "_read", away)
    switches.forget()
    assert switches.get(policy.MAINTENANCE) is not None


def test_other_processes_are_told_at_once(nordwind: Workspace) -> None:
    heard: queue.Queue[UUID | None] = queue.Queue()
    listener = Listener(engines().control_url, heard.put)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    assert listener.listens.wait(60)
    assert heard.get_nowait() is None  # whatever was told before

    switches.turn_on(policy.MAINTENANCE, {})
    try:
        assert heard.get(timeout=TOLD_SECONDS) is None
    finally:
        listener.stopping.set()
        switches.turn_off(policy.MAINTENANCE)
        heard.get(timeout=TOLD_SECONDS)
    thread.join(60)
    assert not thread.is_alive()
