"""Bulk changes and their undoing stopped half-way: what is done stays done, and only that is taken back."""

from uuid import UUID

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.errors import Conflict
from app.domain.bulk import blocks, undoing
from app.domain.bulk.rules import Selection
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries
from app.domain.jobs.slices import Budget
from app.records import writing
from tenants.session import unit_of_work
from tests.domain.bulk.many import ask, cities, counts, done, people, sql, undo
from tests.work import work_off


@pytest.fixture(autouse=True)
def _short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records a slice."""
    monkeypatch.setattr(blocks, "SIZE", 3)
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)


def cancel(app: Flask, actor: Actor, job_id: UUID) -> None:
    with unit_of_work():
        jobs.cancel(actor, job_id)
    work_off(app)


def go_on(app: Flask, actor: Actor, job_id: UUID) -> None:
    with unit_of_work():
        jobs.retry(actor, job_id)
    work_off(app)


def stopped(app: Flask, ann: Actor) -> UUID:
    """A change of eight people's city from Köln to Bonn that was cancelled after three."""
    job_id = ask(ann, Selection(people(ann, 8, city="Köln")), city="Bonn")
    work_off(app, most=1)
    cancel(app, ann, job_id)
    assert cities() == {"Bonn": 3, "Köln": 5}
    return job_id


def half_undone(app: Flask, ann: Actor, job_id: UUID) -> UUID:
    """The job that took the change back and was cancelled after its first slice."""
    with unit_of_work():
        undo_id = undoing.ask(ann, job_id).id
    work_off(app, most=1)
    cancel(app, ann, undo_id)
    return undo_id


def test_stopped_change_goes_on_with_the_rest(app: Flask, ann: Actor) -> None:
    job_id = stopped(app, ann)
    go_on(app, ann, job_id)
    assert cities() == {"Bonn": 8}
    assert counts(ann, job_id) == ("done", 8, 0, 0)
    assert counts(ann, undo(app, ann, job_id)) == ("done", 8, 0, 0)
    assert cities() == {"Köln": 8}


def test_stopped_change_that_was_taken_back_cannot_go_on(app: Flask, ann: Actor) -> None:
    job_id = stopped(app, ann)
    assert counts(ann, undo(app, ann, job_id)) == ("done", 3, 0, 0)
    assert cities() == {"Köln": 8}
    with pytest.raises(Conflict):
        go_on(app, ann, job_id)
    assert cities() == {"Köln": 8}


def test_undoing_stopped_half_way_leaves_the_rest_changed(app: Flask, ann: Actor) -> None:
    job_id = done(app, ann, Selection(people(ann, 8, city="Köln")), city="Bonn")
    undo_id = half_undone(app, ann, job_id)
    # The newest block has the last two of the eight.
    assert cities() == {"Bonn": 6, "Köln": 2}
    with unit_of_work(read_only=True):
        assert queries.one(ann, undo_id).state == "cancelled"
        assert undoing.may_ask(ann, queries.one(ann, job_id))
        assert undoing.undone_by(job_id) is None


def test_stopped_undoing_goes_on(app: Flask, ann: Actor) -> None:
    job_id = done(app, ann, Selection(people(ann, 8, city="Köln")), city="Bonn")
    undo_id = half_undone(app, ann, job_id)
    go_on(app, ann, undo_id)
    assert cities() == {"Köln": 8}
    assert counts(ann, undo_id) == ("done", 8, 0, 0)


def test_undoing_asked_again_does_what_the_stopped_one_left(app: Flask, ann: Actor) -> None:
    """What it took back already is not told as changed since; what somebody changed since is."""
    ids = people(ann, 8, city="Köln")
    job_id = done(app, ann, Selection(ids), city="Bonn")
    first = half_undone(app, ann, job_id)
    with unit_of_work():
        writing.update(ann, "contacts", sorted(ids)[0], {"city": "Jena"})
    second = undo(app, ann, job_id)
    assert second != first
    assert cities() == {"Köln": 7, "Jena": 1}
    assert counts(ann, second) == ("done", 5, 1, 0)
    with pytest.raises(Conflict):
        go_on(app, ann, first)


def test_stopped_change_undone_in_two_goes_is_as_before(app: Flask, ann: Actor) -> None:
    job_id = ask(ann, Selection(people(ann, 8, city="Köln")), city="Bonn")
    work_off(app, most=2)
    cancel(app, ann, job_id)
    assert cities() == {"Bonn": 6, "Köln": 2}
    half_undone(app, ann, job_id)
    assert cities() == {"Bonn": 3, "Köln": 5}
    undo(app, ann, job_id)
    assert cities() == {"Köln": 8}
    told = sql("SELECT count(*), count(DISTINCT version) FROM contacts WHERE version IN (1, 3)")
    assert told == [(8, 2)], "six were changed and changed back, two never touched"


def test_undoing_cancelled_before_it_began_leaves_all(app: Flask, ann: Actor) -> None:
    job_id = done(app, ann, Selection(people(ann, 4, city="Köln")), city="Bonn")
    with unit_of_work():
        undo_id = undoing.ask(ann, job_id).id
    cancel(app, ann, undo_id)
    assert cities() == {"Bonn": 4}
    assert counts(ann, undo(app, ann, job_id)) == ("done", 4, 0, 0)
    assert cities() == {"Köln": 4}
