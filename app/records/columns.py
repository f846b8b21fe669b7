"""Which columns a list may show, and which of those that are asked for it does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.core.actor import Actor
from app.records.types import Beside, Field, ObjectType

# With the title, which always comes first.
MOST = 24
# Of a record's own fields those that tell people something.
_TELLING = frozenset({"created_at", "updated_at", "created_by", "updated_by"})


@dataclass(frozen=True)
class Chosen:
    """Columns in order, the title first; none where none are asked for.

    How many were `lost`, and how many there were `beyond` the most. What is lost is not there, hidden, or out
    of sight: nothing tells these apart.
    """

    names: tuple[str, ...] = ()
    lost: int = 0
    beyond: int = 0


def chosen(actor: Actor, described: ObjectType, names: Iterable[str]) -> Chosen:
    """What of `names` a list shows to `actor`, to whom the object is `described` as he sees it."""
    known, asked = offered(actor, described), [name for name in dict.fromkeys(names) if name]
    if not asked:
        return Chosen()
    asked = [name for name in asked if name != described.title]
    found = (described.title, *(name for name in asked if name in known))
    return Chosen(found[:MOST], 1 + len(asked) - len(found), max(0, len(found) - MOST))


def offered(actor: Actor, described: ObjectType) -> Mapping[str, Field | Beside]:
    """All that `actor` may have as columns behind the title, by name."""
    return _offered(described, frozenset(each.name for each in beside(actor, described)))


def beside(actor: Actor, described: ObjectType) -> list[Beside]:
    """The columns beside the fields that `actor` has; none tells what of its fields is hidden."""
    return [
        each
        for each in described.beside
        if (each.permission is None or each.permission in actor.permissions)
        and all(name in described.by_name for name in each.needs)
    ]


@lru_cache(maxsize=512)
def _offered(described: ObjectType, others: frozenset[str]) -> Mapping[str, Field | Beside]:
    own = (each for each in described.own_fields if each.name in _TELLING)
    fields = (each for each in (*described.fields, *own) if not each.hidden and each.name != described.title)
    worked_out = {each.name: each for each in described.beside if each.name in others}
    return {**worked_out, **{each.name: each for each in fields}}


def fields_of(described: ObjectType, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the columns that are fields: what a file of the list holds."""
    return tuple(name for name in names if name in described.by_name)


@lru_cache(maxsize=512)
def needed(described: ObjectType, names: tuple[str, ...]) -> tuple[str, ...]:
    """The fields that rows with these columns must hold, the currencies of amounts included."""
    worked_out = {each.name: each.needs for each in described.beside}
    found = [one for name in names for one in worked_out.get(name, (name,))]
    currencies = [code for name in found if (code := described.by_name[name].currency)]
    return tuple(dict.fromkeys([*found, *(each for each in currencies if each in described.by_name)]))
