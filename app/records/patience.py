"""How long a list may take: without an index it is answered within a second, or refused with the remedy."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records import keyset
from app.records.filters import All, Condition, Linked, Not, OneOf, Where
from app.records.keyset import Sort, Way
from app.records.types import IDENTIFIED, ObjectType
from tenants import hurry

# The rest of a second is the door's.
LONGEST_MS = 900
# What is found along the order takes less, unless it lies at the far end of it.
FIRST_MS = 150
# A count is worth less than the rows that it stands above.
COUNT_MS = 500

T = TypeVar("T")
# Operators that the index of a field's order helps with.
_INDEXED = frozenset({"eq", "in", "starts", "gt", "gte", "lt", "lte", "between"})
CODE = "too_slow"
SORT_TOO_SLOW = N_(
    "There are too many records here to sort them by %(field)s. Filter further or sort by something else; "
    "an administrator can let lists be sorted by %(field)s."
)
FILTER_TOO_SLOW = N_(
    "There are too many records here to filter them by %(field)s alone. Filter further; "
    "an administrator can let lists be sorted by %(field)s, which makes this fast."
)
FILTER_SLOW = N_(
    "There are too many records here to filter them by %(field)s like this. Filter further, "
    "or search for a word."
)
TOO_SLOW = N_("There are too many records here to find yours among them. Filter further.")
SEARCH_TOO_SLOW = N_("Too many records have this. Type more of it.")


def patient(
    described: ObjectType,
    where: Where | None,
    search: str | None,
    sort: Sort,
    ask: Callable[[Way], T],
    *,
    limited: bool = False,
) -> T:
    """What `ask` returns for the way that suits the list; raises Invalid with what was too slow.

    A list that is filtered, or of which only some is shown (`limited`: to the actor, of what lies in the
    trash), is walked along or found by its filters, as the planner sees fit. Where that takes too long, it
    was wrong: the rows are found by the filters and sorted, in what is left of a second. Who holds a record
    in a field of several is found so at once.
    """
    if where is None and not search and sort.indexed and not limited:
        return ask("straight")
    try:
        if not sort.indexed:
            with hurry.within(LONGEST_MS):
                return ask("straight")
        if where is not None and _is_of_holders(described, where):
            with hurry.within(LONGEST_MS):
                return ask("sorted")
        return _either(ask)
    except hurry.TooLong:
        raise Invalid(list(_problems(described, where, search, sort))) from None


def _is_of_holders(described: ObjectType, where: Where) -> bool:
    """Whether it is asked who holds some records: an index tells, and how many do the planner cannot know."""
    match where:
        case All(parts):
            return any(_is_of_holders(described, part) for part in parts)
        case Condition(name, "in"):
            field = described.by_name.get(name)
            return field is not None and field.holds is not None
    return False


def _either(ask: Callable[[Way], T]) -> T:
    try:
        with hurry.within(FIRST_MS, alone=True):
            return ask("wary")
    except hurry.TooLong:
        pass
    with hurry.within(LONGEST_MS - FIRST_MS):
        return ask("sorted")


def hasty(act: Callable[[], T], otherwise: T) -> T:
    """What `act` returns, or `otherwise` where it takes longer than it is worth."""
    try:
        with hurry.within(COUNT_MS):
            return act()
    except hurry.TooLong:
        return otherwise


def too_slow(error: Invalid) -> bool:
    """Whether a list was refused because it takes too long."""
    return any(problem.code == CODE for problem in error.problems)


def _problems(
    described: ObjectType, where: Where | None, search: str | None, sort: Sort
) -> Iterator[Problem]:
    if not sort.indexed:
        yield Problem(
            "sort", CODE, SORT_TOO_SLOW, {"field": described.by_name[sort.name].label, "name": sort.name}
        )
        return
    conditions = list(_conditions(where)) if where else []
    slow = [each for each in conditions if not _is_quick(described, each)] or conditions
    for name, each in list({each.field: each for each in slow}.items())[:3]:
        field = described.by_name.get(name)
        if field is None:
            yield Problem(name, CODE, FILTER_SLOW, {"field": _far_label(described, name)})
            continue
        helps = each.op in _INDEXED and keyset.is_ordered(field) and not field.sortable
        told = {"field": field.label, **({"name": name} if helps else {})}
        yield Problem(name, CODE, FILTER_TOO_SLOW if helps else FILTER_SLOW, told)
    if search and not slow:
        yield Problem("q", CODE, SEARCH_TOO_SLOW)
    elif not slow:
        yield Problem("where", CODE, TOO_SLOW)


def _conditions(where: Where) -> Iterator[Condition]:
    match where:
        case All(parts) | OneOf(parts):
            for part in parts:
                yield from _conditions(part)
        case Not(part):
            yield from _conditions(part)
        case Linked(name):
            yield Condition(name, "any")
        case Condition():
            yield where


def _is_quick(described: ObjectType, condition: Condition) -> bool:
    """Whether the field has an index that finds such values."""
    field = described.by_name.get(condition.field)
    if field is None:
        return False  # it is one of another record
    is_indexed = (
        field.sortable or field.kind in IDENTIFIED or field.kind in ("relation", "relations", "member")
    )
    return is_indexed and condition.op in _INDEXED


def _far_label(described: ObjectType, name: str) -> str:
    """What leads to the other record: a relation, or a list of those that point here."""
    relation = described.by_name.get(name.partition(".")[0])
    if relation is not None:
        return relation.label
    return next((each.label for each in described.related if each.name == name), name)
