"""Statements that belong to one change as one statement: the server is asked once for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from tenants import direct

# Where a statement stores rows that it is given, whether it does may be asked here: see `run`.
WHEN = "{when}"
_UNLESS = " WHERE NOT EXISTS (SELECT FROM hindrance)"


@dataclass(frozen=True)
class Part:
    """A statement with `:name` values, of names that no other part has; WHEN stands where a condition may.

    What follows in the same statement may read the rows that one with a `name` writes, by that name.
    """

    sql: str
    values: Mapping[str, Any]
    name: str = ""


def run(main: Part, beside: Sequence[Part] = (), *, unless: Part | None = None) -> list[Any]:
    """What `main` returns; the parts `beside` it are done as well, and none sees what the others write.

    Where `unless` finds a row, nothing is done.
    """
    parts = (*((unless,) if unless else ()), *beside, main)
    values = {name: value for part in parts for name, value in part.values.items()}
    named = tuple((part.name, part.sql) for part in beside)
    return direct.rows(_joined(main.sql, named, unless.sql if unless else ""), values)


@lru_cache(maxsize=1024)
def _joined(main: str, beside: tuple[tuple[str, str], ...], unless: str) -> TextClause:
    parts = [f"hindrance AS ({unless})"] if unless else []
    for number, (name, sql) in enumerate(beside):
        parts.append(f"{name} AS ({sql} RETURNING *)" if name else f"part_{number} AS ({sql})")
    whole = f"WITH {', '.join(parts)} {main}" if parts else main
    return text(whole.replace(WHEN, _UNLESS if unless else ""))
