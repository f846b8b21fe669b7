"""What of objects a member with limits sees, asked so that it is quick for few records and for very many.

Who sees few of them is given these, by their ids. For the others each record that a list or a search comes by
is looked at, whose it is; to gather all of theirs first would take longer than what is asked for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
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
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.records import reaching, registry, scope
from app.records.types import ObjectType
from tenants import hurry
from tenants.session import session

# So many records and no more are given by their ids.
FEW = 2_000
_NONE: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Reach:
    """Which records of the object are the actor's; `ids` where they are few."""

    actor: Actor
    described: ObjectType
    ids: frozenset[UUID] | None = None

    def rows(self, table: Any = None) -> ColumnElement[bool] | None:
        """The condition that rows of the object (in `table`, or its own) are the actor's; None: all are."""
        where = self.described.table if table is None else table
        if self.ids is not None:
            return where.c.id == any_(_given(self.described.name, self.ids))
        if _is_partly_seen(self.actor, self.described):
            return reaching.each(self.actor, self.described, where)
        return scope.rows(self.actor, self.described, where)


def of(actor: Actor, described: ObjectType, *, trashed: bool = False) -> Reach:
    """What of that object the actor sees, for a list of it or of its trash."""
    if trashed or not _is_partly_seen(actor, described):
        return Reach(actor, described)
    reach = reaching.level(actor, described.name)
    # What is only whose it is, an index finds.
    is_gathered = bool(reaching.parents(actor, described, reach))
    return Reach(actor, described, _few(actor, [described]).get(described.name) if is_gathered else None)


def among(actor: Actor, names: Collection[str]) -> Mapping[str, Reach]:
    """The same of several objects, for a search in them, asked at once."""
    known = {name: registry.get(name) for name in names}
    partly = [each for each in known.values() if _is_partly_seen(actor, each)]
    found = _few(actor, partly) if partly else {}
    return {name: Reach(actor, each, found.get(name)) for name, each in known.items()}


def entries(reaches: Mapping[str, Reach], object_column: Any, id_column: Any) -> ColumnElement[bool] | None:
    """The condition that two columns name a record that is the actor's; None: all are."""
    conditions = {name: _named(each, id_column) for name, each in reaches.items()}
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


def _named(reach: Reach, id_column: Any) -> ColumnElement[bool] | None:
    if reach.ids is not None:
        return id_column == any_(_given(reach.described.name, reach.ids))  # type: ignore[no-any-return]
    table = reach.described.table.alias()
    condition = reach.rows(table)
    if condition is None:
        return None
    return select(condition).where(table.c.id == id_column).scalar_subquery()


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


def _is_partly_seen(actor: Actor, described: ObjectType) -> bool:
    """Whether only own records of the object, or those of a team, are the actor's."""
    if actor.grants is None or scope.is_customer(actor):
        return False
    return reaching.level(actor, described.name) in ("own", "team")


def _few(actor: Actor, objects: Collection[ObjectType]) -> Mapping[str, frozenset[UUID]]:
    """The records of those objects of which there are few."""
    parts = []
    for each in objects:
        ids = reaching.ids(actor, each).subquery()
        some = select(literal(each.name).label("object"), ids.c.id).limit(FEW + 1).subquery()
        parts.append(select(some))
    # Some come twice: whether there are more than these, only what was read can tell.
    found: dict[str, list[UUID]] = {each.name: [] for each in objects}
    with hurry.planned():
        for name, record_id in session.execute(union_all(*parts)):
            found[name].append(record_id)
    return {name: frozenset(ids) for name, ids in found.items() if len(ids) <= FEW}
