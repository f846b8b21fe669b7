"""What happened, as people read it, and taking it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound
from app.core.ids import new_id
from app.records import facts, journal, reading, undo, writing

# Behind whatever is written at the time of the test.
LATER = datetime.now(UTC) + timedelta(days=400)


@pytest.fixture
def meyer(ann: Actor) -> Any:
    return writing.create(ann, "companies", {"name": "Meyer"})


@pytest.fixture
def carol(ann: Actor, meyer: Any) -> Any:
    return writing.create(ann, "contacts", {"last_name": "Meyer", "city": "Bonn", "company_id": meyer.id})


def latest(actor: Actor, record_id: Any) -> facts.Entry:
    return facts.timeline(actor, [record_id]).entries[0]


def test_company_tells_of_its_people_and_orders(ann: Actor, meyer: Any, carol: Any) -> None:
    order = writing.create(ann, "orders", {"contact_id": carol.id})
    writing.create(ann, "deliveries", {"order_id": order.id})
    told = [(entry.verb, entry.object) for entry in facts.timeline(ann, [meyer.id]).entries]

    assert {("created", name) for name in ("companies", "contacts", "orders", "deliveries")} <= set(told)
    assert told[-1] == ("created", "companies")


def test_entry_tells_before_and_after_by_name(ann: Actor, bob: Actor, meyer: Any, carol: Any) -> None:
    otto = writing.create(ann, "companies", {"name": "Otto"})
    writing.update(bob, "contacts", carol.id, {"company_id": otto.id, "city": "Köln"})
    entry = latest(ann, carol.id)
    changes = {change.field: change for change in entry.changes}

    assert (entry.actor_name, entry.door, entry.verb) == ("Bob Lind", "web", "updated")
    assert (changes["city"].before, changes["city"].after) == ("Bonn", "Köln")
    assert (changes["company_id"].before_label, changes["company_id"].after_label) == ("Meyer", "Otto")
    assert latest(ann, meyer.id).record_id == carol.id


def test_edits_within_minutes_are_told_as_one(ann: Actor, bob: Actor, carol: Any) -> None:
    for minutes, city in ((0, "Köln"), (5, "Ulm"), (30, "Trier")):
        with clock.frozen(LATER + timedelta(minutes=minutes)):
            writing.update(bob, "contacts", carol.id, {"city": city})
    later, earlier = facts.timeline(ann, [carol.id]).entries[:2]

    assert [(c.before, c.after) for c in (*later.changes, *earlier.changes)] == [
        ("Ulm", "Trier"),
        ("Bonn", "Ulm"),
    ]
    assert len(earlier.fact_ids) == 2


def test_long_stories_come_in_pieces(ann: Actor, carol: Any) -> None:
    for number in range(5):
        with clock.frozen(LATER + timedelta(hours=number)):
            writing.update(ann, "contacts", carol.id, {"city": f"City {number}"})
    first = facts.timeline(ann, [carol.id], limit=4)
    second = facts.timeline(ann, [carol.id], before=first.before, limit=4)

    assert (len(first.entries), len(second.entries), second.before) == (4, 2, None)
    assert second.entries[-1].verb == "created"


def test_imports_of_many_are_told_as_a_number(ann: Actor, meyer: Any) -> None:
    rows = [writing.Row({"last_name": f"P{n}", "company_id": meyer.id}) for n in range(9)]
    outcomes = writing.write_many(ann, "contacts", rows, title="people.csv")
    told = latest(ann, meyer.id)

    assert (told.verb, told.title, told.data["rows"]) == ("changed_many", "people.csv", 9)
    assert latest(ann, outcomes[0].record_id).verb == "created"


def test_what_one_may_not_read_is_not_told(ann: Actor, meyer: Any, carol: Any) -> None:
    narrow = Actor("client", None, "Program", "api", frozenset({"companies:read"}))

    assert {entry.object for entry in facts.timeline(narrow, [meyer.id]).entries} == {"companies"}


def test_edit_is_taken_back(ann: Actor, carol: Any) -> None:
    writing.update(
        ann,
        "contacts",
        carol.id,
        {"city": "Köln", "email": "c@x.example", "birthday": "1.2.1980", "income": "1,5"},
    )
    undo.undo(ann, latest(ann, carol.id).fact_ids[0])
    found = reading.fetch(ann, "contacts", carol.id)

    assert (found["city"], found["email"], found["emails"], found["birthday"], found["income"]) == (
        "Bonn",
        None,
        [],
        None,
        None,
    )
    assert found.version == 3


def test_edit_taken_back_is_told_as_such(ann: Actor, bob: Actor, carol: Any) -> None:
    """Until that is taken back as well; in whichever piece of a long story it stands."""

    def undone() -> list[bool]:
        whole = facts.timeline(ann, [carol.id])
        first = facts.timeline(ann, [carol.id], limit=1)
        rest = facts.timeline(ann, [carol.id], before=first.before)
        assert [*first.entries, *rest.entries] == whole.entries
        return [entry.undone for entry in whole.entries]

    with clock.frozen(LATER):
        writing.update(ann, "contacts", carol.id, {"city": "Köln"})
        edit = latest(ann, carol.id).fact_ids[0]
    assert undone() == [False, False]
    with clock.frozen(LATER + timedelta(hours=1)):
        undo.undo(bob, edit)
        assert undone() == [False, True, False]
        with pytest.raises(Conflict, match="taken back already"):
            undo.undo(ann, edit)
    with clock.frozen(LATER + timedelta(hours=2)):
        undo.undo(bob, latest(ann, carol.id).fact_ids[0])
        assert undone() == [False, True, False, False]
        undo.undo(ann, edit)
    assert reading.fetch(ann, "contacts", carol.id)["city"] == "Bonn"


def test_undo_gives_lists_and_numbers_back(ann: Actor, carol: Any) -> None:
    old = {"emails": ["a@x.example", "b@x.example"], "external_ids": {"sap": "1"}, "income": "1.234,5"}
    before = writing.update(ann, "contacts", carol.id, old)
    writing.update(ann, "contacts", carol.id, {"emails": [], "external_ids": {"sap": "2"}, "income": "7"})
    fact_id = facts.timeline(ann, [carol.id]).entries[0].fact_ids[0]
    after = undo.undo(ann, fact_id)

    for name in ("emails", "email", "external_ids", "income"):
        assert after[name] == before[name]


def test_undo_spares_what_changed_since(ann: Actor, bob: Actor, carol: Any) -> None:
    writing.update(ann, "contacts", carol.id, {"city": "Köln"})
    fact_id = latest(ann, carol.id).fact_ids[0]
    writing.update(bob, "contacts", carol.id, {"title": "CEO"})
    writing.update(bob, "contacts", carol.id, {"city": "Ulm"})
    with pytest.raises(Conflict) as caught:
        undo.undo(ann, fact_id)

    assert caught.value.theirs == {"city": "Ulm"}
    assert reading.fetch(ann, "contacts", carol.id)["city"] == "Ulm"


def test_new_and_trashed_records_are_undone(ann: Actor, carol: Any) -> None:
    created = latest(ann, carol.id).fact_ids[0]
    assert undo.undo(ann, created).deleted_at is not None
    trashed = latest(ann, carol.id).fact_ids[0]
    assert undo.undo(ann, trashed).deleted_at is None
    with pytest.raises(Conflict):
        undo.undo(ann, created)


def test_an_old_deletion_is_not_taken_back(ann: Actor, bob: Actor, carol: Any) -> None:
    """Who undoes his own deletion must not bring back what somebody else deleted later."""
    writing.trash(ann, "contacts", carol.id)
    trashed = latest(ann, carol.id).fact_ids[0]
    writing.restore(bob, "contacts", carol.id)
    writing.trash(bob, "contacts", carol.id)
    with pytest.raises(Conflict):
        undo.undo(ann, trashed)


def test_foreign_or_unknown_facts_are_not_undone(ann: Actor, carol: Any) -> None:
    bulk = writing.write_many(ann, "contacts", [writing.Row({"city": "Ulm"}, carol.id)], title="x")
    narrow = Actor("client", None, "Program", "api", frozenset({"companies:read"}))

    assert bulk[0].state == "updated"
    with pytest.raises(Invalid):
        undo.undo(ann, latest(ann, carol.id).fact_ids[0])
    with pytest.raises(NotFound):
        undo.undo(narrow, facts.timeline(ann, [carol.id]).entries[-1].fact_ids[0])
    with pytest.raises(NotFound):
        undo.undo(ann, new_id())


def test_very_long_texts_in_bulk_are_told_as_well(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """No journal is longer than what is read again of one."""
    monkeypatch.setattr(journal, "LARGEST", 10_000)
    rows = [writing.Row({"last_name": f"Person {n}", "description": "x" * 1000}) for n in range(40)]
    outcomes = writing.write_many(ann, "contacts", rows, title="long.csv")
    for outcome in outcomes:
        assert outcome.record_id is not None
        assert latest(ann, outcome.record_id).title.startswith("Person")
