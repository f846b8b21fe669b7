"""What of objects a member with limits sees, asked so that it is quick for few records and for very many.

Who sees few of them is given these, by their ids. For the others each record that a list or a search comes by
is looked at, whose it is; to gather all of theirs first would take longer than what is asked for.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    not_,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.records import gathering, lengths, reaching, registry, scope
from app.records.filters import All, Condition, Where
from app.records.types import ObjectType
from tenants.context import current
from tenants.session import found_out

# So many records and no more are given by their ids, where they do not belong to more than so many.
FEW, MOST_PARENTS = 2_000, 8_000
_NONE: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Reach:
    """Which records of the object are the actor's; `ids` where they are few, `is_narrow`: few are asked."""

    actor: Actor
    described: ObjectType
    ids: frozenset[UUID] | None = None
    is_narrow: bool = False

    @property
    def is_much(self) -> bool:
        """Whether the actor sees a part of the object, and very many records."""
        return self.ids is None and is_partly_seen(self.actor, self.described)

    def rows(self, table: Any = None) -> ColumnElement[bool] | None:
        """The condition that rows of the object (in `table`, or its own) are the actor's; None: all are."""
        where = self.described.table if table is None else table
        if self.ids is not None:
            return where.c.id == any_(_given(self.described.name, self.ids))
        if is_partly_seen(self.actor, self.described):
            return reaching.each(self.actor, self.described, where)
        return scope.rows(self.actor, self.described, where)

    def gathered(self) -> ColumnElement[bool] | None:
        """The same about live rows where all that fits is wanted: what is the actor's is found first."""
        if self.is_narrow or not self.is_much:
            return self.rows()
        return self.described.table.c.id.in_(gathering.every(self.actor, self.described))


def of(actor: Actor, described: ObjectType, *, trashed: bool = False, where: Where | None = None) -> Reach:
    """What of that object the actor sees, for a list of it or of its trash, with these filters.

    Of what belongs to some records each is looked at: it is less than what the actor sees.
    """
    if trashed or not is_partly_seen(actor, described):
        return Reach(actor, described)
    if _is_narrow(described, where):
        return Reach(actor, described, is_narrow=True)
    reach = reaching.level(actor, described.name)
    # What is only whose it is, an index finds.
    is_gathered = bool(reaching.parents(actor, described, reach))
    return Reach(actor, described, _few(actor, [described]).get(described.name) if is_gathered else None)


def _is_narrow(described: ObjectType, where: Where | None) -> bool:
    """Whether the list is of what points to some records that are named."""
    match where:
        case All(parts):
            return any(_is_narrow(described, part) for part in parts)
        case Condition(name, "eq" | "in"):
            field = described.by_name.get(name)
            return field is not None and field.kind in ("relation", "relations")
    return False


def among(actor: Actor, names: Collection[str]) -> Mapping[str, Reach]:
    """The same of several objects, for a search in them, asked at once."""
    known = {name: registry.get(name) for name in names}
    partly = [each for each in known.values() if is_partly_seen(actor, each)]
    found = _few(actor, partly) if partly else {}
    return {name: Reach(actor, each, found.get(name)) for name, each in known.items()}


def entries(reaches: Mapping[str, Reach], columns: Any) -> ColumnElement[bool] | None:
    """The condition that entries of the search with these columns are the actor's; None: all are."""
    object_column, id_column = columns.object, columns.record_id
    conditions = {name: _named(each, columns) for name, each in reaches.items()}
    if all(each is None for each in conditions.values()):
        return None
    if all(each.ids is not None for each in reaches.values()):
        name = next(iter(reaches)) if len(reaches) == 1 else ""
        return id_column == any_(_given(name, _all(reaches)))  # type: ignore[no-any-return]
    parts = [
        object_column == name if condition is None else and_(object_column == name, condition)
        for name, condition in conditions.items()
    ]
    return or_(false(), *parts)


def _named(reach: Reach, columns: Any) -> ColumnElement[bool] | None:
    if reach.ids is not None:
        return columns.record_id == any_(_given(reach.described.name, reach.ids))  # type: ignore[no-any-return]
    condition = reaching.names(reach.actor, reach.described, columns.record_id)
    if condition is None or not reach.is_much:
        return condition
    # Most of the others' are told by the entry: only what may be the actor's is looked up.
    others = reaching.others(reach.actor, reach.described, columns)
    return condition if others is None else and_(not_(others), condition)


def values(reaches: Mapping[str, Reach]) -> Mapping[str, list[UUID]]:
    """The ids that stand in the conditions on these objects, by the names that they have in statements."""
    found = {_mark(name): sorted(each.ids) for name, each in reaches.items() if each.ids is not None}
    return {**found, _mark(""): sorted(_all(reaches))} if found else {}


def bare(reaches: Mapping[str, Reach]) -> Mapping[str, Reach]:
    """The same without the ids themselves, for a statement that is given them as values."""
    return {name: each if each.ids is None else replace(each, ids=_NONE) for name, each in reaches.items()}


def _given(name: str, ids: Iterable[UUID]) -> BindParameter[Any]:
    """Ids of the object, or of all with an empty name, as one value."""
    return bindparam(_mark(name), sorted(ids), ARRAY(Uuid))


def _mark(name: str) -> str:
    return f"ids_of_{name}"


def _all(reaches: Mapping[str, Reach]) -> Iterator[UUID]:
    for each in reaches.values():
        yield from each.ids or ()


def is_partly_seen(actor: Actor, described: ObjectType) -> bool:
    """Whether only own records of the object, or those of a team, are the actor's."""
    if actor.grants is None or scope.is_customer(actor):
        return False
    return reaching.level(actor, described.name) in ("own", "team")


def few(actor: Actor, objects: Collection[ObjectType]) -> Mapping[str, frozenset[UUID]]:
    """The live records of those objects of which the actor sees a part, and few."""
    return _few(actor, [each for each in objects if is_partly_seen(actor, each)])


def _few(actor: Actor, objects: Collection[ObjectType]) -> Mapping[str, frozenset[UUID]]:
    known = found_out((actor.id, actor.grants), dict[str, frozenset[UUID]])
    missing = [
        each for each in objects if each.name not in known and not lengths.is_long(_which(actor, each))
    ]
    if missing:
        known |= (found := gathering.few(actor, missing, FEW, MOST_PARENTS))
        for each in missing:
            if each.name not in found:
                lengths.note(_which(actor, each))
    return {each.name: known[each.name] for each in objects if each.name in known}


def _which(actor: Actor, described: ObjectType) -> Hashable:
    """What of the object is the actor's, as it is remembered to be much; that it was decides nothing else."""
    return current().schema, described.name, actor.id, actor.grants, FEW
