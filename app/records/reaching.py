"""Whose a record is, as SQL: what a member may do to own records, to those of the team, or to all.

A record is its owner's; one without an owner belongs where the record that it belongs to belongs. Parts, as
activities and the lines of an order, are seen with that record whoever owns them. Objects without an owner
go by who made the record.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    and_,
    any_,
    cast,
    exists,
    false,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.core.grants import Grants, Level, Verb, narrower
from app.records import registry
from app.records.tables import array_of
from app.records.types import ObjectType
from tenants.session import session

Ids = Select[tuple[UUID]] | CompoundSelect[tuple[UUID]]


def level(actor: Actor, name: str, verb: Verb = "read") -> Level:
    """How far `verb` reaches among the records of that object, where the permission is held."""
    return actor.grants.level(name, verb) if actor.grants is not None else "all"


def people(actor: Actor, reach: Level) -> frozenset[UUID]:
    """Whose records those of that level are."""
    mates = actor.grants.mates if actor.grants is not None and reach == "team" else frozenset()
    return mates | {actor.id} if actor.id is not None else mates


def rows(actor: Actor, described: ObjectType, table: Any, verb: Verb) -> ColumnElement[bool] | None:
    """The condition that rows of `table` are within the actor's reach; None: all are."""
    reach = level(actor, described.name, verb)
    if reach == "all":
        return None
    if reach == "none":
        return false()
    whose = _whose(described, table) == _one_of(actor, reach)
    if not parents(actor, described, reach):
        return whose
    return table.c.id.in_(_ids(actor, described, reach))  # type: ignore[no-any-return]


def parents(actor: Actor, described: ObjectType, reach: Level) -> list[tuple[str, ObjectType, Level]]:
    """By which relations the record may belong to somebody: field, object, and how far that one is seen."""
    assert isinstance(actor.grants, Grants), "without limits nobody asks"
    found = []
    for name in described.parents:
        field = described.by_name.get(name)
        parent = registry.find(field.target) if field is not None and field.target else None
        if parent is not None and actor.grants.level(parent.name, "read") != "none":
            found.append((name, parent, narrower(reach, actor.grants.level(parent.name, "read"))))
    return found


def within(actor: Actor, described: ObjectType, reach: Level, record_id: UUID) -> bool:
    """Whether the record is among those of that level."""
    if reach == "all":
        return True
    ids = _ids(actor, described, reach).subquery()
    return bool(session.scalar(select(exists().where(ids.c.id == record_id))))


def ids(actor: Actor, described: ObjectType) -> Ids:
    """The live records of the object within the actor's reach, who has limits; some may come twice."""
    return _ids(actor, described, level(actor, described.name), live=True)


def each(
    actor: Actor,
    described: ObjectType,
    table: Any,
    reach: Level | None = None,
    but: frozenset[str] = frozenset(),
    *,
    below: frozenset[str] = frozenset(),
) -> ColumnElement[bool]:
    """What `rows` says, as a condition that is found out row by row: what a record belongs to is looked up.

    `but` and `below` as in `_ids`.
    """
    reach = reach or level(actor, described.name)
    own = _whose(described, table)
    ways: list[ColumnElement[bool]] = [own == _one_of(actor, reach)]
    known, below = _asked(described, but), below | {described.name}
    for name, parent, theirs in _leading_on(actor, described, reach, but, below):
        other = parent.table.alias()
        met = each(actor, parent, other, theirs, known, below=below)
        belongs = select(met).where(other.c.id == table.c[name]).scalar_subquery()
        ways.append(belongs if described.is_part else and_(own.is_(None), belongs))
    return or_(*ways)


def _ids(
    actor: Actor,
    described: ObjectType,
    reach: Level,
    but: frozenset[str] = frozenset(),
    below: frozenset[str] = frozenset(),
    *,
    live: bool = False,
) -> Ids:
    """What `_ids_of` says; it is asked many times for one page."""
    assert isinstance(actor.grants, Grants), "without limits nobody asks"
    # What is beyond the object may be described anew while it is not.
    key = (registry.model().revision, actor.id, described, reach, but, below, live)
    return actor.grants.kept(key, lambda: _ids_of(actor, described, reach, but, below, live=live))


def _ids_of(
    actor: Actor,
    described: ObjectType,
    reach: Level,
    but: frozenset[str],
    below: frozenset[str],
    *,
    live: bool,
) -> Ids:
    """The records of the object within that level, each way for itself so that each finds its index.

    `but` are relations that the asking records have themselves: they tell the same as those of a record
    they belong to, which they took them from. Own relations of one name have nothing to do with each other.
    `below` are the objects that asked: no way leads back to one of them, whatever was shown again.
    """
    table = described.table.alias()
    own = _whose(described, table)
    # Nothing of it belongs to what it stands in, so it may stand in several places.
    ways = [select(table.c.id).where(own == _one_of(actor, reach)).correlate(None)]
    known, below = _asked(described, but), below | {described.name}
    for name, parent, theirs in _leading_on(actor, described, reach, but, below):
        belongs = select(table.c.id).where(table.c[name].in_(_ids(actor, parent, theirs, known, below)))
        ways.append((belongs if described.is_part else belongs.where(own.is_(None))).correlate(None))
    if live:  # which is what the indexes of owners have
        ways = [way.where(table.c.deleted_at.is_(None)) for way in ways]
    return ways[0] if len(ways) == 1 else union_all(*ways)


def _asked(described: ObjectType, but: frozenset[str]) -> frozenset[str]:
    """The relations that need not be asked for of what its records belong to."""
    fields = described.by_name
    usual = (name for name in described.parents if name in fields and not fields[name].custom)
    return but if described.is_part else but | frozenset(usual)


def _leading_on(
    actor: Actor, described: ObjectType, reach: Level, but: frozenset[str], below: frozenset[str]
) -> list[tuple[str, ObjectType, Level]]:
    """Those of the parents by which records are to be looked for."""
    fields = described.by_name
    return [
        way
        for way in parents(actor, described, reach)
        if not (way[0] in but and not fields[way[0]].custom) and way[1].name not in below
    ]


def _one_of(actor: Actor, reach: Level) -> ColumnElement[Any]:
    # With its type, because it is also written out as a literal.
    return any_(cast(array_of(sorted(people(actor, reach))), ARRAY(Uuid)))


def _whose(described: ObjectType, table: Any) -> ColumnElement[Any]:
    return table.c.owner_id if is_owned(described) else table.c.created_by  # type: ignore[no-any-return]


def is_owned(described: ObjectType) -> bool:
    """Whether records of the object have an owner."""
    return "owner_id" in described.by_name
