"""One value for many records, as a job that tells what it left alone."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed
from app.domain.bulk import actions, blocks, undoing
from app.domain.bulk.rules import Selection, Wanted
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries
from app.domain.jobs.slices import Budget
from app.records import writing
from tenants import catalogue, switches
from tenants.session import unit_of_work
from tests.cast import BOB, RALF, Workspace
from tests.domain.bulk.many import ask, cities, counts, done, found, people, sql, undo, verb, why
from tests.statements import counted
from tests.work import work_off


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SIZE", 3)


def test_selection_gets_one_value(app: Flask, ann: Actor) -> None:
    ids = people(ann, 8, city="Köln")
    job_id = done(app, ann, Selection(ids[:5]), city="Bonn")
    assert cities() == {"Bonn": 5, "Köln": 3}
    assert counts(ann, job_id) == ("done", 5, 0, 0)


def test_filter_means_those_it_finds_first(app: Flask, ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change itself, or others meanwhile, make a filter find others; these are not meant."""
    people(ann, 8, city="Köln")
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)
    job_id = ask(ann, found(city="Köln"), city="Bonn")
    work_off(app, most=1)
    assert cities() == {"Bonn": 3, "Köln": 5}
    with unit_of_work():
        late = writing.create(ann, "contacts", {"last_name": "Late", "city": "Köln"}).id
    work_off(app)
    assert cities() == {"Bonn": 8, "Köln": 1}
    assert sql("SELECT city FROM contacts WHERE id = :id", id=late) == [("Köln",)]
    assert counts(ann, job_id) == ("done", 8, 0, 0)


def test_what_has_the_value_is_skipped(app: Flask, ann: Actor) -> None:
    ids = [*people(ann, 2, city="Bonn")]
    job_id = done(app, ann, Selection(ids), city="Bonn")
    assert counts(ann, job_id) == ("done", 0, 2, 0)
    assert sql("SELECT count(*) FROM facts WHERE job_id = :id", id=job_id) == [(0,)]


def test_block_is_one_fact_with_its_journal(app: Flask, ann: Actor) -> None:
    job_id = done(app, ann, Selection(people(ann, 7)), city="Bonn")
    told = sql("SELECT rows_count, door, actor_name FROM facts WHERE job_id = :id ORDER BY id", id=job_id)
    assert told == [(3, "web", "Ann Berg"), (3, "web", "Ann Berg"), (1, "web", "Ann Berg")]


def test_missing_records_are_told(app: Flask, ann: Actor) -> None:
    ids = sorted([*people(ann, 2), uuid4()])
    job_id = done(app, ann, Selection(ids), city="Bonn")
    assert counts(ann, job_id) == ("done", 2, 0, 1)
    [(number, state, code)] = why(ann, job_id)
    assert (state, code) == ("failed", "not_found")
    assert sql("SELECT record_id FROM job_rows WHERE job_id = :id", id=job_id) == [(ids[number - 1],)]


