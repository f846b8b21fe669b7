"""A relation to what one does not see is empty: read, filtered, told; and nobody empties it by that."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import orjson
import pytest

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.grants import ANY, VERBS
from app.domain.bulk import queries as bulk
from app.domain.bulk.rules import Selection, Wanted
from app.domain.members import rights
from app.records import documents, filters, reading, registry, timeline, undo, writing
from app.records.filters import Condition
from app.records.reading import Query
from app.records.writing import Row

Limited = Callable[..., Actor]


@pytest.fixture
def bobs(bob: Actor) -> Actor:
    """Bob with everything about contacts, and of companies his own."""
    whole = dict.fromkeys(VERBS, "all")
    role = {
        "objects": {ANY: whole, "companies": dict.fromkeys(VERBS, "own")},
        "fields": {},
        "permissions": [],
    }
    held = rights.resolved("custom", [role])
    return replace(bob, permissions=held.permissions, grants=held.grants, role="custom")


@pytest.fixture
def theirs(ann: Actor) -> UUID:
    return writing.create(ann, "companies", {"name": "Geheim", "owner_id": ann.id}).id


@pytest.fixture
def mine(ann: Actor, bob: Actor) -> UUID:
    return writing.create(ann, "companies", {"name": "Offen", "owner_id": bob.id}).id


@pytest.fixture
def contact(ann: Actor, theirs: UUID) -> UUID:
    return writing.create(ann, "contacts", {"last_name": "Otto", "company_id": theirs}).id


def company_of(actor: Actor, contact: UUID) -> object:
    return reading.fetch(actor, "contacts", contact)["company_id"]


def test_it_reads_as_empty(ann: Actor, bobs: Actor, contact: UUID, theirs: UUID) -> None:
    assert (company_of(ann, contact), company_of(bobs, contact)) == (theirs, None)
    (row,) = reading.page(bobs, "contacts", Query(fields=["name", "company_id"])).rows
    assert (row["company_id"], row.labels.get("company_id")) == (None, None)
    told = documents.one(bobs, "contacts", contact, fields=["company_id"], expand=["company"]).json
    assert {**orjson.loads(told), "id": 0} == {
        "id": 0, "object": "contacts", "version": 1, "company_id": None, "company": None,
    }  # fmt: skip
    (listed,) = documents.page(bobs, "contacts", Query(fields=["company_id"], count=False)).json
    assert orjson.loads(listed)["company_id"] is None


OPS = {"eq": 0, "in": 0, "ne": 2, "empty": 1, "not_empty": 1}


@pytest.mark.usefixtures("contact")
@pytest.mark.parametrize("op", OPS)
def test_filters_find_it_empty(ann: Actor, bobs: Actor, theirs: UUID, mine: UUID, op: str) -> None:
    writing.create(ann, "contacts", {"last_name": "Offen", "company_id": mine})
    value = {"eq": str(theirs), "ne": str(theirs), "in": [str(theirs)]}.get(op)
    where = filters.parse_json(
        registry.get("contacts"), {"field": "company_id", "op": op, "value": value}, bobs
    )
    assert len(reading.page(bobs, "contacts", Query(where)).rows) == OPS[op]


def test_what_is_seen_is_still_found_by(ann: Actor, bobs: Actor, mine: UUID) -> None:
    there = writing.create(ann, "contacts", {"last_name": "Offen", "company_id": mine}).id
    page = reading.page(bobs, "contacts", Query(Condition("company_id", "eq", mine)))
    assert [row.id for row in page.rows] == [there]
    assert company_of(bobs, there) == mine


def test_a_form_that_shows_none_takes_none_away(ann: Actor, bobs: Actor, contact: UUID, theirs: UUID) -> None:
    writing.update(bobs, "contacts", contact, {"company_id": "", "city": "Bonn"})
    assert writing.write_many(bobs, "contacts", [Row({"company_id": None}, contact)])[0].state == "skipped"
    assert (company_of(ann, contact), reading.fetch(ann, "contacts", contact)["city"]) == (theirs, "Bonn")


def test_another_one_may_be_given(ann: Actor, bobs: Actor, contact: UUID, mine: UUID, theirs: UUID) -> None:
    writing.update(bobs, "contacts", contact, {"company_id": mine})
    assert company_of(ann, contact) == mine
    (change,) = timeline.timeline(bobs, [contact]).entries[0].changes
    assert (change.before, change.after) == (None, str(mine))
    assert str(theirs) not in str(timeline.timeline(bobs, [contact]))
    (whole,) = timeline.timeline(ann, [contact]).entries[0].changes
    assert whole.before == str(theirs)


def test_an_edit_of_which_nothing_is_seen_is_not_told(
    ann: Actor, bobs: Actor, contact: UUID, theirs: UUID
) -> None:
    other = writing.create(ann, "companies", {"name": "Auch geheim", "owner_id": ann.id}).id
    writing.update(ann, "contacts", contact, {"company_id": other})
    assert [entry.verb for entry in timeline.timeline(bobs, [contact]).entries] == ["created"]


def test_a_conflict_tells_no_more(ann: Actor, bobs: Actor, contact: UUID, mine: UUID) -> None:
    other = writing.create(ann, "companies", {"name": "Auch geheim", "owner_id": ann.id}).id
    writing.update(ann, "contacts", contact, {"company_id": other})
    with pytest.raises(Conflict) as clash:
        writing.update(bobs, "contacts", contact, {"company_id": mine}, base_version=1)
    assert (clash.value.theirs, clash.value.base) == ({"company_id": None}, {"company_id": None})


def test_undo_tells_no_more(ann: Actor, bobs: Actor, contact: UUID, mine: UUID, theirs: UUID) -> None:
    writing.update(bobs, "contacts", contact, {"company_id": mine})
    fact = undo.last_edit(contact)
    assert fact
    writing.update(ann, "contacts", contact, {"company_id": theirs})
    with pytest.raises(Conflict) as clash:
        undo.undo(bobs, fact)
    assert clash.value.theirs == {"company_id": None}


def test_a_bulk_change_does_not_count_them(ann: Actor, bobs: Actor, contact: UUID, theirs: UUID) -> None:
    wanted = Wanted("edit", Selection([contact]), {"company_id": str(theirs)})
    with pytest.raises(Invalid) as refused:
        bulk.preview(bobs, "contacts", wanted)
    assert refused.value.problems[0].code == "not_found"
