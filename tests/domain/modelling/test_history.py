"""Changes of the model are told and can be taken back, never over what came later."""

from uuid import UUID

import pytest

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed
from app.domain.modelling import actions, history, undoing
from app.domain.modelling.rules import FieldWish
from app.records import registry, writing
from tests.cast import BOB, Workspace

MACHINES = ({"en": "Machine", "de": "Maschine"}, {"en": "Machines", "de": "Maschinen"})
STATE = FieldWish(
    "choice",
    {"en": "State"},
    choices=(
        {"value": "running", "labels": {"en": "Running"}},
        {"value": "broken", "labels": {"en": "Broken"}},
    ),
)


@pytest.fixture
def ann(ann: Actor) -> Actor:
    """Ann, the owner, with machines and their state; what she does is undone."""
    actions.add_object(ann, *MACHINES)
    actions.add_field(ann, "x_machines", STATE)
    return ann


def _latest() -> UUID:
    found = history.latest()
    assert found is not None
    return found


def test_history_tells_who_and_what(ann: Actor) -> None:
    actions.change_field(ann, "x_machines", "state", {"labels": {"en": "Condition"}, "is_required": True})
    step = history.page(ann).steps[0]
    assert (step.actor_name, step.door, step.verb, step.object, step.field) == (
        ann.name, ann.door, "field_changed", "x_machines", "state",
    )  # fmt: skip
    assert step.changes == {
        "labels": ({"en": "State"}, {"en": "Condition"}),
        "is_required": (False, True),
    }
    assert [each.verb for each in history.page(ann, object_name="x_machines").steps] == [
        "field_changed", "field_added", "object_added",
    ]  # fmt: skip
    assert history.page(ann, object_name="deals").steps == []


def test_saving_the_same_is_no_change(ann: Actor) -> None:
    before = _latest()
    actions.change_field(ann, "x_machines", "state", {"labels": {"en": "State"}})
    assert _latest() == before


@pytest.mark.parametrize(
    "values",
    [
        {"labels": {"en": "Condition"}},
        {"is_required": True, "in_table": True, "help": {"de": "Wie es ihr geht"}},
        {"is_hidden": True},
        {"choices": (*STATE.choices, {"value": "sold", "labels": {"en": "Sold"}})},
    ],
)
def test_changed_field_is_as_before_after_undo(ann: Actor, values: dict[str, object]) -> None:
    before = registry.get("x_machines").by_name["state"]
    actions.change_field(ann, "x_machines", "state", values)
    change = _latest()
    undoing.undo(ann, change)
    field = registry.get("x_machines").by_name["state"]
    for name in ("label", "required", "in_table", "help", "choices"):
        assert getattr(field, name) == getattr(before, name)
    with pytest.raises(Conflict):
        undoing.undo(ann, change)


def test_undo_can_be_undone(ann: Actor) -> None:
    actions.change_field(ann, "x_machines", "state", {"labels": {"en": "Condition"}})
    change = _latest()
    undoing.undo(ann, change)
    undoing.undo(ann, _latest())
    assert registry.get("x_machines").by_name["state"].label == "Condition"
    assert not history.one(ann, change).undone


def test_later_change_of_the_same_is_kept(ann: Actor) -> None:
    actions.change_field(ann, "x_machines", "state", {"labels": {"en": "Condition"}})
    first = _latest()
    actions.change_field(ann, "x_machines", "state", {"is_required": True})
    actions.change_field(ann, "x_machines", "state", {"labels": {"en": "Shape"}})
    with pytest.raises(Conflict):
        undoing.undo(ann, first)
    undoing.undo(ann, _latest())
    undoing.undo(ann, first)
    field = registry.get("x_machines").by_name["state"]
    assert (field.label, field.required) == ("State", True)


def test_added_field_goes_only_while_empty(ann: Actor) -> None:
    added = _latest()
    press = writing.create(ann, "x_machines", {"name": "Press", "state": "broken"})
    with pytest.raises(Invalid) as refused:
        undoing.undo(ann, added)
    assert refused.value.problems[0].data == {"count": 1}
    writing.update(ann, "x_machines", press.id, {"state": None})
    undoing.undo(ann, added)
    assert "state" not in registry.get("x_machines").by_name
    undoing.undo(ann, _latest())
    assert [each.value for each in registry.get("x_machines").by_name["state"].choices] == [
        "running", "broken",
    ]  # fmt: skip


def test_added_object_goes_only_while_nothing_hangs_on_it(ann: Actor) -> None:
    field, added = (each.id for each in history.page(ann).steps)
    with pytest.raises(Invalid):
        undoing.undo(ann, added)
    undoing.undo(ann, field)
    undoing.undo(ann, added)
    assert registry.find("x_machines") is None
    undoing.undo(ann, _latest())
    assert str(registry.get("x_machines").plural) == "Machines"


def test_choice_in_use_stays(ann: Actor) -> None:
    sold = (*STATE.choices, {"value": "sold", "labels": {"en": "Sold"}})
    actions.change_field(ann, "x_machines", "state", {"choices": sold})
    change = _latest()
    writing.create(ann, "x_machines", {"name": "Press", "state": "sold"})
    with pytest.raises(Invalid) as refused:
        undoing.undo(ann, change)
    assert refused.value.problems[0].code == "in_use"


def test_words_of_standard_objects_come_back(ann: Actor) -> None:
    actions.change_object(ann, "deals", singular={"de": "Chance"}, plural={"de": "Chancen"}, icon="star")
    undoing.undo(ann, _latest())
    deals, usual = registry.get("deals"), registry.standard().get("deals")
    assert (deals.plural, deals.icon) == (usual.plural, usual.icon)


def test_history_is_for_those_who_manage(ann: Actor, office: Workspace) -> None:
    with pytest.raises(NotAllowed):
        history.page(office.actor(BOB))
    with pytest.raises(NotAllowed):
        undoing.undo(office.actor(BOB), _latest())
