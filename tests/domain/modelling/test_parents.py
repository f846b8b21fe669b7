"""Records of a company's own belong to others by relations that it says so of; none leads back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.grants import ANY, VERBS
from app.domain.members import rights
from app.domain.modelling import actions, history, undoing
from app.domain.modelling.rules import FieldWish
from app.records import finding, reading, registry, writing
from app.records.reading import Query
from tests.cast import BOB, Workspace

OWN = dict.fromkeys(VERBS, "own")


@pytest.fixture
def bob(ann: Actor, office: Workspace) -> Actor:
    """Bob, who sees what is his and what belongs to that."""
    role = {"objects": {ANY: OWN}, "fields": {}, "permissions": []}
    held = rights.resolved("custom", [role])
    return replace(office.actor(BOB), permissions=held.permissions, grants=held.grants, role="custom")


def _object(ann: Actor, name: str, parent: str | None = None, **more: Any) -> str:
    made = actions.add_object(ann, {"en": name}, {"en": f"{name}s"}).name
    if parent:
        wish = FieldWish("relation", {"en": "Place"}, target=parent, is_parent=True)
        actions.add_field(ann, made, replace(wish, **more))
    return made


def _seen(bob: Actor, name: str) -> set[UUID]:
    return {row.id for row in reading.page(bob, name, Query()).rows}


def _refused(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in refused.value.problems]


def _chain(ann: Actor, bob: Actor) -> Mapping[str, UUID]:
    """A site of Bob's company with a machine, neither of them owned, and a machine of nobody's."""
    _object(ann, "Site", "companies")
    _object(ann, "Machine", "x_sites")
    firm = writing.create(ann, "companies", {"name": "Bobs", "owner_id": str(bob.id)})
    other = writing.create(ann, "companies", {"name": "Anns", "owner_id": str(ann.id)})
    found = {"firm": firm.id, "other": other.id}
    for name, company in (("site", firm), ("far", other)):
        values = {"name": name, "place": str(company.id), "owner_id": None}
        found[name] = writing.create(ann, "x_sites", values).id
    for name, site in (("press", "site"), ("lathe", "far")):
        values = {"name": name, "place": str(found[site]), "owner_id": None}
        found[name] = writing.create(ann, "x_machines", values).id
    return found


def test_children_are_seen_with_their_parents(ann: Actor, bob: Actor) -> None:
    found = _chain(ann, bob)
    assert _seen(bob, "x_sites") == {found["site"]}
    assert _seen(bob, "x_machines") == {found["press"]}
    assert reading.fetch(bob, "x_machines", found["press"]).title == "press"
    with pytest.raises(NotFound):
        reading.fetch(bob, "x_machines", found["lathe"])
    assert [hit.title for hit in finding.find(bob, "lathe")] == []
    writing.update(bob, "x_machines", found["press"], {"name": "Press 7"})


def test_owner_goes_before_the_parent(ann: Actor, bob: Actor) -> None:
    found = _chain(ann, bob)
    writing.update(ann, "x_machines", found["press"], {"owner_id": str(ann.id)})
    assert _seen(bob, "x_machines") == set()


def test_without_the_choice_nothing_is_inherited(ann: Actor, bob: Actor) -> None:
    found = _chain(ann, bob)
    actions.change_field(ann, "x_machines", "place", {"is_parent": None})
    assert registry.get("x_machines").parents == ()
    assert _seen(bob, "x_machines") == set()
    step = history.page(ann, object_name="x_machines").steps[0]
    undoing.undo(ann, step.id)
    assert _seen(bob, "x_machines") == {found["press"]}


def test_hidden_relation_gives_nothing(ann: Actor, bob: Actor) -> None:
    found = _chain(ann, bob)
    actions.change_field(ann, "x_sites", "place", {"is_hidden": True})
    assert (_seen(bob, "x_sites"), _seen(bob, "x_machines")) == (set(), set())
    actions.change_field(ann, "x_sites", "place", {"is_hidden": False})
    assert _seen(bob, "x_machines") == {found["press"]}


def test_ways_that_lead_back_are_refused(ann: Actor, bob: Actor) -> None:
    _chain(ann, bob)
    for name, target in (("x_sites", "x_machines"), ("x_sites", "x_sites"), ("companies", "x_machines")):
        wish = FieldWish("relation", {"en": "Back"}, target=target, is_parent=True)
        with pytest.raises(Invalid) as refused:
            actions.add_field(ann, name, wish)
        assert _refused(refused) == [("is_parent", "cyclic")]
    back = actions.add_field(ann, "x_sites", FieldWish("relation", {"en": "Back"}, target="x_machines"))
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_sites", back, {"is_parent": True})
    assert _refused(refused) == [("is_parent", "cyclic")]


def test_what_was_hidden_while_the_way_was_closed_ends_it(ann: Actor, bob: Actor) -> None:
    found = _chain(ann, bob)
    actions.change_object(ann, "x_machines", is_hidden=True)
    actions.change_object(ann, "x_machines", is_hidden=False)
    actions.change_field(ann, "x_machines", "place", {"is_hidden": True})
    wish = FieldWish("relation", {"en": "Back"}, target="x_machines", is_parent=True)
    actions.add_field(ann, "x_sites", wish)
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_machines", "place", {"is_hidden": False})
    assert _refused(refused) == [("is_parent", "cyclic")]
    assert _seen(bob, "x_sites") == {found["site"]}


def test_ways_are_short_and_few(ann: Actor, bob: Actor) -> None:
    last = "companies"
    for number in range(4):
        last = _object(ann, f"Level {number}", last)
    with pytest.raises(Invalid) as refused:
        _object(ann, "Level 4", last)
    assert _refused(refused) == [("is_parent", "too_far")]
    bottom = _object(ann, "Leaf", "contacts")
    for number in range(2):
        wish = FieldWish("relation", {"en": f"More {number}"}, target="products", is_parent=True)
        actions.add_field(ann, bottom, wish)
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, bottom, replace(wish, labels={"en": "One more"}))
    assert _refused(refused) == [("is_parent", "too_many")]


def test_parts_keep_the_parents_they_have(ann: Actor) -> None:
    wish = FieldWish("relation", {"en": "Place"}, target="companies", is_parent=True)
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, "activities", wish)
    assert _refused(refused) == [("is_parent", "not_possible")]
