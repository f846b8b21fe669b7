"""Numbers that count up: of orders, cases, deliveries that were given none."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import BigInteger, case, cast, func, select, text

from app.records.types import Change, ObjectType
from tenants.session import session

FIRST = 1001
_DIGITS = re.compile(r"[0-9]{1,15}")

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
    given_beside = {str(c.values[name]) for c in changes if c.values.get(name) is not None}
    numbers = _take(described, len(wanting), FIRST)
    if given_beside.intersection(numbers) or _taken(described, name, numbers):
        highest = max(_highest(described, name), *_counting(given_beside), FIRST)
        numbers = _take(described, len(wanting), highest + 1)
    for change, given in zip(wanting, numbers, strict=True):
        change.values[name] = given


def _take(described: ObjectType, count: int, first: int) -> list[str]:
    key = f"counter:{described.name}"
    last = session.execute(_TAKE, {"key": key, "first": first, "count": count}).scalar_one()
    return [str(n) for n in range(last - count + 1, last + 1)]


def _taken(described: ObjectType, name: str, numbers: Sequence[str]) -> bool:
    column = described.table.c[name]
    return bool(session.scalar(select(func.count()).where(func.lower(column).in_(numbers))))


def _counting(numbers: Iterable[str]) -> Iterator[int]:
    """Those of the numbers that consist of digits and so could be met by counting."""
    return (int(each) for each in numbers if _DIGITS.fullmatch(each))


def _highest(described: ObjectType, name: str) -> int:
    column = described.table.c[name]
    digits = column.regexp_match(f"^{_DIGITS.pattern}$")
    found = session.scalar(select(func.max(case((digits, cast(column, BigInteger))))))
    return int(found or FIRST)
