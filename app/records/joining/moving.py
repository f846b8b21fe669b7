"""Turning what points to one record to another, and back; whatever is turned is written down."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    any_,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.records import holding, loading, pipeline
from app.records.joining.pointers import Pointer, fields_to, links, pointers_to
from app.records.types import Change, Field, ObjectType
from tenants.session import session

CHUNK = 1_000
# Behind the name of a field: these records named both.
_BOTH = "+"
# Which rows were turned, by pointer: the ids of records, or keys of other rows, as texts.
Moves = dict[str, list[str]]
# What is told of a pair for itself: see `pairs`.
POSSIBLE, DISTINCT, MERGED = "duplicate", "distinct", "merged"
# What a search for duplicates found and has not told yet.
FOUND = "found"


def counts(described: ObjectType, record_id: UUID) -> dict[str, int]:
    """How many live records of each object and rows of each other table point to the record."""
    found: dict[str, int] = {}
    for other, field in fields_to(described):
        table = other.table
        alive = and_(holding.names(field, table.c[field.name], record_id), table.c.deleted_at.is_(None))
        _add(found, other.name, select(func.count()).select_from(table).where(alive))
    ways: dict[Table, list[ColumnElement[bool]]] = {}
    for pointer in pointers_to(described):
        if pointer.table is not links:
            ways.setdefault(pointer.table, []).append(_points(pointer, record_id))
    for table, here in ways.items():
        _add(found, table.name, select(func.count()).select_from(table).where(or_(*here)))
    return found


def _add(found: dict[str, int], name: str, counting: Any) -> None:
    number = session.scalar(counting) or 0
    if number:
        found[name] = found.get(name, 0) + number


def move(actor: Actor, described: ObjectType, source: UUID, target: UUID, title: str) -> Moves:
    """Let everything that points to `source` point to `target`, but for the two themselves.

    Records of other objects are changed like by hand, with a fact of theirs called `title`, whatever the
    actor may do to them. A row that would then be there twice stays as it is.
    """
    moves: Moves = {}
    for other, field in fields_to(described):
        ids = _pointing(other, field, source, but=(source, target))
        both = set(_pointing(other, field, target, but=(source, target))) if field.holds and ids else set()
        _turn(actor, (other, field), ids, (source, target), title)
        for key, those in (("", set(ids) - both), (_BOTH, both.intersection(ids))):
            if those:
                moves[f"{other.name}:{field.name}{key}"] = [str(each) for each in ids if each in those]
    for pointer in pointers_to(described):
        keys = _turn_rows(pointer, described.name, source, target)
        if keys:
            moves[pointer.name] = keys
    return moves


def move_back(
    actor: Actor,
    described: ObjectType,
    source: UUID,
    target: UUID,
    *,
    moves: Mapping[str, Sequence[str]],
    title: str,
) -> None:
    """Take back what `move` did; rows that are gone since are left out."""
    for other, field in fields_to(described):
        ids = [UUID(each) for each in moves.get(f"{other.name}:{field.name}", ())]
        _turn(actor, (other, field), ids, (target, source), title)
        ids = [UUID(each) for each in moves.get(f"{other.name}:{field.name}{_BOTH}", ())]
        _turn(actor, (other, field), ids, (target, source), title, add=True)
    for pointer in pointers_to(described):
        keys = moves.get(pointer.name)
        if keys:
            table = pointer.table
            known = _key(pointer) == any_(literal(list(keys), ARRAY(Text)))
            statement = update(table).where(_points(pointer, target), known)
            session.execute(statement.values({pointer.column: source}), execution_options=_PLAIN)


def strayed(
    described: ObjectType, target: UUID, moves: Mapping[str, Sequence[str]]
) -> Iterator[tuple[ObjectType, Field, Mapping[str, Any]]]:
    """The records among `moves` that somebody has turned elsewhere since, each as it is now."""
    for other, field in fields_to(described):
        ids = [UUID(each) for each in moves.get(f"{other.name}:{field.name}", ())]
        for part in _parts(ids):
            for trashed in (False, True):
                for values in loading.locked(other, part, trashed=trashed).values():
                    if target not in holding.ids_of(values[field.name]):
                        yield other, field, values


_PLAIN = {"synchronize_session": False}


def _pointing(other: ObjectType, field: Field, record_id: UUID, but: Sequence[UUID]) -> list[UUID]:
    table = other.table
    found = (
        select(table.c.id)
        .where(holding.names(field, table.c[field.name], record_id), table.c.id.not_in(but))
        .order_by(table.c.id)
    )
    return list(session.scalars(found))


def _turn(
    actor: Actor,
    relation: tuple[ObjectType, Field],
    ids: Sequence[UUID],
    ends: tuple[UUID, UUID],
    title: str,
    *,
    add: bool = False,
) -> None:
    """Let the relation of these records point to the second of the `ends` in place of the first.

    With `add` to both.
    """
    (other, field), (source, target) = relation, ends
    for part in _parts(ids):
        for trashed in (False, True):
            rows = loading.locked(other, part, trashed=trashed)
            changes = [
                Change(other.name, record_id, before, {field.name: value}, quiet=True)
                for record_id, before in rows.items()
                if (value := _turned(field, before[field.name], source, target, add=add))
                != before[field.name]
            ]
            pipeline.store(actor, other, changes, bulk_title=title)


def _turned(field: Field, value: Any, source: UUID, target: UUID, *, add: bool) -> Any:
    if add:
        return list(dict.fromkeys([*(value or ()), str(target)]))
    return holding.turned(field, value, source, target)


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _turn_rows(pointer: Pointer, object_name: str, source: UUID, target: UUID) -> list[str]:
    table = pointer.table
    conditions = [_points(pointer, source), *_free(pointer, target)]
    if pointer.other is not None:
        end, kind = pointer.other
        conditions.append(not_(and_(table.c[end] == target, table.c[kind] == object_name)))
        conditions.append(table.c.kind.not_in((POSSIBLE, FOUND)))
    statement = update(table).where(*conditions).values({pointer.column: target}).returning(_key(pointer))
    return list(session.scalars(statement, execution_options=_PLAIN))


def _points(pointer: Pointer, record_id: UUID) -> ColumnElement[bool]:
    table = pointer.table
    given = [table.c[name] == value for name, value in pointer.given.items()]
    return and_(table.c[pointer.column] == record_id, *given)


def _free(pointer: Pointer, target: UUID) -> Iterator[ColumnElement[bool]]:
    """No other row holds already what this one would become."""
    for names in pointer.unique:
        other = pointer.table.alias()
        same = [other.c[name] == pointer.table.c[name] for name in names]
        yield not_(exists(select(literal(1)).where(other.c[pointer.column] == target, *same)))


def _key(pointer: Pointer) -> ColumnElement[str]:
    return func.concat_ws(" ", *(cast(pointer.table.c[name], Text) for name in pointer.key), type_=Text)
