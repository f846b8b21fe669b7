"""A company's own fields stand as it wants them, and as they stood again when that is taken back."""

from uuid import UUID

import pytest

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.domain.modelling import actions, history, ordering, undoing
from app.domain.modelling.rules import FieldWish
from app.records import registry
from tests.cast import BOB, Workspace

NAMES = ("serial", "price", "built_on")


@pytest.fixture
def ann(ann: Actor) -> Actor:
    """Ann, the owner, with machines that have three fields."""
    actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
    for name, kind in zip(NAMES, ("text", "money", "date"), strict=True):
        actions.add_field(ann, "x_machines", FieldWish(kind, {"en": name}, name=name))
    return ann


def _shown() -> list[str]:
    return [each.name for each in registry.get("x_machines").fields if each.custom]


def _order(ann: Actor, *names: str) -> UUID:
    ordering.order_fields(ann, "x_machines", names)
    latest = history.latest()
    assert latest is not None
    return latest


def _take_back(ann: Actor, name: str) -> None:
    steps = history.page(ann).steps
    undoing.undo(ann, next(each.id for each in steps if (each.verb, each.field) == ("field_added", name)))


def test_fields_stand_as_they_are_told(ann: Actor) -> None:
    _order(ann, "built_on", "price", "serial")
    # A currency goes with its money.
    assert _shown() == ["built_on", "price", "price_currency", "serial"]


def test_those_not_named_follow(ann: Actor) -> None:
    _order(ann, "built_on")
    assert ordering.own_order("x_machines") == ["built_on", "serial", "price"]


def test_new_field_comes_last_whatever_was_removed(ann: Actor) -> None:
    _take_back(ann, "serial")
    actions.add_field(ann, "x_machines", FieldWish("text", {"en": "Another"}, name="another"))
    assert ordering.own_order("x_machines") == ["price", "built_on", "another"]


def test_order_is_told_and_taken_back(ann: Actor) -> None:
    fact_id = _order(ann, "price")
    step = history.one(ann, fact_id)
    assert step.changes == {"order": (list(NAMES), ["price", "serial", "built_on"])}
    undoing.undo(ann, fact_id)
    assert ordering.own_order("x_machines") == list(NAMES)


def test_undo_leaves_what_came_since_behind(ann: Actor) -> None:
    fact_id = _order(ann, "price")
    actions.add_field(ann, "x_machines", FieldWish("text", {"en": "Another"}, name="another"))
    _take_back(ann, "built_on")
    undoing.undo(ann, fact_id)
    assert ordering.own_order("x_machines") == ["serial", "price", "another"]


def test_undo_is_refused_over_a_later_order(ann: Actor) -> None:
    fact_id = _order(ann, "price")
    _order(ann, "built_on")
    with pytest.raises(Conflict):
        undoing.undo(ann, fact_id)
    assert ordering.own_order("x_machines") == ["built_on", "price", "serial"]


def test_same_order_is_no_change(ann: Actor) -> None:
    before = history.latest()
    ordering.order_fields(ann, "x_machines", NAMES)
    assert history.latest() == before


@pytest.mark.parametrize("names", [("name",), ("owner_id",), ("nothing",), ("price_currency",)])
def test_only_own_fields_are_ordered(ann: Actor, names: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        ordering.order_fields(ann, "x_machines", names)
    assert [(each.path, each.code) for each in refused.value.problems] == [("order", "unknown_field")]


def test_object_without_own_fields_has_no_order(ann: Actor) -> None:
    for name in ("deals", "x_nothing"):
        with pytest.raises(NotFound):
            ordering.order_fields(ann, name, [])


@pytest.mark.usefixtures("ann")
def test_who_only_works_with_records_orders_nothing(office: Workspace) -> None:
    with pytest.raises(NotAllowed):
        ordering.order_fields(office.actor(BOB), "x_machines", ["price"])