def test_row_with_a_problem_hinders_no_other(app: Flask, ann: Actor) -> None:
    """Who has nothing but a name keeps it."""
    ids = people(ann, 3)
    with unit_of_work():
        nameless = writing.create(ann, "contacts", {"first_name": "Ada"}).id
    job_id = done(app, ann, Selection([*ids, nameless]), first_name="")
    assert counts(ann, job_id) == ("done", 3, 0, 1)
    assert [code for _, _, code in why(ann, job_id)] == ["required"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "required"),
        ({"town": "Bonn"}, "unknown_field"),
        ({"email": "x@nordwind.example"}, "not_for_many"),
        ({"name": "Ada"}, "not_for_many"),
        ({"lifecycle": "unheard of"}, "not_a_choice"),
        ({"company_id": str(uuid4())}, "not_found"),
        ({"city": "x\0y"}, None),
    ],
)
def test_values_that_fit_nobody_are_refused(ann: Actor, values: dict[str, str], code: str | None) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.ask(ann, "contacts", Wanted("edit", Selection([uuid4()]), values))
    assert code is None or [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize("ids", [[], [uuid4()] * 10_001])
def test_selections_of_nothing_and_too_many_are_refused(ann: Actor, ids: list[UUID]) -> None:
    with pytest.raises(Invalid), unit_of_work():
        actions.ask(ann, "contacts", Wanted("delete", Selection(ids)))


def test_reader_changes_nothing(nordwind: Workspace, ann: Actor) -> None:
    with pytest.raises(NotAllowed), unit_of_work():
        actions.ask(nordwind.actor(RALF), "contacts", Wanted("edit", Selection([uuid4()]), {"city": "x"}))


def test_owner_is_assigned(app: Flask, nordwind: Workspace, ann: Actor) -> None:
    bob = nordwind.members[BOB.email]
    ids = people(ann, 4)
    with unit_of_work():
        job_id = actions.ask(ann, "contacts", Wanted("assign", Selection(ids), {"owner_id": str(bob)})).id
    work_off(app)
    assert counts(ann, job_id) == ("done", 4, 0, 0)
    assert sql("SELECT DISTINCT owner_id FROM search WHERE object = 'contacts'") == [(bob,)]


def test_cancelled_change_is_told_and_undone(app: Flask, ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = people(ann, 8)
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)
    job_id = ask(ann, Selection(ids), city="Bonn")
    work_off(app, most=1)
    with pytest.raises(Conflict), unit_of_work():
        undoing.ask(ann, job_id)
    with unit_of_work():
        jobs.cancel(ann, job_id)
    work_off(app)
    assert cities() == {"Bonn": 3, "": 5}
    assert counts(ann, undo(app, ann, job_id)) == ("done", 3, 0, 0)
    assert cities() == {"": 8}


def test_statements_do_not_grow_with_the_rows(
    app: Flask, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 500)
    sent = []
    for number in (5, 50):
        ids = people(ann, number, city="Köln") if number == 5 else _more(ann)
        job_id = ask(ann, Selection(ids), city="Bonn")
        # Both times what is remembered for half a minute is asked for.
        catalogue.forget()
        switches.forget()
        with counted() as statements:
            work_off(app)
        assert counts(ann, job_id)[1] == number
        sent.append(len(statements))
    assert sent[1] <= sent[0] < 25


def _more(ann: Actor) -> list[UUID]:
    rows = [writing.Row({"first_name": f"More {place}"}) for place in range(50)]
    with unit_of_work():
        return [each.record_id for each in writing.write_many(ann, "contacts", rows) if each.record_id]


def test_deleted_records_are_restored(app: Flask, ann: Actor) -> None:
    ids = people(ann, 5)
    assert counts(ann, verb(app, ann, "delete", Selection(ids[:4]))) == ("done", 4, 0, 0)
    assert cities() == {"": 1}
    assert sql("SELECT count(*) FROM search") == [(1,)]
    assert sql("SELECT count(*) FROM identifiers WHERE is_live") == [(1,)]
    assert counts(ann, verb(app, ann, "restore", Selection())) == ("done", 4, 0, 0)
    assert cities() == {"": 5}
    assert sql("SELECT count(*) FROM search") == [(5,)]
    assert sql("SELECT count(*) FROM identifiers WHERE is_live") == [(5,)]


def test_taken_value_keeps_a_record_in_the_trash(app: Flask, ann: Actor) -> None:
    ids = people(ann, 3)
    verb(app, ann, "delete", Selection(ids))
    with unit_of_work():
        writing.create(ann, "contacts", {"email": "nr1@nordwind.example"})
    job_id = verb(app, ann, "restore", Selection(ids))
    assert counts(ann, job_id) == ("done", 2, 0, 1)
    assert [code for _, _, code in why(ann, job_id)] == ["taken"]


def test_undo_gives_the_values_from_before(app: Flask, ann: Actor) -> None:
    people(ann, 4, city="Köln")
    with unit_of_work():
        writing.create(ann, "contacts", {"last_name": "Otto", "city": "Bonn"})
    job_id = done(app, ann, Selection(), city="Trier")
    assert cities() == {"Trier": 5}
    undone = undo(app, ann, job_id)
    assert cities() == {"Köln": 4, "Bonn": 1}
    assert counts(ann, undone) == ("done", 5, 0, 0)
    with unit_of_work():
        assert undoing.ask(ann, job_id).id == undone


def test_undo_leaves_what_was_changed_since(app: Flask, ann: Actor) -> None:
    """Another field may have changed; the same one is somebody's later word."""
    ids = people(ann, 5, city="Köln")
    job_id = done(app, ann, Selection(ids), city="Bonn")
    with unit_of_work():
        writing.update(ann, "contacts", ids[0], {"city": "Jena"})
        writing.update(ann, "contacts", ids[1], {"title": "Chef"})
        writing.trash(ann, "contacts", ids[2])
    undone = undo(app, ann, job_id)
    assert cities() == {"Jena": 1, "Köln": 3}
    assert counts(ann, undone) == ("done", 3, 1, 1)
    assert sorted((state, code) for _, state, code in why(ann, undone)) == [
        ("failed", "not_found"),
        ("skipped", "changed_since"),
    ]


def test_deletion_and_restoration_are_undone(app: Flask, ann: Actor) -> None:
    ids = people(ann, 4)
    deleted = verb(app, ann, "delete", Selection(ids))
    undo(app, ann, deleted)
    assert cities() == {"": 4}
    verb(app, ann, "delete", Selection(ids))
    restored = verb(app, ann, "restore", Selection(ids))
    with unit_of_work():
        writing.update(ann, "contacts", ids[0], {"city": "Bonn"})
    assert counts(ann, undo(app, ann, restored)) == ("done", 3, 1, 0)
    assert cities() == {"Bonn": 1}


def test_undo_ends_after_thirty_days(app: Flask, ann: Actor) -> None:
    job_id = done(app, ann, Selection(people(ann, 2)), city="Bonn")
    with unit_of_work():
        job = queries.one(ann, job_id)
        assert job.finished_at
        job.finished_at -= timedelta(days=31)
    with pytest.raises(Conflict), unit_of_work():
        undoing.ask(ann, job_id)
