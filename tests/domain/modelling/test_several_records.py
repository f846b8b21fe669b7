"""A field that holds several records: read, written, filtered and told at both ends."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.grants import ANY, VERBS
from app.core.ids import new_id
from app.domain.members import rights
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.domain.purging import actions as purging
from app.records import (
    counts,
    documents,
    filters,
    making,
    patience,
    reading,
    registry,
    timeline,
    trash,
    undo,
    writing,
)
from app.records.computed import settling
from app.records.joining import merge, moving, undoing
from app.records.reading import Query
from app.records.values import words
from app.records.writing import Row
from tenants import owner
from tenants.context import current
from tenants.session import session
from tests.cast import Workspace
from tests.office import bob, furnished

__all__ = ["bob"]

MACHINES = ({"en": "Machine", "de": "Maschine"}, {"en": "Machines", "de": "Maschinen"})
OPERATORS = FieldWish(
    "relations", {"en": "Operators"}, target="contacts", list_labels={"en": "Operates"}, in_table=True
)
HEADS = FieldWish(
    "rollup",
    {"en": "Machines"},
    name="machines",
    rollup={"aggregate": "count", "object": "x_machines", "field": "operators"},
)


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, whose machines have several operators."""
    with furnished(app, office) as ann:
        actions.add_object(ann, *MACHINES)
        assert actions.add_field(ann, "x_machines", OPERATORS) == "operators"
        parts = FieldWish("relations", {"en": "Parts"}, target="x_machines")
        assert actions.add_field(ann, "x_machines", parts) == "parts"
        assert actions.add_field(ann, "contacts", HEADS) == "x_machines"
        session.commit()
        actions.index("x_machines", "operators")
        session.commit()
    return office


@pytest.fixture
def bobs(bob: Actor) -> Actor:
    """Bob with all machines, and of people his own."""
    whole = dict.fromkeys(VERBS, "all")
    objects = {ANY: whole, "contacts": dict.fromkeys(VERBS, "own")}
    held = rights.resolved("custom", [{"objects": objects, "fields": {}, "permissions": []}])
    return replace(bob, permissions=held.permissions, grants=held.grants, role="custom")


def _person(actor: Actor, name: str) -> UUID:
    return writing.create(actor, "contacts", {"last_name": name, "owner_id": actor.id}).id


def _machine(ann: Actor, *people: UUID, name: str = "Press") -> UUID:
    return writing.create(ann, "x_machines", {"name": name, "operators": [*people]}).id


def _operators(actor: Actor, machine: UUID) -> list[UUID]:
    return [UUID(each) for each in reading.fetch(actor, "x_machines", machine)["operators"] or ()]


def _told(actor: Actor, machine: UUID, *expand: str) -> object:
    told = documents.one(actor, "x_machines", machine, fields=["operators"], expand=expand).json
    return orjson.loads(told)["operators"]


def _found(actor: Actor, op: str, *people: UUID, field: str = "operators") -> list[str]:
    value = [str(each) for each in people] or None
    where = filters.parse_json(registry.get("x_machines"), {"field": field, "op": op, "value": value}, actor)
    return sorted(row.title for row in reading.page(actor, "x_machines", Query(where)).rows)


