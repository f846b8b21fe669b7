"""From what came in to a change: unknown and read-only fields, kinds and required values are checked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from app.core.actor import Actor
from app.core.errors import Problem
from app.core.text import N_
from app.records import defaults, people
from app.records.habits import Habits
from app.records.types import IDENTIFIED, Change, Field, ObjectType
from app.records.values import Refused, problem, read

# Each record has its own list of these, and members are looked up by name.
_OWN = frozenset({*IDENTIFIED, "member"})

Known = dict[tuple[str, str], Any]
"""Texts that were read before in the same batch, by field and text."""


def take(
    described: ObjectType, change: Change, raw: Mapping[str, Any], habits: Habits, known: Known | None = None
) -> None:
    """Put the values of `raw` into `change`, and its problems beside them; a batch shares what is `known`."""
    by_name, known = described.by_name, {} if known is None else known
    for name, value in raw.items():
        field = by_name.get(name)
        if field is None:
            change.problems.append(unknown(described, name))
        elif field.readonly:
            change.problems.append(_readonly(field))
        elif type(value) is not str or field.kind in _OWN:
            _take_one(change, field, people.named(value) if field.kind == "member" else value, habits)
        elif (name, value) in known:
            change.values[name] = known[name, value]
        elif _take_one(change, field, value, habits):
            known[name, value] = change.values[name]
    if not habits.stored and described.retiring:
        _refuse_retired(described, change)


def _refuse_retired(described: ObjectType, change: Change) -> None:
    """Choices that are offered no more stay where they are, and come to no other record."""
    for field in described.retiring:
        name = field.name
        if name not in change.values:
            continue
        had, given = (_several(value) for value in ((change.before or {}).get(name), change.values[name]))
        fresh = field.retired.intersection(given).difference(had)
        if fresh:
            del change.values[name]
            change.problems.append(_retired(field, fresh))


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _take_one(change: Change, field: Field, raw: Any, habits: Habits) -> bool:
    """Whether it could be read."""
    try:
        change.values[field.name] = read(field, raw, habits)
    except Refused as refused:
        change.problems.append(problem(field, refused))
        return False
    return True


def complete(described: ObjectType, change: Change, actor: Actor, habits: Habits) -> None:
    """Fill what was left empty by the fields' defaults and note what is still missing.

    A field of the company's own that is given empty stays so.
    """
    if change.before == {}:
        return  # there is no such record, which is problem enough
    wrong = {problem.path for problem in change.problems}
    for field in described.completed:
        has_none = change.values.get(field.name) is None
        if has_none and field.name not in wrong and (change.is_new or field.name in change.values):
            _complete_one(described, change, field, lambda own: defaults.value(own, actor, habits))
    for field in described.required_lists:
        if not change.values.get(field.name) and (change.is_new or field.name in change.values):
            change.problems.append(missing(field))
    if described.require_any and not any(change.value(name) for name in described.require_any):
        change.problems.append(_one_of(described))


def give_currency(described: ObjectType, change: Change, habits: Habits) -> None:
    """A new record whose money has no currency gets that of the workspace."""
    for field in described.priced if change.is_new else ():
        name = field.currency
        if name and (field.default is not None or change.values.get(field.name) is not None):
            change.values[name] = change.values.get(name) or habits.currency


def _complete_one(
    described: ObjectType, change: Change, field: Field, default_of: Callable[[Field], Any]
) -> None:
    default = None if field.custom and field.name in change.values else default_of(field)
    if default is None and field.required:
        change.problems.append(missing(field))
    elif default is not None and (change.is_new or not described.nullable(field.name)):
        change.values[field.name] = default


def missing(field: Field) -> Problem:
    """A required field has no value."""
    return Problem(field.name, "required", N_("%(field)s is needed."), {"field": field.label})


def unknown(described: ObjectType, name: str) -> Problem:
    """There is no such field; the nearest right name is suggested."""
    near = get_close_matches(str(name), described.by_name, n=1, cutoff=0.5)
    if near:
        message = N_("There is no field %(name)s. Did you mean %(near)s?")
        return Problem(str(name)[:100], "unknown_field", message, {"name": str(name)[:100], "near": near[0]})
    message = N_("There is no field %(name)s.")
    return Problem(str(name)[:100], "unknown_field", message, {"name": str(name)[:100]})


def _readonly(field: Field) -> Problem:
    message = N_("%(field)s is worked out by Kith and cannot be set.")
    return Problem(field.name, "read_only", message, {"field": field.label})


def _retired(field: Field, values: Collection[str | int]) -> Problem:
    told = {
        "field": field.label,
        "value": ", ".join(str(each) for each in sorted(values, key=str)),
        "choices": ", ".join(str(each.value) for each in field.offered),
    }
    message = N_("%(field)s: %(value)s is offered no more. Take one of: %(choices)s.")
    return Problem(field.name, "retired", message, told)


def _one_of(described: ObjectType) -> Problem:
    labels = ", ".join(described.by_name[name].label for name in described.require_any)
    message = N_("Fill at least one of: %(fields)s.")
    return Problem(described.require_any[0], "required", message, {"fields": labels})


def gone() -> Problem:
    """The record to change is not there."""
    return Problem(
        "id", "not_found", N_("This record is not there any more. Create it or leave the row out.")
    )


def twice() -> Problem:
    """Two rows of one batch change the same record."""
    return Problem("id", "duplicate", N_("An earlier row changes the same record. Keep one of the two."))
