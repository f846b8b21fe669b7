"""Rows into the object's table, many in one statement, whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.records import together
from app.records.computed.described import WHY
from app.records.plain import dumps, inward
from app.records.together import WHEN, Part
from app.records.types import Change, ObjectType

# The values travel as one JSON document and take the types of the table's own columns.
_ROWS = "json_populate_recordset(NULL::{table}, CAST(:rows AS json))"


def foresee(described: ObjectType, changes: Sequence[Change], at: datetime, by: UUID | None) -> None:
    """Let `after` of each change be what the record will be, but for what only the database works out."""
    stamps = {"updated_at": at, "updated_by": by}
    for change in changes:
        before = change.before or {
            **described.nothing,
            "version": 0,
            "created_at": at,
            "created_by": by,
            "deleted_at": None,
        }
        after = {
            **before,
            **change.values,
            **stamps,
            "id": change.record_id,
            "version": before["version"] + 1,
        }
        for name, derive in described.derived.items():
            after[name] = derive(after)
        change.after = after


def store(described: ObjectType, changes: Sequence[Change], beside: Sequence[Part]) -> None:
    """Store foreseen records, in one statement for each set of columns; what is `beside` goes with the last.

    What the database works out is then in `after` of each change.
    """
    *others, (last, group) = _groups(described, changes)
    for part, those in others:
        _take(described, those, together.run(part))
    _take(described, group, together.run(last, beside))


def store_new(
    described: ObjectType, change: Change, beside: Sequence[Part], *, unless: Part | None, shown: str
) -> str | None:
    """Store one foreseen new record and what is `beside` it; where `unless` finds a row nothing, and None.

    Returns what the SQL `shown` says of it; there the names of tables mean the rows of this statement.
    """
    columns = _set(described, [change])
    rows = _part(described, _insert(described, columns), [change], (*_NEW, *columns), described.base.name)
    stored = together.run(_looking(described, shown), (*beside, rows), unless=unless)
    if not stored:
        return None
    _take(described, [change], stored)
    return str(stored[0][-1])


def _groups(described: ObjectType, changes: Sequence[Change]) -> list[tuple[Part, list[Change]]]:
    """New records at once, changed ones by the columns that change together."""
    new = [change for change in changes if change.is_new]
    changed: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        if not change.is_new:
            changed[_columns(described, change.values.keys())].append(change)
    groups = [(_updating(described, names, group), group) for names, group in changed.items()]
    return [(_inserting(described, new), new), *groups] if new else groups


def _inserting(described: ObjectType, changes: Sequence[Change]) -> Part:
    columns = _set(described, changes)
    sql = f"{_insert(described, columns)} RETURNING {_returned(described)}"
    return _part(described, sql, changes, (*_NEW, *columns))


def _set(described: ObjectType, changes: Sequence[Change]) -> tuple[str, ...]:
    used = {name for change in changes for name, value in change.values.items() if value is not None}
    used |= {name for change in changes for name, why in change.computed.items() if why}
    return (*_columns(described, used), *((_OBJECT,) if described.is_custom else ()))


def _columns(described: ObjectType, used: Collection[str]) -> tuple[str, ...]:
    """The columns of the table that these fields lie in."""
    fields = [each for each in described.columns if each.name in used]
    own = tuple(each.name for each in fields if not each.custom)
    return (*own, _CUSTOM) if len(own) < len(fields) else own


def _updating(described: ObjectType, columns: tuple[str, ...], changes: Sequence[Change]) -> Part:
    return _part(described, _update(described, columns), changes, (*_OLD, *columns))


def _part(
    described: ObjectType, sql: str, changes: Sequence[Change], names: Sequence[str], called: str = ""
) -> Part:
    rows = [{name: change.after.get(name) for name in names} for change in changes]
    if _CUSTOM in names:
        for row, change in zip(rows, changes, strict=True):
            row[_CUSTOM] = _custom(described, change)
    if _OBJECT in names:
        for row in rows:
            row[_OBJECT] = described.name
    return Part(sql, {"rows": dumps(rows)}, called)


def _custom(described: ObjectType, change: Change) -> dict[str, Any]:
    """What the change sets of custom fields, as JSON holds it."""
    given = {
        each.key: inward(change.values[each.name])
        for each in described.columns
        if each.custom and each.name in change.values
    }
    return given | {name + WHY: why for name, why in change.computed.items()}


def _take(described: ObjectType, changes: Sequence[Change], returned: Iterable[Sequence[Any]]) -> None:
    names = _told(described)
    found = {row[0]: row for row in returned}
    for change in changes:
        change.after.update(zip(names, found[change.record_id], strict=False))


_CUSTOM, _OBJECT = "custom", "object"
_OLD = ("id", "updated_at", "updated_by")
_NEW = (*_OLD, "created_at", "created_by")


@lru_cache(maxsize=256)
def _insert(described: ObjectType, columns: tuple[str, ...]) -> str:
    table = described.base.name
    names = ", ".join((*_NEW, *columns))
    given = ", ".join(f"jsonb_strip_nulls({name})" if name == _CUSTOM else name for name in (*_NEW, *columns))
    return f"INSERT INTO {table} ({names}) SELECT {given} FROM {_ROWS.format(table=table)}{WHEN}"  # noqa: S608


@lru_cache(maxsize=1024)
def _update(described: ObjectType, columns: tuple[str, ...]) -> str:
    table = described.base.name
    sets = ", ".join(f"{name} = {_given(name)}" for name in ("updated_at", "updated_by", *columns))
    return (
        f"UPDATE {table} t SET version = t.version + 1, {sets}"  # noqa: S608
        f" FROM {_ROWS.format(table=table)} r WHERE t.id = r.id RETURNING {_returned(described, 't.')}"
    )


def _given(name: str) -> str:
    """What an update puts into the column; custom fields that it does not name stay."""
    return f"jsonb_strip_nulls(t.{name} || r.{name})" if name == _CUSTOM else f"r.{name}"


@lru_cache(maxsize=1024)
def _looking(described: ObjectType, shown: str) -> Part:
    rows = described.source if described.stored_in is None else f"{described.source} {described.table.name}"
    return Part(f"SELECT {_returned(described)}, {shown} FROM {rows}", {})  # noqa: S608


def _returned(described: ObjectType, prefix: str = "") -> str:
    return ", ".join(prefix + name for name in _told(described))


@lru_cache(maxsize=64)
def _told(described: ObjectType) -> tuple[str, ...]:
    """What only the database knows, and the id before it."""
    return ("id", "version", *(f.name for f in described.columns if f.generated))
