"""A member with limits is given few records by their ids; of many each is looked at that one comes by."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.core.grants import ANY, VERBS, Grants, Level, Verb
from app.records import fences, finding, patience, reaches, reading, registry, writing
from app.records.filters import Condition
from app.records.reading import Count, Query
from tenants.session import session

ALL: dict[Verb, Level] = dict.fromkeys(VERBS, "all")
OWN: dict[Verb, Level] = dict.fromkeys(VERBS, "own")


@pytest.fixture(params=["few", "many"])
def bobs(request: pytest.FixtureRequest, bob: Actor, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Bob, who sees what is his; as one of few records, and as one of very many."""
    if request.param == "many":
        monkeypatch.setattr(reaches, "FEW", -1)
    return replace(bob, role="custom", grants=Grants({ANY: OWN}))


@pytest.fixture
def people(ann: Actor, bob: Actor) -> None:
    """A person of Bob's, one of a company of his, one of Ann's at that company, and one of nobody's."""
    own, hers = bob.member_id, ann.member_id
    assert own is not None
    assert hers is not None
    firm = writing.create(ann, "companies", {"name": "Aare", "owner_id": own}).id
    people: dict[str, dict[str, UUID]] = {
        "His": {"owner_id": own},
        "Theirs": {"company_id": firm},
        "Hers": {"company_id": firm, "owner_id": hers},
        "Nobodys": {},
    }
    for name, more in people.items():
        writing.create(ann, "contacts", {"last_name": f"Meyer {name}", "city": "Bonn", **more})


SEEN = ["Meyer His", "Meyer Theirs"]


def test_lists_show_what_is_theirs(bobs: Actor, people: None) -> None:
    for order in ("name", "-city", "updated_at", "street"):
        rows = reading.page(bobs, "contacts", Query(sort=order)).rows
        assert sorted(row.title for row in rows) == SEEN
    here = Query(sort="-name", where=Condition("city", "eq", "Bonn"), limit=1)
    first = reading.page(bobs, "contacts", here)
    rest = reading.page(bobs, "contacts", replace(here, cursor=first.next_cursor))
    assert [row.title for row in (*first.rows, *rest.rows)] == SEEN[::-1]


def test_lists_that_are_sorted_at_last_show_the_same(
    bobs: Actor, ann: Actor, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where walking along the order takes too long, what is theirs is found first, and sorted."""
    monkeypatch.setattr(patience, "_either", lambda ask: ask("sorted"))
    firm = reading.page(bobs, "companies").rows[0].id
    deal = writing.create(ann, "deals", {"name": "Deal", "company_id": firm}).id
    writing.create(ann, "activities", {"subject": "Call", "deal_id": deal, "owner_id": ann.id})
    for order in ("name", "-city", "updated_at"):
        assert sorted(row.title for row in reading.page(bobs, "contacts", Query(sort=order)).rows) == SEEN
    assert [row.title for row in reading.page(bobs, "activities").rows] == ["Call"]


def test_very_many_are_counted_by_whose_they_are(
    bobs: Actor, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His own alone are more than are counted; those that are his by a company need not be."""
    first = Query(limit=1)
    assert reading.page(bobs, "contacts", first).count == Count(2, exact=True)
    monkeypatch.setattr(reading, "COUNTED", 0)
    for _ in range(2):
        assert reading.page(bobs, "contacts", first).count == Count(0, exact=False)


def test_statements_of_features_see_what_is_theirs(bobs: Actor, ann: Actor, people: None) -> None:
    counting = text("SELECT count(*) FROM contacts WHERE deleted_at IS NULL")
    for held in (fences.within, fences.gathered):
        assert session.scalar(held(bobs, counting)) == len(SEEN)
        assert session.scalar(held(ann, counting)) > len(SEEN)


def test_what_belongs_to_a_company_is_looked_at(bobs: Actor, people: None) -> None:
    firm = reading.page(bobs, "companies").rows[0].id
    there = Query(where=Condition("company_id", "eq", firm))
    assert [row.title for row in reading.page(bobs, "contacts", there).rows] == ["Meyer Theirs"]


def test_search_finds_what_is_theirs(bobs: Actor, people: None) -> None:
    for typed in ("meyer", "Mey", "bonn", "eye", "Meyer Theirs", "theirs", "Mexer"):
        hits = finding.find(bobs, typed)
        assert {hit.title for hit in hits if hit.object == "contacts"} <= set(SEEN)
    assert {hit.title for hit in finding.find(bobs, "meyer")} == set(SEEN)
    assert [hit.title for hit in finding.find(bobs, "theirs")] == ["Meyer Theirs"]
    assert sorted(hit.title for hit in finding.find_in(bobs, "contacts", "")) == SEEN


def test_parts_go_by_what_they_belong_to(bobs: Actor, ann: Actor, bob: Actor) -> None:
    firms = [
        writing.create(ann, "companies", {"name": name, "owner_id": owner.id}).id
        for name, owner in (("Aare", bob), ("Elbe", ann))
    ]
    for number, firm in enumerate(firms):
        deal = writing.create(ann, "deals", {"name": f"Deal {number}", "company_id": firm}).id
        writing.create(ann, "activities", {"subject": f"Call {number}", "deal_id": deal, "owner_id": ann.id})
    assert [row.title for row in reading.page(bobs, "deals").rows] == ["Deal 0"]
    assert [row.title for row in reading.page(bobs, "activities").rows] == ["Call 0"]
    assert [hit.title for hit in finding.find(bobs, "call")] == ["Call 0"]


def test_without_limits_nothing_is_asked(ann: Actor) -> None:
    assert reaches.of(ann, registry.get("contacts")).rows() is None
    team = replace(ann, role="custom", grants=Grants({ANY: ALL}))
    assert reaches.of(team, registry.get("contacts")).rows() is None


def test_what_comes_twice_hides_nothing(
    ann: Actor, bob: Actor, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = replace(bob, role="custom", grants=Grants({ANY: OWN}))
    firm = reading.page(limited, "companies").rows[0].id
    for number in range(4):
        values = {"subject": f"Call {number}", "company_id": firm, "owner_id": bob.member_id}
        writing.create(ann, "activities", values)
    monkeypatch.setattr(reaches, "FEW", 5)
    assert len(reading.page(limited, "activities").rows) == 4
