"""What goes with a record, and what only pointed to it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, delete, select, text

from app.domain.files import erasing
from app.domain.files.models import File
from app.records import holding
from app.records.computed import marking, plans
from app.records.joining.pointers import fields_to, pointers_to
from app.records.tables import array_of
from app.records.types import Field, ObjectType
from tenants.session import session

# Records of an object, with the object as it is whatever is hidden.
Going = dict[str, tuple[ObjectType, list[UUID]]]
_UNPOINT = (
    "UPDATE {table} SET custom = custom - CAST(:key AS text)"
    " WHERE custom ->> :key = ANY(CAST(:ids AS text[])){only}"
)

_LET_GO = (
    "UPDATE {table} SET custom = jsonb_strip_nulls(custom || jsonb_build_object(CAST(:key AS text),"
    " (SELECT jsonb_agg(held.id ORDER BY held.place)"
    " FROM jsonb_array_elements_text(custom -> CAST(:key AS text)) WITH ORDINALITY held(id, place)"
    " WHERE held.id <> ALL(CAST(:ids AS text[])))))"
    " WHERE custom -> CAST(:key AS text) ?| CAST(:ids AS text[]){only}"
)


def gather(described: ObjectType, ids: Sequence[UUID], going: Going) -> Going:
    """These records and all that is nothing without them: lines of an order, activities about nobody else."""
    known = going.setdefault(described.name, (described, []))[1]
    fresh = [each for each in ids if each not in set(known)]
    known += fresh
    for other, field in fields_to(described) if fresh else ():
        if _goes_along(other, field):
            gather(other, _children(other, field, fresh), going)
    return going


def _goes_along(other: ObjectType, field: Field) -> bool:
    return _cascades(other, field) or (other.is_part and field.name in other.parents)


def _cascades(other: ObjectType, field: Field) -> bool:
    """Whether the database would remove the row, without what the engine keeps of it elsewhere."""
    column = other.base.c.get(field.name)
    return column is not None and any(key.ondelete == "CASCADE" for key in column.foreign_keys)


def _children(other: ObjectType, field: Field, ids: Sequence[UUID]) -> Sequence[UUID]:
    table = other.table
    mine = select(table.c.id).where(table.c[field.name] == any_(array_of(ids)))
    if not _cascades(other, field):
        mine = mine.where(*(table.c[name].is_(None) for name in other.parents if name != field.name))
    return session.scalars(mine).all()


def unpoint(described: ObjectType, ids: Sequence[UUID]) -> None:
    """Remove what points to records that go: values of own fields, links, notices, letters, talks, files.

    Columns that Kith brings empty themselves. What is worked out of any of it is worked out anew.
    """
    _mark(described, ids)
    for other, field in fields_to(described):
        if field.custom:
            only = " AND object = :object" if other.is_custom else ""
            asked = {"key": field.key, "ids": [str(each) for each in ids]}
            asked |= {"object": other.name} if other.is_custom else {}
            way = _LET_GO if field.holds else _UNPOINT
            session.execute(text(way.format(table=other.base.name, only=only)), asked)
    _files(described.name, ids)
    for pointer in pointers_to(described):
        table = pointer.table
        if table.name == File.__tablename__ or table.c[pointer.column].foreign_keys:
            continue
        if table.name == "threads":
            _talks(table, pointer.given, ids)
        if not pointer.given or "object" in pointer.given or table.name == "links":
            session.execute(delete(table).where(*_here(table, pointer.column, pointer.given, ids)))


def _mark(described: ObjectType, ids: Sequence[UUID]) -> None:
    plan = plans.present()
    for other, field in fields_to(described):
        if other.name in plan.own or other.name in plan.feeds:
            column = other.table.c[field.name]
            here = holding.names_any(column, ids) if field.holds else column == any_(array_of(ids))
            pointing = select(other.table.c.id).where(here)
            marking.touched(other.name, session.scalars(pointing).all(), [field.name])


def _here(table: Any, column: str, given: Mapping[str, str], ids: Sequence[UUID]) -> list[Any]:
    return [table.c[column] == any_(array_of(ids)), *(table.c[name] == word for name, word in given.items())]


def _talks(threads: Any, given: Mapping[str, str], ids: Sequence[UUID]) -> None:
    """The files of what was said there; the words go with the conversation."""
    mine = select(threads.c.id).where(*_here(threads, "record_id", given, ids))
    said = text("SELECT id FROM messages WHERE thread_id = ANY(:ids)")
    of = list(session.scalars(mine))
    if of:
        _files("messages", list(session.scalars(said, {"ids": of})))
        session.execute(text("DELETE FROM messages WHERE thread_id = ANY(:ids)"), {"ids": of})


def _files(name: str, ids: Sequence[UUID]) -> None:
    here = select(File).where(File.object == name, File.record_id == any_(array_of(ids)))
    erasing.forget(session.scalars(here).all())
