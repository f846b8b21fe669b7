"""Pages by position instead of by number: complete and without doubles while rows come and go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, Text, bindparam, func, select, tuple_, union_all

from app.core.errors import Invalid
from app.core.text import N_
from app.records.sources import TEXTS
from app.records.types import Field, ObjectType

Direction = Literal["next", "previous"]
# How rows are found: along their order, so only where that is much cheaper, by the conditions alone.
Way = Literal["straight", "wary", "sorted"]
WARY = 3
_ORDERED = TEXTS - {"longtext"} | {"number", "money", "percent", "date", "datetime", "boolean"}
# The names of the mark's values in statements, which are kept and asked again with others.
AT, BEHIND = "at_value", "behind_id"


@dataclass(frozen=True)
class Sort:
    """By which field; rows without a value come last, whatever the direction.

    Without an index (`indexed` False) all rows are read and sorted: to be asked with patience, and no more.
    """

    name: str
    descending: bool
    key: ColumnElement[Any]
    nullable: bool
    indexed: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclass(frozen=True)
class Mark:
    """A place in the list: behind (or before) the row with this sort value and id."""

    direction: Direction
    value: Any
    id: UUID

    @property
    def packed(self) -> list[Any]:
        """The mark as JSON; `value` is what SQL returned."""
        value = self.value
        text = value.isoformat() if isinstance(value, date) else str(value) if value is not None else None
        return [self.direction[0], text, self.id.hex]


def sort_of(described: ObjectType, written: str | None) -> Sort:
    """The sort `name` or `-name` asks for; raises Invalid for a field whose values have no order."""
    text = written or described.default_sort
    name = text.removeprefix("-")
    field = described.by_name.get(name)
    if field is None or not (field.sortable or is_ordered(field)):
        known = ", ".join(each.name for each in described.by_name.values() if each.sortable)
        message = N_("The list cannot be sorted by %(name)s. Take one of: %(known)s.")
        raise Invalid.one("sort", "not_sortable", message, name=name[:100], known=known)
    column = described.table.c[name]
    key = func.ext.sort_key(column, type_=Text) if field.kind in TEXTS else column
    return Sort(name, text.startswith("-"), key, described.nullable(name), field.sortable)


def is_ordered(field: Field) -> bool:
    """Whether people would know the order: of texts, figures and dates; ids and lists have none."""
    is_seen = field.stored and not field.hidden and field.name != "id"
    return is_seen and field.kind in _ORDERED


def unpacked(sort: Sort, content: list[Any]) -> Mark:
    """The mark again, with the types that the sort compares."""
    direction, text, record_id = content
    value = None if text is None else _typed(sort.key.type.python_type, text)
    return Mark("next" if direction == "n" else "previous", value, UUID(record_id))


def _typed(kind: type, text: str) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(text)
    if kind is date:
        return date.fromisoformat(text)
    return Decimal(text) if kind is Decimal else kind(text)


def keys(
    described: ObjectType,
    sort: Sort,
    conditions: list[ColumnElement[bool]],
    mark: Mark | None,
    limit: int,
    *,
    way: Way = "straight",
    empty: bool = False,
) -> Subquery:
    """Ids and sort values (`id`, `key`) of the `limit` rows behind or before the mark, found that `way`.

    `empty` says what the conditions ask as well: that the rows have no value to be sorted by, or an empty
    text, which the index then finds. Rows with and without a value are two ordered walks along the index,
    one after the other: an index gives nulls last in one direction only.
    """
    base = select(described.table.c.id.label("id"), sort.key.label("key")).where(*conditions)
    backward = mark is not None and mark.direction == "previous"
    blank = [sort.key == ""] if empty and isinstance(sort.key.type, Text) else []
    first = partial(_FIRST[way], down=sort.descending != backward, limit=limit)
    if not sort.nullable:
        return first(_valued(base.where(*blank), described, sort, mark, backward)).subquery("keys")
    parts = []
    if mark is None or mark.value is not None or backward:
        bound = mark if mark and mark.value is not None else None
        # What lies behind a value has one: asked again, the key would be made once more of each row.
        there = [sort.key.is_not(None)] if bound is None else []
        parts.append(_valued(base.where(*there, *blank), described, sort, bound, backward))
    if mark is None or mark.value is None or not backward:
        bound = mark if mark and mark.value is None else None
        parts.append(_empty(base.where(sort.key.is_(None)), described, sort, bound, backward))
    if backward:
        parts.reverse()
    if len(parts) == 1:
        return first(parts[0]).subquery("keys")
    walks = [select(first(part).subquery()) for part in parts]
    return union_all(*walks).limit(limit).subquery("keys")


def _straight(part: Select[Any], *, down: bool, limit: int) -> Select[Any]:
    """As it is asked for: of all rows in their order the first."""
    del down
    return part.limit(limit)


def _wary(part: Select[Any], *, down: bool, limit: int) -> Select[Any]:
    """The same, planned as if more were wanted, and asked for no more of it than is.

    The planner thinks that what fits lies evenly along the order, and walking cheap. So walking is chosen
    only where it looks much cheaper than sorting what fits.
    """
    del down
    planned = part.limit(limit * WARY).cte().prefix_with("MATERIALIZED")
    return select(planned.c.id, planned.c.key).limit(limit)


def _sorted(part: Select[Any], *, down: bool, limit: int) -> Select[Any]:
    """All that fits, found by what the conditions have, and then sorted."""
    return _ordered(part.order_by(None).offset(0).subquery(), down=down).limit(limit)


def _ordered(rows: Subquery, *, down: bool) -> Select[Any]:
    by = (rows.c.key.desc(), rows.c.id.desc()) if down else (rows.c.key, rows.c.id)
    return select(rows.c.id, rows.c.key).order_by(*by)


_FIRST: Mapping[Way, Callable[..., Select[Any]]] = {"straight": _straight, "wary": _wary, "sorted": _sorted}


def order(sort: Sort, found: Subquery, *, backward: bool) -> tuple[Any, ...]:
    """How the rows of `keys` follow each other in the direction of the walk."""
    down = sort.descending != backward
    by = (found.c.key.desc() if down else found.c.key.asc(), found.c.id.desc() if down else found.c.id.asc())
    if not sort.nullable:
        return by
    empty = found.c.key.is_(None)
    return (empty.desc() if backward else empty.asc(), *by)


def _valued(
    base: Select[Any], described: ObjectType, sort: Sort, mark: Mark | None, backward: bool
) -> Select[Any]:
    down = sort.descending != backward
    row_id = described.table.c.id
    if mark is not None:
        here = tuple_(sort.key, row_id)
        there = tuple_(bindparam(AT, mark.value, sort.key.type), bindparam(BEHIND, mark.id, row_id.type))
        base = base.where(here < there if down else here > there)
    return base.order_by(*((sort.key.desc(), row_id.desc()) if down else (sort.key, row_id)))


def _empty(
    base: Select[Any], described: ObjectType, sort: Sort, mark: Mark | None, backward: bool
) -> Select[Any]:
    down = sort.descending != backward
    row_id = described.table.c.id
    if mark is not None:
        there = bindparam(BEHIND, mark.id, row_id.type)
        base = base.where(row_id < there if down else row_id > there)
    # The key is null in all of these; naming it lets the index give the order.
    return base.order_by(*((sort.key.desc(), row_id.desc()) if down else (sort.key, row_id)))
