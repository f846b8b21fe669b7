"""Formulas are worked out when a record is written, in the same transaction, from what the record will be."""

from collections.abc import Sequence
from typing import Any

from app.records.computed import lists, plans
from app.records.computed.described import RollUp
from app.records.computed.lists import Living
from app.records.computed.plans import Own, Worked
from app.records.formulas.wrong import NoValue
from app.records.types import Change, Field, ObjectType


def fill(described: ObjectType, changes: Sequence[Change]) -> None:
    """Add to foreseen changes what is worked out of them; nothing of a record hinders its being stored."""
    own = plans.present().own.get(described.name)
    if own is None:
        return
    there = lists.living(own.lists, [each.after for each in changes])
    for change in changes:
        if change.is_new:
            for field, rollup in own.rollups:
                _put(change, field, nothing(rollup), None, None)
        _fill(own, change, there)


def nothing(rollup: RollUp) -> Any:
    """What a roll-up over no records gives: none are 0 and sum up to 0, nothing else is known."""
    return 0 if rollup.aggregate in ("count", "sum") else None


def worked_out(worked: Worked, values: Any) -> tuple[Any, str | None, str | None]:
    """The value of a record's formula, its currency, and why there is none."""
    if worked.formula is None:
        return None, None, "broken"
    field = worked.field
    try:
        value, currency = worked.formula.work_out(values, field.kind, field.decimals)
    except NoValue as missing:
        return None, None, missing.reason
    whole = field.kind == "number" and field.decimals == 0 and value is not None
    return (int(value) if whole else value), currency, None


def _fill(own: Own, change: Change, there: Living) -> None:
    touched = set(change.values)
    for worked in own.formulas:
        if change.is_new or touched & worked.uses or worked.formula is None:
            before = [change.after.get(name) for name in plans.written(worked.field)]
            value, currency, why = worked_out(worked, lists.told(change.after, there))
            if change.is_new or value is None or before != [value, currency][: len(before)]:
                _put(change, worked.field, value, currency, why)
                touched.add(worked.field.name)


def _put(change: Change, field: Field, value: Any, currency: str | None, why: str | None) -> None:
    names = plans.written(field)
    for name, each in zip(names, (value, currency if value is not None else None), strict=False):
        change.values[name] = change.after[name] = each
    change.computed[field.name] = why
    change.computed.update(dict.fromkeys(names[1:]))
