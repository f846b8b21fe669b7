"""A member with limits sees, finds and writes as far as the roles reach, and not a word beyond."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.grants import ANY, VERBS
from app.domain.members import rights
from app.records import documents, finding, labels, reading, writing
from app.records.options import options
from app.records.reading import Query

Limited = Callable[..., Actor]
EVERY = dict.fromkeys(VERBS, "all")


def role(levels: Mapping[str, Any], fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"objects": levels, "fields": fields or {}, "permissions": ["messages:read", "members:read"]}


def at(level: str, **verbs: str) -> dict[str, str]:
    """Every verb at one level, some at others."""
    return {**dict.fromkeys(VERBS, level), **verbs}


@pytest.fixture
def limited(bob: Actor) -> Limited:
    """Bob with one role of the company's own, and nothing beside it."""

    def made(levels: Mapping[str, Any], *mates: UUID, fields: Mapping[str, Any] | None = None) -> Actor:
        held = rights.resolved("custom", [role(levels, fields)])
        grants = replace(held.grants, mates=frozenset(mates)) if held.grants else None
        return replace(bob, permissions=held.permissions, grants=grants, role="custom")

    return made


@pytest.fixture
def firms(ann: Actor, bob: Actor, ralf: Actor) -> dict[str, UUID]:
    """A company of Bob's, one of Ralf's, and one of Ann's."""
    return {
        name: writing.create(ann, "companies", {"name": f"Pumpen {name}", "owner_id": who.id}).id
        for name, who in (("bob", bob), ("ralf", ralf), ("ann", ann))
    }


@pytest.mark.parametrize(
    ("level", "seen"),
    [("own", {"bob"}), ("team", {"bob", "ralf"}), ("all", {"bob", "ralf", "ann"}), ("none", set())],
)
def test_level_decides_which_rows_exist(
    level: str, seen: set[str], limited: Limited, firms: dict[str, UUID], ralf: Actor
) -> None:
    who = limited({ANY: at("all"), "companies": at(level)}, *([ralf.id] if ralf.id else []))
    wanted = {firms[name] for name in seen}
    if level == "none":
        with pytest.raises(NotFound):
            reading.page(who, "companies")
        return
    page = reading.page(who, "companies", Query(limit=200))
    assert {row.id for row in page.rows} & set(firms.values()) == wanted
    assert page.count is not None
    assert page.count.value == len(page.rows)
    assert {hit.record_id for hit in finding.find(who, "Pumpen")} & set(firms.values()) == wanted
    assert {each.id for each in options(who, "companies", "Pumpen")} & set(firms.values()) == wanted
    assert set(labels.titles_of(who, "companies", list(firms.values()))) == wanted
    for name, record_id in firms.items():
        if name in seen:
            assert reading.fetch(who, "companies", record_id).id == record_id
            assert documents.one(who, "companies", record_id).id == record_id
        else:
            for read in (reading.fetch, documents.one):
                with pytest.raises(NotFound):
                    read(who, "companies", record_id)
