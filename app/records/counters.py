"""Numbers that count up: of orders, cases, deliveries that were given none."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, case, cast, func, select, text

from app.records.types import Change, ObjectType
from tenants.session import session

FIRST = 1001

# The row's lock lets one transaction count at a time; a rollback leaves no gap.
_TAKE = text(
    "INSERT INTO settings AS s (key, value) VALUES (:key, to_jsonb(CAST(:first AS bigint) + :count - 1))"
    " ON CONFLICT (key) DO UPDATE SET value = to_jsonb("
    " greatest(CAST(s.value AS bigint), CAST(:first AS bigint) - 1) + :count)"
    " RETURNING CAST(value AS bigint)"
)


def number(described: ObjectType, changes: Sequence[Change]) -> None:
    """Give the next numbers to new records of a numbered object that have none."""
    name = described.numbered
    wanting = [c for c in changes if name and c.is_new and c.values.get(name) is None and not c.problems]
    if not wanting or name is None:
        return
    numbers = _take(described, len(wanting), FIRST)
    if _taken(described, name, numbers):
        numbers = _take(described, len(wanting), _highest(described, name) + 1)
    for change, given in zip(wanting, numbers, strict=True):
        change.values[name] = given


def _take(described: ObjectType, count: int, first: int) -> list[str]:
    key = f"counter:{described.name}"
    last = session.execute(_TAKE, {"key": key, "first": first, "count": count}).scalar_one()
    return [str(n) for n in range(last - count + 1, last + 1)]


def _taken(described: ObjectType, name: str, numbers: Sequence[str]) -> bool:
    column = described.table.c[name]
    return bool(session.scalar(select(func.count()).where(func.lower(column).in_(numbers))))


def _highest(described: ObjectType, name: str) -> int:
    column = described.table.c[name]
    digits = column.regexp_match(r"^\d{1,15}$")
    found = session.scalar(select(func.max(case((digits, cast(column, BigInteger))))))
    return int(found or FIRST)
