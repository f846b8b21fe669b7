"""Statements that are parts of others: several writes in one round trip."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import FromClause, Insert, Table, insert, literal, select
from sqlalchemy.orm import DeclarativeBase

# A write that happens once for each row of another part of its statement, so not at all where that has none.
Part = Callable[[FromClause], Insert]


def part(model: type[DeclarativeBase], values: Mapping[str, Any]) -> Part:
    """The INSERT of one row as a part of another statement."""
    return lambda once_for: inserting(model, values, once_for)


def inserting(model: type[DeclarativeBase], values: Mapping[str, Any], once_for: FromClause) -> Insert:
    """An INSERT of `values` for each row of `once_for`, so of nothing where that has none.

    Columns without a value get the database's default.
    """
    columns = cast(Table, model.__table__).c
    row = [literal(value, columns[name].type) for name, value in values.items()]
    return insert(model).from_select(list(values), select(*row).select_from(once_for), include_defaults=False)
