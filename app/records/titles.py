"""What a record is called, in SQL and in Python."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func

from app.records.types import ObjectType


def title_of(described: ObjectType, table: Any) -> ColumnElement[str]:
    """The title of a row of `table` (the object's own or an alias of it)."""
    columns = [func.nullif(cast(table.c[name], String), "") for name in _parts(described)]
    return func.coalesce(*columns, "") if len(columns) > 1 else func.coalesce(columns[0], "")


def named_in(described: ObjectType, table: Any) -> ColumnElement[str]:
    """Title and subtitle of a row of `table` in one text."""
    names = (*_parts(described), *described.subtitle)
    return func.concat_ws(
        " ", *(cast(table.c[name], String) for name in names if name in table.c), type_=String
    )


def title(described: ObjectType, values: Mapping[str, Any]) -> str:
    """The title of a record with these values."""
    return next((str(values[name]) for name in _parts(described) if values.get(name)), "")


def subtitle(described: ObjectType, values: Mapping[str, Any]) -> str:
    """The few words under the title: what tells two records of one name apart."""
    return " · ".join(str(values[name]) for name in described.subtitle if values.get(name))


def _parts(described: ObjectType) -> tuple[str, ...]:
    return (described.title, *described.title_else)
