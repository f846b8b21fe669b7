"""Fields that count: each new record gets the next number, which no record had before or gets again.

Numbers are taken in a transaction of their own, so that nobody waits for another who is still writing, and a
large import takes those of a whole batch at once. A record that comes to nothing leaves a gap.
"""

from collections.abc import Sequence

from sqlalchemy import text

from app.records.types import Change, Field, Numbering, ObjectType
from tenants.beside import beside

_TAKE = text(
    "INSERT INTO settings AS s (key, value) VALUES (:key, to_jsonb(CAST(:first AS bigint) + :count - 1))"
    " ON CONFLICT (key) DO UPDATE SET value = to_jsonb("
    " greatest(CAST(s.value AS bigint), CAST(:first AS bigint) - 1) + :count)"
    " RETURNING CAST(value AS bigint)"
)


def give(described: ObjectType, changes: Sequence[Change]) -> None:
    """Number the new records among these, in their order; to be called when nothing is wrong with them."""
    for field in described.counted:
        new = [each for each in changes if each.is_new]
        if new and field.numbering:
            numbers = take(described.name, field, field.numbering, len(new))
            for change, number in zip(new, numbers, strict=True):
                change.values[field.name] = number


def take(object_name: str, field: Field, numbering: Numbering, count: int) -> list[str]:
    """The next `count` numbers of the field; they are taken for good."""
    key = f"number:{object_name}.{field.name}"
    with beside() as connection:
        values = {"key": key, "first": numbering.start, "count": count}
        last = connection.execute(_TAKE, values).scalar_one()
    return [numbering.written(number) for number in range(last - count + 1, last + 1)]