def test_who_holds_a_record_is_found_at_once(
    ann: Actor, bobs: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the field's index: how many they are the planner cannot know, and would walk along the order."""
    mine = _person(bobs, "Kim")
    _machine(ann, mine)
    monkeypatch.setattr(patience, "_either", lambda _: pytest.fail("walked along the order"))
    for who in (ann, bobs):
        assert _found(who, "in", mine) == ["Press"]


def test_several_are_kept_in_their_order_each_once(ann: Actor) -> None:
    kim, ole = _person(ann, "Kim"), _person(ann, "Ole")
    machine = _machine(ann, ole, kim, ole)
    assert _operators(ann, machine) == [ole, kim]
    (row,) = reading.page(ann, "x_machines", Query(filters.Condition("id", "eq", machine))).rows
    assert (row["operators"], row.names["operators"]) == ([str(ole), str(kim)], ("Ole", "Kim"))
    assert _told(ann, machine) == [str(ole), str(kim)]
    assert [each["last_name"] for each in _told(ann, machine, "operators")] == ["Ole", "Kim"]  # type: ignore[attr-defined]
    writing.update(ann, "x_machines", machine, {"operators": f"{kim}, {ole}"})
    assert _operators(ann, machine) == [kim, ole]
    writing.update(ann, "x_machines", machine, {"operators": []})
    assert (_operators(ann, machine), _told(ann, machine)) == ([], None)


def test_new_record_is_told_with_those_of_its_own_object(ann: Actor) -> None:
    part = _machine(ann, name="Motor")
    made = making.create(ann, "x_machines", {"name": "Press", "parts": [str(part)]}, fields=["parts"])
    assert orjson.loads(made.json)["parts"] == [str(part)]


def test_other_side_lists_what_points_to_it(ann: Actor) -> None:
    kim, ole = _person(ann, "Kim"), _person(ann, "Ole")
    machine = _machine(ann, kim, ole)
    listed = next(each for each in registry.get("contacts").related if each.field == "operators")
    assert (listed.object, listed.label) == ("x_machines", "Operates")
    assert [row.id for row in reading.related(ann, "contacts", ole, listed.name).rows] == [machine]
    assert counts.related_counts(ann, registry.get("contacts"), ole)[listed.name] == 1


@pytest.mark.parametrize("which", ["unknown", "company", "trashed", "itself", "many"])
def test_what_cannot_be_pointed_to_is_refused(ann: Actor, which: str) -> None:
    machine, gone = _machine(ann), _person(ann, "Gone")
    trash.trash(ann, "contacts", gone)
    company = writing.create(ann, "companies", {"name": "Nordwind"}).id
    given: dict[str, Sequence[UUID]] = {
        "unknown": [new_id()],
        "company": [company],
        "trashed": [gone],
        "itself": [machine],
        "many": [new_id() for _ in range(51)],
    }
    field = "parts" if which == "itself" else "operators"
    with pytest.raises(Invalid) as refused:
        writing.update(ann, "x_machines", machine, {field: given[which]})
    codes = {"itself": "itself", "many": "too_many"}
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == (field, codes.get(which, "not_found"))


def test_filters_find_by_one_of_several(ann: Actor) -> None:
    kim, ole, ida = (_person(ann, name) for name in ("Kim", "Ole", "Ida"))
    names = {"One": [kim], "Two": [kim, ole], "None": []}
    _ = [_machine(ann, *people, name=name) for name, people in names.items()]
    assert _found(ann, "in", ole, ida) == ["Two"]
    assert _found(ann, "in", kim) == ["One", "Two"]
    assert set(_found(ann, "not_in", ole)) >= {"None", "One"}
    assert "Two" not in _found(ann, "not_in", ole)
    assert {"None"} <= set(_found(ann, "empty"))
    assert "One" not in _found(ann, "empty")
    assert {"One", "Two"} <= set(_found(ann, "not_empty"))
    where = {"field": "operators.last_name", "op": "eq", "value": "Ole"}
    found = filters.parse_json(registry.get("x_machines"), where, ann)
    assert "Two" in [row.title for row in reading.page(ann, "x_machines", Query(found)).rows]
    listed = next(each.name for each in registry.get("contacts").related if each.field == "operators")
    tree = {"any": listed, "where": {"field": "name", "op": "eq", "value": "Two"}}
    found = filters.parse_json(registry.get("contacts"), tree, ann)
    ids = {row.id for row in reading.page(ann, "contacts", Query(found)).rows}
    assert {kim, ole} <= ids
    assert ida not in ids


def test_list_cannot_be_sorted_by_several(ann: Actor) -> None:
    with pytest.raises(Invalid):
        reading.page(ann, "x_machines", Query(sort="operators"))
    with pytest.raises(Invalid):
        actions.change_field(ann, "x_machines", "operators", {"is_sortable": True})


def test_those_not_seen_do_not_exist_and_stay(ann: Actor, bob: Actor, bobs: Actor) -> None:
    kim, ole, ida = _person(ann, "Kim"), _person(bob, "Ole"), _person(bob, "Ida")
    machine = _machine(ann, ole, kim)
    assert (_operators(bobs, machine), _told(bobs, machine)) == ([ole], [str(ole)])
    assert [each["id"] for each in _told(bobs, machine, "operators")] == [str(ole)]  # type: ignore[attr-defined]
    assert (_found(bobs, "in", kim), _found(bobs, "in", ole)) == ([], ["Press"])
    writing.update(bobs, "x_machines", machine, {"operators": [ida]})
    assert (_operators(bobs, machine), _operators(ann, machine)) == ([ida], [ida, kim])
    assert writing.write_many(bobs, "x_machines", [Row({"operators": []}, machine)])[0].state == "updated"
    assert (_operators(bobs, machine), _operators(ann, machine)) == ([], [kim])
    version = reading.fetch(ann, "x_machines", machine).version
    writing.update(bobs, "x_machines", machine, {"operators": ""})
    assert reading.fetch(ann, "x_machines", machine).version == version
    for mine in ([kim], [ole, kim], f"{ole},{kim}"):
        with pytest.raises(Invalid) as refused:
            writing.update(bobs, "x_machines", machine, {"operators": mine})
        assert [(each.path, each.code) for each in refused.value.problems] == [("operators", "not_found")]
    assert str(kim) not in str(timeline.timeline(bobs, [machine]).entries)


def test_a_conflict_tells_no_more_than_is_seen(ann: Actor, bob: Actor, bobs: Actor) -> None:
    kim, ole, ida = _person(ann, "Kim"), _person(bob, "Ole"), _person(bob, "Ida")
    machine = _machine(ann, kim)
    writing.update(ann, "x_machines", machine, {"operators": [kim, ole]})
    with pytest.raises(Conflict) as clash:
        writing.update(bobs, "x_machines", machine, {"operators": [ida]}, base_version=1)
    told = (clash.value.yours, clash.value.theirs, clash.value.base)
    assert [each["operators"] for each in told] == [[str(ida)], [str(ole)], None]


def test_history_names_them_and_an_edit_is_taken_back(ann: Actor) -> None:
    kim, ole = _person(ann, "Kim"), _person(ann, "Ole")
    machine = _machine(ann, kim)
    writing.update(ann, "x_machines", machine, {"operators": [ole, kim]})
    entry = timeline.timeline(ann, [machine]).entries[0]
    (change,) = entry.changes
    assert (change.before_label, change.after_label) == ("Kim", "Ole, Kim")
    assert timeline.timeline(ann, [ole]).entries[0].record_id == machine
    trash.trash(ann, "contacts", kim)
    undo.undo(ann, entry.fact_ids[0])
    trash.restore(ann, "contacts", kim)
    assert _operators(ann, machine) == [kim]


def test_what_lies_in_the_trash_comes_back_and_purged_goes(ann: Actor) -> None:
    kim, ole = _person(ann, "Kim"), _person(ann, "Ole")
    machine = _machine(ann, kim, ole)
    trash.trash(ann, "contacts", kim)
    assert (_operators(ann, machine), _told(ann, machine)) == ([ole], [str(ole)])
    assert _found(ann, "in", kim) == []
    writing.update(ann, "x_machines", machine, {"operators": [ole]})
    trash.restore(ann, "contacts", kim)
    assert _operators(ann, machine) == [kim, ole]
    trash.trash(ann, "contacts", kim)
    purging.purge(ann, "contacts", [kim])
    kept = session.scalar(text("SELECT custom -> 'operators' FROM records WHERE id = :id"), {"id": machine})
    assert kept == [str(ole)]


def test_merging_turns_them_and_is_taken_back(ann: Actor) -> None:
    kim, ole, ida = (_person(ann, name) for name in ("Kim", "Ole", "Ida"))
    one, both = _machine(ann, ida, ole), _machine(ann, ole, kim)
    assert moving.counts(registry.get("contacts"), ole)["x_machines"] == 2
    merge.merge(ann, "contacts", kim, ole)
    assert (_operators(ann, one), _operators(ann, both)) == ([ida, kim], [kim])
    undoing.unmerge(ann, "contacts", ole)
    assert (_operators(ann, one), set(_operators(ann, both))) == ([ida, ole], {kim, ole})


def test_merging_two_that_name_each_other_names_neither(ann: Actor) -> None:
    third, drop = _machine(ann, name="Third"), _machine(ann, name="Drop")
    keep = writing.create(ann, "x_machines", {"name": "Keep", "parts": [drop, third]}).id
    merge.merge(ann, "x_machines", keep, drop)
    assert reading.fetch(ann, "x_machines", keep)["parts"] == [str(third)]


@pytest.mark.parametrize(
    ("choice", "left"), [(None, [0, 1, 2]), ("both", [0, 1, 2]), ("keep", [0, 1]), ("drop", [1, 2])]
)
def test_merging_two_unites_what_they_hold_and_is_taken_back(
    ann: Actor, choice: str | None, left: list[int]
) -> None:
    people = [_person(ann, name) for name in ("Kim", "Ole", "Ida")]
    keep, drop = _machine(ann, *people[:2], name="Keep"), _machine(ann, *people[1:], name="Drop")
    merge.merge(ann, "x_machines", keep, drop, {"operators": choice} if choice else {})
    assert _operators(ann, keep) == [people[each] for each in left]
    undoing.unmerge(ann, "x_machines", drop)
    assert (_operators(ann, keep), _operators(ann, drop)) == (people[:2], people[1:])


def test_merging_two_keeps_what_a_field_may_hold_at_most(ann: Actor) -> None:
    people = [_person(ann, f"Person {number}") for number in range(words.MOST_RECORDS + 5)]
    keep, drop = _machine(ann, *people[10:], name="Keep"), _machine(ann, *people[:15], name="Drop")
    merge.merge(ann, "x_machines", keep, drop)
    assert _operators(ann, keep) == [*people[10:], *people[:5]]
    undoing.unmerge(ann, "x_machines", drop)
    assert (_operators(ann, keep), _operators(ann, drop)) == (people[10:], people[:15])


def test_both_are_taken_of_several_records_alone(ann: Actor) -> None:
    keep, drop = _machine(ann, name="Keep"), _machine(ann, name="Drop")
    with pytest.raises(Invalid):
        merge.merge(ann, "x_machines", keep, drop, {"name": "both"})
    with pytest.raises(Invalid):
        merge.merge(ann, "x_machines", keep, drop, {"operators": "neither"})


def test_roll_up_counts_what_names_the_record(ann: Actor) -> None:
    kim, ole = _person(ann, "Kim"), _person(ann, "Ole")
    machine = _machine(ann, kim, ole)
    _machine(ann, kim)
    settling.settle()
    assert [reading.fetch(ann, "contacts", each)["x_machines"] for each in (kim, ole)] == [2, 1]
    writing.update(ann, "x_machines", machine, {"operators": [ole]})
    settling.settle()
    assert [reading.fetch(ann, "contacts", each)["x_machines"] for each in (kim, ole)] == [1, 1]


def test_those_that_name_a_record_have_an_index(ann: Actor) -> None:
    assert registry.get("x_machines").by_name["operators"].holds == "contacts"
    with owner.of_cell(current().cell, "kith tests") as cell:
        found = cell.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = 'records'",
            [current().schema],
        )
        indexes = [row[0] for row in found.fetchall()]
    assert any("USING gin" in each and "jsonb_path_ops" in each and "operators" in each for each in indexes)


@pytest.mark.parametrize("kind", ["relation", "relations"])
def test_record_is_read_while_what_it_points_to_is_hidden(ann: Actor, kind: str) -> None:
    actions.add_object(ann, {"en": "Tool"}, {"en": "Tools"})
    called = actions.add_field(ann, "contacts", FieldWish(kind, {"en": "Tool"}, target="x_tools"))
    tool = writing.create(ann, "x_tools", {"name": "Saw"}).id
    given = tool if kind == "relation" else [tool]
    kim = writing.create(ann, "contacts", {"last_name": "Kim", called: given}).id
    actions.change_object(ann, "x_tools", is_hidden=True)
    assert reading.fetch(ann, "contacts", kim).title == "Kim"
    assert timeline.timeline(ann, [kim]).entries
    assert orjson.loads(documents.one(ann, "contacts", kim).json)["last_name"] == "Kim"
