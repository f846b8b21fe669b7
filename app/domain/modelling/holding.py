"""Whether a record holds something in a field, wherever values of its kind lie."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, or_, select

from app.records import addresses
from app.records.tables import identifiers
from app.records.types import IDENTIFIED


def values_of(table: Table, row: Mapping[str, Any]) -> ColumnElement[bool]:
    """The condition on a table of records that they hold something in the field of that row of `fields`."""
    name, kind = row["name"], row["kind"]
    if kind in IDENTIFIED:
        known = identifiers.c
        here = (known.record_id == table.c.id, known.kind == IDENTIFIED[kind], known.system == name)
        return exists(select(1).where(*here))
    keys = addresses.names(name) if kind == "address" else (row["options"].get("key", name),)
    return or_(*(table.c.custom.has_key(key) for key in keys))
