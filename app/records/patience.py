"""How long a list may take: what no index helps with is answered within a second, or refused with the remedy."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records.filters import All, Condition, Not, OneOf, Where
from app.records.keyset import Sort
from app.records.types import IDENTIFIED, ObjectType
from tenants import hurry

# The rest of a second is the door's.
LONGEST_MS = 900
# A count is worth less than the rows that it stands above.
COUNT_MS = 250

T = TypeVar("T")
CODE = "too_slow"
SORT_TOO_SLOW = N_(
    "There are too many records here to sort them by %(field)s. Filter further or sort by something else; "
    "an administrator can let lists be sorted by %(field)s."
)
FILTER_TOO_SLOW = N_(
    "There are too many records here to filter them by %(field)s like this. Filter further, search for a word, "
    "or sort by something else; an administrator can let lists be sorted by %(field)s, which makes it fast."
)
SEARCH_TOO_SLOW = N_("Too many records have this. Type more of it.")


def patient(
    described: ObjectType, where: Where | None, search: str | None, sort: Sort, act: Callable[[], T]
) -> T:
    """What `act` returns, where no index may help within a second; raises Invalid with what was too slow."""
    if where is None and not search and sort.indexed:
        return act()
    try:
        with hurry.within(LONGEST_MS):
            return act()
    except hurry.TooLong:
        raise Invalid(list(_problems(described, where, search, sort))) from None


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
        yield Problem("sort", CODE, SORT_TOO_SLOW, {"field": described.by_name[sort.name].label})
        return
    names = dict.fromkeys(_fields(where)) if where else {}
    slow = [name for name in names if not _is_quick(described, name)] or list(names)
    for name in slow[:3]:
        yield Problem(name, CODE, FILTER_TOO_SLOW, {"field": described.by_name[name].label})
    if search and not slow:
        yield Problem("q", CODE, SEARCH_TOO_SLOW)


def _fields(where: Where) -> Iterator[str]:
    match where:
        case All(parts) | OneOf(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
        case Condition(field):
            yield field


def _is_quick(described: ObjectType, name: str) -> bool:
    """Whether the field has an index of its own."""
    field = described.by_name[name]
    return field.sortable or field.kind in IDENTIFIED or field.kind in ("relation", "member")
