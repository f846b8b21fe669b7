"""Rows into the object's table, many in one statement, whatever their number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.records import together
from app.records.plain import dumps
from app.records.together import Part
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
        _take(those, together.run(part))
    _take(group, together.run(last, beside))


def _groups(described: ObjectType, changes: Sequence[Change]) -> list[tuple[Part, list[Change]]]:
    """New records at once, changed ones by the columns that change together."""
    new = [change for change in changes if change.is_new]
    changed: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        if not change.is_new:
            changed[tuple(f.name for f in described.columns if f.name in change.values)].append(change)
    groups = [(_updating(described, names, group), group) for names, group in changed.items()]
    return [(_inserting(described, new), new), *groups] if new else groups


def _inserting(described: ObjectType, changes: Sequence[Change]) -> Part:
    used = {name for change in changes for name, value in change.values.items() if value is not None}
    columns = tuple(f.name for f in described.columns if f.name in used)
    return _part(_insert(described, columns), changes, (*_NEW, *columns))


def _updating(described: ObjectType, columns: tuple[str, ...], changes: Sequence[Change]) -> Part:
    return _part(_update(described, columns), changes, (*_OLD, *columns))


def _part(sql: str, changes: Sequence[Change], names: Sequence[str]) -> Part:
    rows = [{name: change.after.get(name) for name in names} for change in changes]
    return Part(sql, {"rows": dumps(rows)})


def _take(changes: Sequence[Change], returned: Iterable[Row[Any]]) -> None:
    found = {row.id: row._mapping for row in returned}
    for change in changes:
        change.after.update(found[change.record_id])


_OLD = ("id", "updated_at", "updated_by")
_NEW = (*_OLD, "created_at", "created_by")


@lru_cache(maxsize=256)
def _insert(described: ObjectType, columns: tuple[str, ...]) -> str:
    table = described.table.name
    names = ", ".join((*_NEW, *columns))
    return (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {_ROWS.format(table=table)}"  # noqa: S608
        f" RETURNING {_returned(described)}"
    )


@lru_cache(maxsize=1024)
def _update(described: ObjectType, columns: tuple[str, ...]) -> str:
    table = described.table.name
    sets = ", ".join(f"{name} = r.{name}" for name in ("updated_at", "updated_by", *columns))
    return (
        f"UPDATE {table} t SET version = t.version + 1, {sets}"  # noqa: S608
        f" FROM {_ROWS.format(table=table)} r WHERE t.id = r.id RETURNING {_returned(described, 't.')}"
    )


def _returned(described: ObjectType, prefix: str = "") -> str:
    names = ("id", "version", *(f.name for f in described.columns if f.generated))
    return ", ".join(prefix + name for name in names)
