"""A field is made one to find records by, or is one no more: the search knows older records, too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.core.actor import Actor
from app.domain.jobs import queries, slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.domain.refinding import actions, running
from app.records import finding, trash, writing
from app.records.tables import search
from tenants.context import current, entered
from tenants.session import session
from tests.cast import ANN, Workspace

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STAGED = text("SELECT payload FROM kith.outbox WHERE name = :name AND tenant = :tenant")


@pytest.fixture
def ann(app: Flask, office: Workspace) -> Iterator[Actor]:
    """Ann, the owner, whose contacts have a badge that nobody is found by; what she does is undone."""
    with app.app_context(), entered(office.tenant):
        ann = office.actor(ANN)
        modelling.add_field(ann, "contacts", FieldWish("text", {"en": "Badge"}, name="badge"))
        yield ann
        session.remove()


def _person(ann: Actor, badge: str) -> UUID:
    return writing.create(ann, "contacts", {"last_name": "Meyer", "x_badge": badge}).id


def _searchable(ann: Actor, wanted: bool) -> None:
    modelling.change_field(ann, "contacts", "x_badge", {"is_searchable": wanted})


def _found(ann: Actor, typed: str) -> list[UUID]:
    return [hit.record_id for hit in finding.find(ann, typed)]


def _brought(ann: Actor, job: Job | None = None) -> Job:
    """The job, done to its end; each slice does one portion."""
    job = job or actions.ask("contacts", ann.member_id)
    assert job is not None
    while running.advance(ann, job, Budget(0.0)):
        pass
    slices.finish(job)
    return job


def test_older_records_are_found_by_a_field_of_now(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BLOCK", 2)
    people = [_person(ann, f"Zugang-47{number}") for number in range(5)]
    trash.trash(ann, "contacts", people[4])
    _searchable(ann, True)
    assert _found(ann, "zugang-472") == []
    job = _brought(ann)
    assert _found(ann, "zugang-472") == [people[2]]
    assert _found(ann, "zugang-474") == []
    assert (job.state, job.rows_done, job.rows_total) == ("done", 4, 4)
    assert job in queries.page(ann).jobs
    assert job.started_by == ann.member_id


def test_field_of_before_finds_nothing_more(ann: Actor) -> None:
    _searchable(ann, True)
    person = _person(ann, "Zugang-4711")
    assert _found(ann, "zugang-4711") == [person]
    _searchable(ann, False)
    _brought(ann)
    assert _found(ann, "zugang-4711") == []


def test_records_are_as_old_as_before(ann: Actor) -> None:
    person = _person(ann, "Zugang-4711")
    here = search.c.record_id == person
    session.execute(update(search).where(here).values(updated_at=LONG_AGO))
    _searchable(ann, True)
    _brought(ann)
    assert _found(ann, "zugang-4711") == [person]
    assert session.scalar(select(search.c.updated_at).where(here)) == LONG_AGO


def test_what_is_written_meanwhile_is_looked_at_once_more(ann: Actor) -> None:
    person = _person(ann, "Zugang-4711")
    _searchable(ann, True)
    job = actions.ask("contacts", ann.member_id)
    assert job is not None
    while job.checkpoint.get("step") != "late":
        assert running.advance(ann, job, Budget(0.0))
    # As one leaves it who began to write before the field was changed.
    session.execute(update(search).where(search.c.record_id == person).values(body=" meyer"))
    _brought(ann, job)
    assert _found(ann, "zugang-4711") == [person]


@pytest.mark.parametrize(
    ("values", "matters"),
    [({"is_searchable": False}, True), ({"is_hidden": True}, True), ({"labels": {"en": "Pass"}}, False)],
)
def test_only_changes_that_matter_to_the_search_ask_for_it(
    ann: Actor, values: dict[str, Any], matters: bool
) -> None:
    modelling.add_field(ann, "contacts", FieldWish("text", {"en": "Card"}, name="card", is_searchable=True))
    assert _staged() == []
    modelling.change_field(ann, "contacts", "x_card", values)
    told = {"object": "contacts", "member": str(ann.member_id)}
    assert _staged() == ([told] if matters else [])


def test_later_change_stops_the_job_of_the_one_before(ann: Actor) -> None:
    earlier, later = (actions.ask("contacts", ann.member_id) for _ in range(2))
    assert earlier is not None
    assert later is not None
    session.expire_all()
    assert slices.enter(earlier.id) is None
    assert slices.enter(later.id) is later


def test_hidden_object_is_left_as_it_is(ann: Actor) -> None:
    modelling.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
    modelling.change_object(ann, "x_machines", is_hidden=True)
    assert actions.ask("x_machines", ann.member_id) is None


def _staged() -> list[Any]:
    told = {"name": modelling.FIND_JOB, "tenant": current().schema}
    return list(session.scalars(STAGED, told))
