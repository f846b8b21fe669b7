"""The tree in words: one chip for each condition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.text import N_
from app.records.filters import moments, steps
from app.records.filters.moments import Moment
from app.records.filters.tree import All, Condition, Linked, Not, OneOf, Where
from app.records.labels import titles_of
from app.records.types import Field, ObjectType

WORDS: Mapping[str, str] = {
    "eq": N_("is"),
    "ne": N_("is not"),
    "contains": N_("contains"),
    "starts": N_("begins with"),
    "gt": N_("more than"),
    "gte": N_("at least"),
    "lt": N_("less than"),
    "lte": N_("at most"),
    "between": N_("between"),
    "in": N_("one of"),
    "not_in": N_("none of"),
    "empty": N_("is empty"),
    "not_empty": N_("is filled"),
}
WORDS_OF_LISTS: Mapping[str, str] = {"any": N_("has any"), "none": N_("has none")}
WORDS_BETWEEN: Mapping[str, str] = {"and": N_("and"), "or": N_("or")}
WORDS_OF_TIME: Mapping[str, str] = {
    "gt": N_("after"),
    "gte": N_("from"),
    "lt": N_("before"),
    "lte": N_("until"),
}


@dataclass(frozen=True)
class Chip:
    """One condition: field, operator as a msgid, values as they are, and msgids or names for them.

    A part of the tree that is no plain condition has neither `field` nor values: its `op` is and, or, not,
    any or none, and `inner` its parts. `through` are the relations, or the list, that it is about (msgids).
    """

    field: Field | None
    op: str
    word: str
    values: tuple[Any, ...] = ()
    labels: tuple[str | None, ...] = ()
    through: tuple[str, ...] = ()
    inner: "tuple[Chip, ...]" = ()


def describe(described: ObjectType, where: Where | None, actor: Actor) -> list[Chip]:
    """Chips for what stands at the top of the tree; `labels` None: show the value itself."""
    if where is None:
        return []
    parts = where.parts if isinstance(where, All) else (where,)
    return [_chip(described, part, actor) for part in parts]


def _chip(described: ObjectType, part: Where, actor: Actor) -> Chip:
    match part:
        case Linked():
            return _listed(described, part, actor)
        case All(parts) | OneOf(parts):
            op = "and" if isinstance(part, All) else "or"
            return Chip(None, op, WORDS_BETWEEN[op], inner=tuple(_chip(described, p, actor) for p in parts))
        case Not(inner):
            return Chip(None, "not", N_("not"), inner=(_chip(described, inner, actor),))
        case Condition():
            return _condition(described, part, actor)


def _condition(described: ObjectType, part: Condition, actor: Actor) -> Chip:
    path = steps.path(actor, described, part.field)
    field = path.field
    values = part.value if isinstance(part.value, tuple) else () if part.value is None else (part.value,)
    names = titles_of(actor, field.relates_to or field.holds, [v for v in values if isinstance(v, UUID)])
    word = WORDS_OF_TIME.get(part.op) if field.kind in ("date", "datetime") else None
    return Chip(
        field,
        part.op,
        word or WORDS[part.op],
        values,
        tuple(_label(field, value, names) for value in values),
        tuple(each.label for each in path.relations),
    )


def _listed(described: ObjectType, part: Linked, actor: Actor) -> Chip:
    listed, other = steps.back(actor, described, part.name)
    inner = (_chip(other, part.part, actor),) if part.part is not None else ()
    op = "none" if part.none else "any"
    word = (N_("has none with") if part.none else N_("has one with")) if inner else WORDS_OF_LISTS[op]
    return Chip(None, op, word, through=(listed.label,), inner=inner)


def _label(field: Field, value: Any, names: Mapping[UUID, str]) -> str | None:
    if isinstance(value, Moment):
        return moments.LABELS.get(value.word)
    if isinstance(value, UUID):
        return names.get(value, "")
    if value == "me":
        return N_("me")
    return next((each.label for each in field.choices if each.value == value), None)
