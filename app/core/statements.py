"""Statements that are parts of others: several writes in one round trip."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import FromClause, Table, Update, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import DeclarativeBase

# A write that happens once for each row of another part of its statement, so not at all where that has none.
Part = Callable[[FromClause], Insert | Update]


def part(model: type[DeclarativeBase], values: Mapping[str, Any]) -> Part:
    """The INSERT of one row as a part of another statement."""
    return lambda once_for: inserting(model, values, once_for)


def inserting(
    model: type[DeclarativeBase], values: Mapping[str, Any], once_for: FromClause | None = None
) -> Insert:
    """An INSERT of `values` for each row of `once_for`, so of nothing where that has none; of one without it.

    Columns without a value get the database's default: no other is known within another statement.
    """
    columns = cast(Table, model.__table__).c
    row = [literal(value, columns[name].type) for name, value in values.items()]
    rows = select(*row) if once_for is None else select(*row).select_from(once_for)
    return insert(model).from_select(list(values), rows, include_defaults=False)
