"""Whose a record is: what a member may do to own records, to those of the team, or to all.

A record is its owner's; one without an owner belongs where the record that it belongs to belongs. Parts, as
activities and the lines of an order, are seen with that record whoever owns them. Objects without an owner
go by who made the record.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, bindparam, exists, false, not_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.core.grants import Grants, Level, Verb, narrower
from app.records import belonging, registry
from app.records.belonging import Belonging, Column
from app.records.types import ObjectType
from tenants.session import session


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
    return false() if reach == "none" else each(actor, described, table, reach)


def each(actor: Actor, described: ObjectType, table: Any, reach: Level | None = None) -> ColumnElement[bool]:
    """The same for a level of own or team: found out row by row, what a record belongs to is looked up."""
    asked = _template(actor, described, reach or level(actor, described.name))
    return belonging.Met(asked, lambda name: table.c[name], lambda name: _people(actor, name))


def names(actor: Actor, described: ObjectType, id_column: Any) -> ColumnElement[bool] | None:
    """The condition that the column is the id of a record within the actor's reach; None: all are."""
    reach = level(actor, described.name)
    if reach in ("all", "none"):
        return None if reach == "all" else false()
    asked = _template(actor, described, reach, belonging.entry_template)
    return belonging.Met(asked, lambda _: id_column, lambda name: _people(actor, name))


def written(actor: Actor, described: ObjectType, alias: str) -> str:
    """What `rows` says of reading as SQL, of rows of the object under that name; "": all are."""
    return _written(actor, described, lambda name: f"{alias}.{name}", lambda name: _literal(actor, name))


def fence(actor: Actor, described: ObjectType, people: Column) -> str:
    """The same of rows of its table under the table's name, with what stands for the `people` of a reach."""
    alone = Belonging(described.name, "own", (), described)
    return _written(actor, described, alone.column(described.base.name), people)


def _written(actor: Actor, described: ObjectType, column: Column, people: Column) -> str:
    reach = level(actor, described.name)
    if reach in ("all", "none"):
        return "" if reach == "all" else "false"
    return belonging.filled(_template(actor, described, reach), column, people)


def named(actor: Actor, described: ObjectType, id_column: str, people: Column) -> str:
    """What `names` says of reading as SQL, with what stands for the `people` of a reach; "": all are."""
    reach = level(actor, described.name)
    if reach in ("all", "none"):
        return "" if reach == "all" else "false"
    asked = _template(actor, described, reach, belonging.entry_template)
    return belonging.filled(asked, lambda _: id_column, people)


def own(actor: Actor, described: ObjectType, table: Any) -> ColumnElement[bool]:
    """That rows of `table` are within reach by whose they are themselves, which an index finds."""
    alone = Belonging(described.name, level(actor, described.name), (), described)
    return belonging.Met(
        belonging.template(alone), lambda name: table.c[name], lambda name: _people(actor, name)
    )


def others(actor: Actor, described: ObjectType, columns: Any) -> ColumnElement[bool] | None:
    """That the record is somebody else's by itself, as `columns` tell; None where that keeps nothing."""
    if not is_owned(described) or described.is_part:
        return None
    mine = columns.owner_id == any_(_people(actor, level(actor, described.name)))
    return and_(columns.owner_id.is_not(None), not_(mine))


def within(actor: Actor, described: ObjectType, reach: Level, record_id: UUID) -> bool:
    """Whether the record is among those of that level."""
    if reach == "all":
        return True
    table = described.table
    here = table.c.id == record_id, each(actor, described, table, reach)
    return bool(session.scalar(select(exists().where(*here))))


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


def chain(
    actor: Actor,
    described: ObjectType,
    reach: Level,
    but: frozenset[str] = frozenset(),
    below: frozenset[str] = frozenset(),
) -> Belonging:
    """By which ways records of the object are within that level.

    `but` are relations that the asking records have themselves: they tell the same as those of a record
    they belong to, which they took them from. Own relations of one name have nothing to do with each other.
    `below` are the objects that asked: no way leads back to one of them, whatever was shown again.
    """
    known, below = _asked(described, but), below | {described.name}
    ways = _leading_on(actor, described, reach, but, below)
    led = tuple((name, chain(actor, parent, theirs, known, below)) for name, parent, theirs in ways)
    return Belonging(described.name, reach, led, described)


def is_owned(described: ObjectType) -> bool:
    """Whether records of the object have an owner."""
    return "owner_id" in described.by_name


def _template(
    actor: Actor,
    described: ObjectType,
    reach: Level,
    made: Callable[[Belonging], str] = belonging.template,
) -> str:
    assert isinstance(actor.grants, Grants), "without limits nobody asks"
    # What is beyond the object may be described anew while it is not.
    key = (made, registry.model().revision, described, reach)
    return actor.grants.kept(key, lambda: made(chain(actor, described, reach)))


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


def _people(actor: Actor, reach: str) -> ColumnElement[Any]:
    ids = sorted(people(actor, "team" if reach == "team" else "own"))
    return bindparam(None, ids, ARRAY(Uuid))


def _literal(actor: Actor, reach: str) -> str:
    """The same written out: as one constant, which costs less to read than one of each."""
    ids = ",".join(map(str, sorted(people(actor, "team" if reach == "team" else "own"))))
    return f"CAST('{{{ids}}}' AS uuid[])"
