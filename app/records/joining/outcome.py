"""What the kept record holds after a merge, field by field."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records import holding
from app.records.types import Field, ObjectType
from app.records.values.reach import Known
from app.records.values.words import MOST_RECORDS

Side = Literal["keep", "drop", "both"]
UNKNOWN_SIDE = N_("Take keep or drop for %(field)s.")
UNKNOWN_SIDES = N_("Take keep, drop or both for %(field)s.")
NOT_CHOOSABLE = N_("There is nothing to choose for %(field)s.")
_EMPTY: tuple[Any, ...] = (None, "", [], {}, "unknown")


def choosable(described: ObjectType) -> tuple[Field, ...]:
    """The fields of which one value of the two has to be chosen."""
    return tuple(
        each
        for each in described.columns
        if not (each.readonly or each.generated) and each.kind != "currency"
    )


def choices_of(field: Field) -> tuple[Side, ...]:
    """Whose value the field may take: of several records those of both as well."""
    return ("keep", "drop", "both") if field.holds else ("keep", "drop")


def check(described: ObjectType, choices: Mapping[str, Any]) -> None:
    """Raises Invalid for a choice that cannot be meant."""
    known = {each.name: each for each in choosable(described)}
    problems = []
    for name, side in choices.items():
        if name not in known:
            problems.append(
                Problem(str(name)[:100], "not_choosable", NOT_CHOOSABLE, {"field": str(name)[:100]})
            )
        elif side not in choices_of(known[name]):
            message = UNKNOWN_SIDES if known[name].holds else UNKNOWN_SIDE
            problems.append(Problem(name, "not_a_side", message, {"field": known[name].label}))
    if problems:
        raise Invalid(problems)


def is_empty(value: Any) -> bool:
    """Whether a field says nothing, so that the other's value fills it."""
    return any(value == empty for empty in _EMPTY)


def sides(
    described: ObjectType, keep: Mapping[str, Any], drop: Mapping[str, Any], choices: Mapping[str, Any]
) -> dict[str, Side]:
    """Whose value each field takes: the chosen one's, else that of the kept record unless it is empty.

    Several records are those of both.
    """
    return {
        field.name: choices.get(field.name) or _side(field, keep.get(field.name), drop.get(field.name))
        for field in choosable(described)
    }


def _side(field: Field, mine: Any, theirs: Any) -> Side:
    if is_empty(theirs):
        return "keep"
    return "drop" if is_empty(mine) else "both" if field.holds else "keep"


def together(mine: Sequence[Any] | None, theirs: Sequence[Any] | None) -> list[Any]:
    """What a field holds of both, each once: those of the kept record first, at most so many as it takes."""
    return list(dict.fromkeys([*(mine or ()), *(theirs or ())]))[:MOST_RECORDS]


def values(
    described: ObjectType, keep: Mapping[str, Any], drop: Mapping[str, Any], choices: Mapping[str, Any]
) -> dict[str, Any]:
    """What changes of the kept record; identifiers are united, the chosen primary ones first."""
    taken = sides(described, keep, drop, choices)
    changed: dict[str, Any] = {}
    for field in choosable(described):
        if taken[field.name] == "both":
            changed[field.name] = together(keep.get(field.name), drop.get(field.name)) or None
        elif taken[field.name] == "drop" and field.name not in described.primaries.values():
            changed[field.name] = drop.get(field.name)
            if field.currency:
                changed[field.currency] = drop.get(field.currency)
    _unpoint(described, keep, drop, changed)
    for field in described.identified:
        first = taken.get(described.primaries.get(field.name, ""), "keep")
        united = _united(field, keep.get(field.name) or [], drop.get(field.name) or [], first)
        if united != (keep.get(field.name) or []):
            changed[field.name] = united
            if field.name in described.primaries:
                changed[described.primaries[field.name]] = united[0].value if united else None
    return {name: value for name, value in changed.items() if value != keep.get(name)}


def _unpoint(
    described: ObjectType, keep: Mapping[str, Any], drop: Mapping[str, Any], changed: dict[str, Any]
) -> None:
    """Nothing points to itself: who belonged to the dropped one belongs to what that one belongs to."""
    both: tuple[UUID, UUID] = (keep["id"], drop["id"])
    for field in described.relations:
        if field.target == described.name and changed.get(field.name, keep.get(field.name)) in both:
            ways = (keep.get(field.name), drop.get(field.name))
            changed[field.name] = next((each for each in ways if each is not None and each not in both), None)
    for field in described.holding:
        held = changed.get(field.name, keep.get(field.name)) or ()
        if field.target == described.name and set(both).intersection(holding.ids_of(held)):
            changed[field.name] = [each for each in held if each not in map(str, both)] or None


def _united(field: Field, mine: list[Known], theirs: list[Known], first: Side) -> list[Known]:
    known = list(mine)
    if field.kind == "external_ids":
        systems = {each.system for each in mine}
        return [*known, *(each for each in theirs if each.system not in systems)]
    have = {each.value for each in mine}
    leading = theirs[0].value if first == "drop" and theirs else mine[0].value if mine else None
    known += [Known(e.value, e.display, e.purpose) for e in theirs if e.value not in have]
    known.sort(key=lambda each: each.value != leading)
    return [Known(e.value, e.display, e.purpose, at == 0) for at, e in enumerate(known)]
