"""The home page: who needs somebody, one's day, and what to begin with."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.domain.demo import actions as demo
from app.records import writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.statements import counted
from tests.visitor import Visitor
from tests.work import work_off


@pytest.fixture
def filled(app: Flask, nordwind: Workspace) -> Workspace:
    """Nordwind, filled with samples, and the clock has been there."""
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        demo.start_filling(nordwind.actor(ANN))
    work_off(app)
    return nordwind


def test_an_empty_workspace_offers_a_beginning(ann: Visitor, ralf: Visitor) -> None:
    page = ann.get("/").text
    assert "/imports/new" in page
    assert 'action="/samples"' in page
    assert 'action="/samples"' not in ralf.get("/").text


def test_the_worst_relation_stands_first(filled: Workspace, ann: Visitor) -> None:
    page = ann.get("/").text
    assert page.index("Brückner Anlagenbau") < page.index("Quaylink Logistics")
    assert re.search(r"\d+ late|\d+ verspätet", page)


def test_it_takes_twelve_statements(filled: Workspace, ann: Visitor) -> None:
    ann.get("/")
    with counted() as sent:
        assert ann.get("/").status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_samples_are_filled_and_cleared_by_a_click(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    assert ann.post("/samples").status_code == 303
    work_off(app)
    assert "Hartmann Maschinenbau" in ann.get("/").text
    assert ann.post("/samples/clearing").status_code == 303
    work_off(app)
    assert "Hartmann Maschinenbau" not in ann.get("/").text


def test_only_managers_may_clear(filled: Workspace, bob: Visitor) -> None:
    assert "/samples/clearing" not in bob.get("/").text
    assert bob.post("/samples/clearing").status_code == 403


def test_a_task_is_done_and_opened_again(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    actor, noon = nordwind.actor(ANN), (clock.now() + timedelta(days=1)).replace(hour=12)
    # What is done stays for the day on which it was due, so no day ends within the test.
    with clock.frozen(noon):
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            due = noon - timedelta(minutes=1)
            task = writing.create(
                actor, "activities", {"subject": "Call Carol", "due_at": due, "owner_id": actor.id}
            )
        assert f"/activities/{task.id}/completion" in ann.get("/").text
        ann.post(f"/activities/{task.id}/completion")
        assert f"/activities/{task.id}/reopening" in ann.get("/").text
        ann.post(f"/activities/{task.id}/reopening")
        assert f"/activities/{task.id}/completion" in ann.get("/").text


def test_readers_complete_nothing(app: Flask, nordwind: Workspace, ralf: Visitor) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        task = writing.create(nordwind.actor(ANN), "activities", {"subject": "Call Carol"})
    assert ralf.post(f"/activities/{task.id}/completion").status_code == 403
