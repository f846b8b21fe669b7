"""Work whose object or field is hidden before it is done ends at once, and says why and what helps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.errors import Conflict
from app.domain.bulk import actions as bulk
from app.domain.bulk import undoing
from app.domain.bulk.rules import Selection, Wanted
from app.domain.duplicates import searching
from app.domain.exports import actions as exports
from app.domain.exports.actions import Wanted as List
from app.domain.imports import actions as imports
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries, reasons, slices
from app.domain.jobs.models import Job
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.records import reading, writing
from app.records.filters import Condition
from tenants.session import unit_of_work
from tests.domain.imports.importing import prepare
from tests.work import work_off

MACHINES = "x_machines"
Ask = Callable[[Actor], UUID]


@pytest.fixture
def machines(ann: Actor) -> UUID:
    """Machines with a place, and one of them."""
    with unit_of_work():
        modelling.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
        modelling.add_field(ann, MACHINES, FieldWish("text", {"en": "Place"}, name="place", is_sortable=True))
        return writing.create(ann, MACHINES, {"name": "Press", "place": "Kiel"}).id


def edit(actor: Actor) -> UUID:
    everything = Selection(where=Condition("name", "not_empty"))
    return bulk.ask(actor, MACHINES, Wanted("edit", everything, {"place": "Bonn"})).id


def edit_by_filter(actor: Actor) -> UUID:
    where = Condition("place", "eq", "Kiel")
    return bulk.ask(actor, MACHINES, Wanted("edit", Selection(where=where), {"name": "Bonn"})).id


def export_field(actor: Actor) -> UUID:
    return exports.ask(actor, MACHINES, List(None, None, None, ["name", "place"])).id


def export_by_filter(actor: Actor) -> UUID:
    return exports.ask(actor, MACHINES, List(Condition("place", "eq", "Kiel"), None, None, ["name"])).id


def export_in_order(actor: Actor) -> UUID:
    return exports.ask(actor, MACHINES, List(None, None, "place", ["name"])).id


def search(actor: Actor) -> UUID:
    return searching.ask(actor, MACHINES).id


def bring(actor: Actor) -> UUID:
    job_id: UUID = prepare(
        actor, MACHINES, b"Name,Place\nLathe,Bonn\n", columns={"Name": "name", "Place": "place"}
    )
    with unit_of_work():
        imports.start(actor, job_id)
    return job_id


def asked(actor: Actor, ask: Ask) -> UUID:
    if ask is bring:
        return bring(actor)
    with unit_of_work():
        return ask(actor)


def hide(actor: Actor, *, hidden: bool = True) -> None:
    with unit_of_work():
        modelling.change_object(actor, MACHINES, is_hidden=hidden)


def hide_field(actor: Actor, *, hidden: bool = True) -> None:
    with unit_of_work():
        modelling.change_field(actor, MACHINES, "place", {"is_hidden": hidden})


def ended(actor: Actor, job_id: UUID) -> tuple[str, str | None, Any]:
    with unit_of_work(read_only=True):
        job: Job = queries.one(actor, job_id)
        return job.state, job.error, job.result.get(slices.REASON)


def assert_failed(actor: Actor, job_id: UUID, message: str, data: dict[str, str]) -> None:
    assert ended(actor, job_id) == ("failed", message % data, {"message": message, "data": data})


@pytest.mark.parametrize("ask", [edit, export_field, search, bring])
def test_hidden_object_ends_the_job_with_what_helps(
    app: Flask, ann: Actor, machines: UUID, s3: object, ask: Ask
) -> None:
    job_id = asked(ann, ask)
    hide(ann)
    work_off(app)
    assert_failed(ann, job_id, reasons.OBJECT_GONE, {"object": MACHINES})


@pytest.mark.parametrize(
    "ask", [edit, edit_by_filter, export_field, export_by_filter, export_in_order, bring]
)
def test_hidden_field_ends_the_job_with_what_helps(
    app: Flask, ann: Actor, machines: UUID, s3: object, ask: Ask
) -> None:
    job_id = asked(ann, ask)
    hide_field(ann)
    work_off(app)
    assert_failed(ann, job_id, reasons.FIELD_GONE, {"field": "Place"})
    with unit_of_work(read_only=True):
        [left] = reading.page(ann, MACHINES).rows
    assert left.title == "Press"


def test_job_goes_on_once_the_field_is_shown_again(app: Flask, ann: Actor, machines: UUID) -> None:
    job_id = asked(ann, edit)
    hide_field(ann)
    work_off(app)
    hide_field(ann, hidden=False)
    with unit_of_work():
        jobs.retry(ann, job_id)
    work_off(app)
    assert ended(ann, job_id)[:2] == ("done", None)
    with unit_of_work(read_only=True):
        assert reading.fetch(ann, MACHINES, machines)["place"] == "Bonn"


def test_change_of_a_hidden_object_is_taken_back_once_it_is_shown(
    app: Flask, ann: Actor, machines: UUID
) -> None:
    job_id = asked(ann, edit)
    work_off(app)
    hide(ann)
    with pytest.raises(Conflict, match="Show it again"), unit_of_work():
        undoing.ask(ann, job_id)
    hide(ann, hidden=False)
    with unit_of_work():
        undoing.ask(ann, job_id)
    work_off(app)
    with unit_of_work(read_only=True):
        assert reading.fetch(ann, MACHINES, machines)["place"] == "Kiel"
