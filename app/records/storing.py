"""Rows into the object's table, many in one statement, whatever their number."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from app.records.plain import dumps
from app.records.types import Change, ObjectType
from tenants.session import session

# The values travel as one JSON document and take the types of the table's own columns.
_ROWS = "json_populate_recordset(NULL::{table}, CAST(:rows AS json))"


def insert(described: ObjectType, changes: Sequence[Change], at: datetime, by: UUID | None) -> None:
    """Store new records; `after` of each change becomes the whole record."""
    used = {name for change in changes for name, value in change.values.items() if value is not None}
    columns = tuple(f.name for f in described.columns if f.name in used)
    stamps = {"created_at": at, "updated_at": at, "created_by": by, "updated_by": by}
    rows = [{"id": c.record_id, **stamps, **{name: c.values.get(name) for name in columns}} for c in changes]
    returned = _run(_insert(described, columns), rows)
    for change in changes:
        change.after = _after(described, change, returned[change.record_id], at, by)


def update(described: ObjectType, changes: Sequence[Change], at: datetime, by: UUID | None) -> None:
    """Store changed records: one statement for each set of columns that changes together."""
    groups: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        groups[tuple(f.name for f in described.columns if f.name in change.values)].append(change)
    for columns, group in groups.items():
        stamps = {"updated_at": at, "updated_by": by}
        rows = [{"id": c.record_id, **stamps, **{name: c.values[name] for name in columns}} for c in group]
        returned = _run(_update(described, columns), rows)
        for change in group:
            change.after = _after(described, change, returned[change.record_id], at, by)


def _run(statement: TextClause, rows: list[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    found = session.execute(statement, {"rows": dumps(rows)}).mappings()
    return {row["id"]: dict(row) for row in found}


def _after(
    described: ObjectType, change: Change, returned: dict[str, Any], at: datetime, by: UUID | None
) -> dict[str, Any]:
    before = change.before or {
        **{field.name: None for field in described.fields},
        "created_at": at,
        "created_by": by,
        "deleted_at": None,
    }
    return {**before, **change.values, **returned, "updated_at": at, "updated_by": by}


_STAMPS = ("id", "created_at", "updated_at", "created_by", "updated_by")


@lru_cache(maxsize=256)
def _insert(described: ObjectType, columns: tuple[str, ...]) -> TextClause:
    table = described.table.name
    names = ", ".join((*_STAMPS, *columns))
    return text(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {_ROWS.format(table=table)}"  # noqa: S608
        f" RETURNING {_returned(described)}"
    )


@lru_cache(maxsize=1024)
def _update(described: ObjectType, columns: tuple[str, ...]) -> TextClause:
    table = described.table.name
    sets = ", ".join(f"{name} = r.{name}" for name in ("updated_at", "updated_by", *columns))
    return text(
        f"UPDATE {table} t SET version = t.version + 1, {sets}"  # noqa: S608
        f" FROM {_ROWS.format(table=table)} r WHERE t.id = r.id RETURNING {_returned(described, 't.')}"
    )


def _returned(described: ObjectType, prefix: str = "") -> str:
    names = ("id", "version", *(f.name for f in described.columns if f.generated))
    return ", ".join(prefix + name for name in names)
