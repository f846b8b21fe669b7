"""Taking back a change of the model: refused where something was built on it or changed it again since."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, select

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound
from app.core.text import N_
from app.domain.modelling import actions, history, ordering, removing
from app.domain.modelling.history import Step
from app.domain.modelling.rules import wish_of
from app.records.since import CHANGED_SINCE
from app.records.tables import field_rows, object_types
from app.records.undo import UNDONE
from tenants.session import session

KIND_CHANGED = N_("A change of kind is taken back by a job: its values are looked at one by one.")
CHOICE_USED = N_("Records have a choice that came with it (%(count)s). Give them another one first.")


def undo(actor: Actor, fact_id: UUID) -> Step:
    """Take the change back and return it.

    Raises Conflict where a later change touched the same, Invalid where something was built on it, NotFound.
    """
    step = history.one(actor, fact_id)
    actions.alone(actor)
    if history.one(actor, fact_id).undone:
        raise Conflict(UNDONE)
    _WAYS[step.verb](actor, step)
    return step


def _unadd_object(actor: Actor, step: Step) -> None:
    removing.remove_object(actor, step.object, undoes=step.id)


def _unadd_field(actor: Actor, step: Step) -> None:
    row = _row(field_rows, (field_rows.c.object == step.object) & (field_rows.c.name == step.field))
    _check_still(history.decided(step.after), history.decided(row))
    removing.remove_field(actor, step.object, step.field or "", undoes=step.id)


def _unchange_object(actor: Actor, step: Step) -> None:
    row = _row(object_types, object_types.c.name == step.object)
    _check_still(step.after, row)
    labels = step.before.get("labels") or {}
    asked = {form: labels.get(form) or {} for form in ("singular", "plural") if "labels" in step.after}
    hidden = step.before.get("hidden_at") is not None if "hidden_at" in step.after else None
    icon = step.before.get("icon") or "" if "icon" in step.after else None
    actions.change_object(
        actor,
        step.object,
        singular=asked.get("singular"),
        plural=asked.get("plural"),
        icon=icon,
        is_hidden=hidden,
        undoes=step.id,
    )


def _unchange_field(actor: Actor, step: Step) -> None:
    row = _row(field_rows, (field_rows.c.object == step.object) & (field_rows.c.name == step.field))
    if "kind" in step.changes:
        raise Invalid.one("kind", "not_undoable", KIND_CHANGED)
    told = {name: after for name, (_, after) in step.changes.items()}
    _check_still(told, history.decided(row))
    values = {name: before for name, (before, _) in step.changes.items() if name != "hidden_at"}
    if "choices" in values:
        _check_choices(row, values["choices"], told["choices"])
    if "hidden_at" in told:
        values["is_hidden"] = step.before.get("hidden_at") is not None
    usual = wish_of({"kind": row["kind"], "labels": {}, "options": {}})
    given = {name: getattr(usual, name, None) if value is None else value for name, value in values.items()}
    actions.change_field(actor, step.object, step.field or "", given, undoes=step.id)


def _add_object_again(actor: Actor, step: Step) -> None:
    labels = step.before["labels"]
    actions.add_object(
        actor,
        labels["singular"],
        labels["plural"],
        name=step.object,
        icon=step.before.get("icon"),
        undoes=step.id,
    )


def _add_field_again(actor: Actor, step: Step) -> None:
    wish = wish_of({**step.before, "name": step.field})
    actions.add_field(actor, step.object, wish, undoes=step.id)


def _order_again(actor: Actor, step: Step) -> None:
    """As they stood; fields that came since stay behind, those that are gone are no matter."""
    told, now_there = step.after["order"], ordering.own_order(step.object)
    both = set(told) & set(now_there)
    if [name for name in told if name in both] != [name for name in now_there if name in both]:
        raise Conflict(CHANGED_SINCE)
    order = [name for name in step.before["order"] if name in both]
    ordering.order_fields(actor, step.object, order, undoes=step.id)


_WAYS: Mapping[str, Callable[[Actor, Step], None]] = {
    "object_added": _unadd_object,
    "object_changed": _unchange_object,
    "object_removed": _add_object_again,
    "field_added": _unadd_field,
    "field_changed": _unchange_field,
    "field_removed": _add_field_again,
    "fields_ordered": _order_again,
}


def _check_still(told: Mapping[str, Any], now_there: Mapping[str, Any]) -> None:
    """Raises Conflict where something has another value by now than was told of it."""
    for name, value in told.items():
        if not history.same(_plain(now_there.get(name)), _plain(value)):
            raise Conflict(CHANGED_SINCE)


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _check_choices(row: Mapping[str, Any], before: Any, after: Any) -> None:
    """Raises Invalid where records have a choice that would be gone."""
    kept = {each["value"] for each in before or ()}
    going = [each["value"] for each in after or () if each["value"] not in kept]
    column = removing.table_of(row["object"]).c.custom[row["options"].get("key", row["name"])]
    held: Sequence[ColumnElement[bool]] = [column.contains([v]) | (column.astext == v) for v in going]
    count = removing.count(row["object"], func.coalesce(_any(held), False)) if going else 0
    if count:
        raise Invalid.one("choices", "in_use", CHOICE_USED, count=count)


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    found = conditions[0]
    for each in conditions[1:]:
        found = found | each
    return found


def _row(table: Table, where: ColumnElement[bool]) -> Mapping[str, Any]:
    row = session.execute(select(table).where(where)).mappings().one_or_none()
    if row is None:
        raise NotFound("facts")
    return dict(row)
