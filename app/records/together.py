"""Statements that belong to one change as one statement: the server is asked once for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from tenants.session import session


@dataclass(frozen=True)
class Part:
    """A statement with `:name` values, of names that no other part has."""

    sql: str
    values: Mapping[str, Any]


def run(main: Part, beside: Sequence[Part] = ()) -> Any:
    """What `main` returns; the parts `beside` it are done as well, and none sees what the others write."""
    values = {name: value for part in (*beside, main) for name, value in part.values.items()}
    return session.execute(_joined(main.sql, tuple(part.sql for part in beside)), values)


@lru_cache(maxsize=1024)
def _joined(main: str, beside: tuple[str, ...]) -> TextClause:
    parts = ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(beside))
    return text(f"WITH {parts} {main}" if parts else main)
