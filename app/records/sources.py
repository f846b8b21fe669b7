"""Where an object's rows come from: its table, or what of a table is the object's, custom fields as columns.

The planner takes such a source apart again, so that a condition on a custom field is one on its expression
and finds the index on that.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    FromClause,
    Numeric,
    Subquery,
    Table,
    Text,
    Uuid,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, psycopg
from sqlalchemy.types import TypeEngine

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_INSTANT = TIMESTAMP(timezone=True)
# These kinds are ordered as people read them.
TEXTS = frozenset(
    {"text", "longtext", "email", "phone", "url", "domain", "country", "currency", "autonumber"}
)
_TEXT = ("{0} ->> '{1}'", Text())
# How a value in JSON is one in SQL, each by functions that always say the same, as an index wants it.
_EXPRESSIONS: Mapping[str, tuple[str, TypeEngine[Any]]] = {
    "number": ("({0} ->> '{1}')::numeric", Numeric()),
    "money": ("({0} ->> '{1}')::numeric(19,4)", Numeric(19, 4)),
    "percent": ("({0} ->> '{1}')::numeric", Numeric()),
    "boolean": ("({0} ->> '{1}')::boolean", Boolean()),
    "date": ("ext.as_date({0} ->> '{1}')", Date()),
    "datetime": ("ext.as_instant({0} ->> '{1}')", _INSTANT),
    "relation": ("({0} ->> '{1}')::uuid", Uuid()),
    "member": ("({0} ->> '{1}')::uuid", Uuid()),
    "choices": ("{0} -> '{1}'", JSONB()),
    "files": ("{0} -> '{1}'", JSONB()),
    "relations": ("{0} -> '{1}'", JSONB()),
}


def expression(kind: str, key: str, custom: str = "custom") -> str:
    """The SQL of a custom field of that kind whose value lies under `key` of the column called `custom`.

    Indexes are made of the very same text.
    """
    return _EXPRESSIONS.get(kind, _TEXT)[0].format(custom, key)


def source(
    table: Table, custom: Iterable[tuple[str, str, str]], *, name: str, only: str | None = None
) -> Subquery:
    """The rows of `table` as `name`, with a column for each `custom` (kind, name, key); `only` one's."""
    column = f"{table.name}.custom"
    columns = [
        literal_column(expression(kind, key, column), _EXPRESSIONS.get(kind, _TEXT)[1]).label(field)
        for kind, field, key in custom
    ]
    rows = select(*table.c, *columns)
    if only is not None:
        rows = rows.where(literal_column(f"{table.name}.object") == literal_column(f"'{only}'"))
    return rows.subquery(name)


def written(rows: FromClause) -> str:
    """The SQL of such a source, without its name."""
    assert isinstance(rows, Subquery)
    return f"({rows.element.compile(dialect=_DIALECT)})"
