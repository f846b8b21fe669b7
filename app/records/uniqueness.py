"""What only one live record may have: unique fields and exclusive identifiers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict, Problem
from app.core.text import N_
from app.records import identifiers
from app.records.plain import dumps
from app.records.together import Part
from app.records.types import PRIMARY, Change, Field, ObjectType
from tenants.session import session

# One look into the index for each key, however many: a plan that is as good for one as for thousands is kept.
_HELD = (
    " FROM json_to_recordset(CAST(:keys AS json)) AS key (kind text, system text, value text)"
    " CROSS JOIN LATERAL (SELECT i.record_id FROM identifiers i"
    " WHERE i.object = :object AND i.kind = key.kind AND i.system = key.system AND i.value = key.value"
    " AND i.is_exclusive AND i.is_live LIMIT 1) held"
)
_HOLDERS = text(
    "SELECT key.kind, key.system, key.value, held.record_id,"  # noqa: S608 - the text is our own
    f" coalesce((SELECT s.title FROM search s WHERE s.record_id = held.record_id), ''){_HELD}"
)
NAMELESS = N_("%(field)s %(value)s is taken by another record. Give another value.")
RACE = N_("Somebody else took the same value at this moment. Try again.")
Key = tuple[str, str, str]


def check(described: ObjectType, changes: Sequence[Change]) -> None:
    """Note a problem for each value that another live record, or an earlier change, holds."""
    check_fields(described, changes)
    check_identifiers(described, changes)


def check_fields(described: ObjectType, changes: Sequence[Change]) -> None:
    """The same for columns that are unique."""
    for field in described.uniques:
        _check_field(described, field, changes)


@contextmanager
def races_told() -> Iterator[None]:
    """Raises Conflict where the database finds a value taken that was free when it was checked."""
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise Conflict(RACE) from error
        raise


def _check_field(described: ObjectType, field: Field, changes: Sequence[Change]) -> None:
    setting = [(c, lowered(str(c.values[field.name]))) for c in changes if _sets(c, field.name)]
    if not setting:
        return
    table = described.table
    key = func.lower(table.c[field.name])
    rows = session.execute(
        select(key, table.c.id).where(key.in_({value for _, value in setting}), table.c.deleted_at.is_(None))
    )
    holders: dict[str, UUID] = {row[0]: row[1] for row in rows}
    for change, value in setting:
        holder = holders.setdefault(value, change.record_id)
        if holder != change.record_id:
            change.problems.append(taken(field, change.values[field.name], holder))


def lowered(value: str) -> str:
    """As lower() of the database says it, which knows no letter that becomes two and no final sigma."""
    return "".join(letter.lower()[0] for letter in value)


def _sets(change: Change, name: str) -> bool:
    return change.values.get(name) is not None and change.changes(name)


def check_identifiers(described: ObjectType, changes: Sequence[Change]) -> None:
    """The same for exclusive identifiers."""
    wanted = [(change, name, key) for change in changes for name, key in _keys(described, change)]
    if not wanted:
        return
    held = holders(described, [key for _, _, key in wanted])
    for change, name, key in wanted:
        holder, title = held.setdefault(key, (change.record_id, ""))
        if holder != change.record_id:
            change.problems.append(taken(described.by_name[name], key[2], holder, title))


def held(described: ObjectType, change: Change) -> Part | None:
    """What finds a row where a live record holds an identifier of the new one; None: it has none to hold."""
    keys = [key for _, key in _keys(described, change)]
    return Part(f"SELECT{_HELD}", _asked(described, keys)) if keys else None


def _keys(described: ObjectType, change: Change) -> Iterator[tuple[str, Key]]:
    """The exclusive identifiers that the change sets, and the fields that they are of."""
    lists = described.exclusive_lists
    for (kind, listed), entries in identifiers.lists_of(described, change).items():
        name = lists.get((kind, listed))
        if name is not None:
            yield from ((name, (kind, listed or known.system, known.value)) for known in entries)


def holders(described: ObjectType, keys: Sequence[Key]) -> dict[Key, tuple[UUID, str]]:
    """Which live record, with its title, holds each of these (kind, system, value)."""
    rows = session.execute(_HOLDERS, _asked(described, keys))
    return {(kind, system, value): (record_id, title) for kind, system, value, record_id, title in rows}


def _asked(described: ObjectType, keys: Sequence[Key]) -> dict[str, str]:
    named = [{"kind": kind, "system": system, "value": value} for kind, system, value in set(keys)]
    return {"object": described.name, "keys": dumps(named)}


def taken(field: Field, value: Any, holder: UUID, title: str = "") -> Problem:
    """Another record has the value already."""
    data = {"field": field.label, "value": str(value), "record_id": str(holder), "title": title}
    name = PRIMARY.get(field.name, field.name)
    named = N_("%(value)s belongs to %(title)s already. Open that record or give another value.")
    return Problem(name, "taken", named if title else NAMELESS, data)


def nameless(problem: Problem) -> Problem:
    """The same without which record it is."""
    data = {name: problem.data[name] for name in ("field", "value")}
    return replace(problem, message=NAMELESS, data=data)
