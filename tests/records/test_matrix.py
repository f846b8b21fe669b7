"""Roles times verbs times levels: what the policy says is what reading and writing do, for every object."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.actor import Actor
from app.core.errors import KithError, NotAllowed, NotFound
from app.core.grants import ANY, LEVELS, VERBS, Verb
from app.domain.files import queries as files
from app.domain.members import rights
from app.domain.messages import queries as messages
from app.records import documents, facts, finding, labels, reading, registry, scope, writing
from app.records.reading import Query

NEEDED: Mapping[str, Mapping[str, Any]] = {
    "companies": {"name": "Firm"},
    "contacts": {"last_name": "Person"},
    "deals": {"name": "Deal"},
    "activities": {"subject": "Call"},
    "orders": {"status": "placed"},
    "deliveries": {"promised_on": "2031-01-01"},
    "incidents": {"kind": "quality", "subject": "Rust"},
    "cases": {"subject": "Question"},
}
Whose = dict[tuple[str, str], UUID]
Subjects = Callable[..., Actor]


@pytest.fixture
def records(ann: Actor, bob: Actor, ralf: Actor) -> Whose:
    """One record of each object of Bob, of Ralf from his team, and of Ann, by object and level."""
    owners = {"own": bob, "team": ralf, "all": ann}
    return {
        (name, whose): writing.create(ann, name, {**values, "owner_id": owner.id}).id
        for name, values in NEEDED.items()
        for whose, owner in owners.items()
    }


def subject(bob: Actor, ralf: Actor, *roles: Mapping[str, Any]) -> Actor:
    """Bob with these roles of the company's own; Ralf is in his team."""
    told = [{"fields": {}, "permissions": ["messages:read"], **each} for each in roles]
    held = rights.resolved("custom", told)
    grants = held.grants and replace(held.grants, mates=frozenset({ralf.id or UUID(int=0)}))
    return replace(bob, permissions=held.permissions, grants=grants, role="custom")


@pytest.fixture
def subjects(bob: Actor, ralf: Actor) -> Subjects:
    return lambda *roles: subject(bob, ralf, *roles)


def _other(record_id: UUID) -> dict[str, object]:
    return {"external_ids": {"s": str(record_id)}}


def reached(level: str) -> set[str]:
    """Whose records a level reaches."""
    return {"none": set(), "own": {"own"}, "team": {"own", "team"}, "all": {"own", "team", "all"}}[level]


@pytest.mark.parametrize(("verb", "level"), [*product(("read", "update", "delete"), LEVELS)])
def test_every_verb_reaches_as_far_as_its_level(
    verb: Verb, level: str, subjects: Subjects, records: Whose
) -> None:
    levels = {**dict.fromkeys(VERBS, "all"), verb: level}
    who = subjects({"objects": {ANY: levels}})
    acts: Mapping[str, Callable[[str, UUID], object]] = {
        "read": lambda name, record_id: reading.fetch(who, name, record_id),
        "update": lambda name, record_id: writing.update(who, name, record_id, _other(record_id)),
        "delete": lambda name, record_id: writing.trash(who, name, record_id),
    }
    for (name, whose), record_id in records.items():
        refusal = NotFound if verb == "read" else NotAllowed
        if whose in reached(level):
            acts[verb](name, record_id)
        else:
            with pytest.raises(refusal):
                acts[verb](name, record_id)


@pytest.mark.parametrize(("one", "other"), [*product(("none", "own", "all", "deny"), repeat=2)])
def test_widest_role_counts_unless_one_denies(one: str, other: str, subjects: Subjects) -> None:
    who = subjects(*({"objects": {ANY: {"read": each}}} for each in (one, other)))
    level = who.grants.level("companies", "read") if who.grants else "all"
    expected = "none" if "deny" in {one, other} else max((one, other), key=LEVELS.index)
    assert level == expected
    assert ("companies:read" in who.permissions) == (expected != "none")


_levels = st.dictionaries(
    st.sampled_from([ANY, *NEEDED]),
    st.dictionaries(st.just("read"), st.sampled_from(["none", "own", "team"]), min_size=1),
    min_size=1,
)


@settings(max_examples=3)
@given(levels=_levels)
def test_no_route_leads_to_a_strangers_record(
    levels: dict[str, dict[str, str]], subjects: Subjects, records: Whose
) -> None:
    """Whatever own and team say, what is Ann's is found by no list, search, count, label, file or log."""
    who = subjects({"objects": {ANY: {"read": "own"}, **levels}})
    strangers = {record_id for (_, whose), record_id in records.items() if whose == "all"}
    words = ("Firm", "Person", "Deal", "Rust")
    seen: set[UUID] = {hit.record_id for word in words for hit in finding.find(who, word)}
    for name in NEEDED:
        ids = [records[name, "all"]]
        seen |= scope.visible(who, name, ids) | set(labels.titles_of(who, name, ids))
        for record_id in ids:
            for read in (reading.fetch, documents.one, files.of_record, messages.of_record):
                try:
                    read(who, name, record_id)
                except KithError:
                    continue
                seen.add(record_id)
        if scope.may(who, registry.get(name), "read"):
            page = reading.page(who, name, Query(limit=200))
            seen |= {row.id for row in page.rows}
            assert page.count == reading.Count(len(page.rows), exact=True)
    told = facts.timeline(who, list(records.values())).entries
    seen |= {entry.record_id for entry in told if entry.record_id}
    assert not seen & strangers
