"""The tree of conditions, and which operators a kind of field knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.records.filters.moments import Moment
from app.records.plain import plain


@dataclass(frozen=True)
class Condition:
    """`field` stands in relation `op` to `value`; of `in` and `between` the value is a tuple.

    A field of the record that a relation points to is written behind it: company_id.city.
    """

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: "tuple[Where, ...]"


@dataclass(frozen=True)
class OneOf:
    """At least one part holds."""

    parts: "tuple[Where, ...]"


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Where"


@dataclass(frozen=True)
class Linked:
    """Some record of the list `name` is so, or with `none` none is; no `part`: there is one at all."""

    name: str
    part: "Where | None" = None
    none: bool = False


Where = Condition | All | OneOf | Not | Linked

# What stands for the member who looks.
ME = "me"

_TEXT = ("eq", "ne", "contains", "starts", "in", "empty", "not_empty")
_ORDERED = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "empty", "not_empty")
_TIMES = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "empty", "not_empty")
_NAMED = ("eq", "ne", "in", "not_in", "empty", "not_empty")
_LISTED = ("eq", "contains", "in", "empty", "not_empty")

OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": _TEXT,
    "longtext": ("contains", "empty", "not_empty"),
    "email": _TEXT,
    "phone": _TEXT,
    "url": _TEXT,
    "domain": _TEXT,
    "number": _ORDERED,
    "money": _ORDERED,
    "percent": _ORDERED,
    "date": _TIMES,
    "datetime": _TIMES,
    "boolean": ("eq", "ne"),
    "choice": _NAMED,
    "choices": ("in", "not_in", "empty", "not_empty"),
    "relation": _NAMED,
    "relations": ("in", "not_in", "empty", "not_empty"),
    "member": _NAMED,
    "country": _NAMED,
    "currency": _NAMED,
    "emails": _LISTED,
    "phones": _LISTED,
    "external_ids": _LISTED,
    "autonumber": _TEXT,
    "files": ("empty", "not_empty"),
}
WITHOUT_VALUE = frozenset({"empty", "not_empty"})


def asks_empty(where: Where | None, name: str) -> bool:
    """Whether only records without a value in that field are asked for."""
    match where:
        case Condition(field, op):
            return field == name and op == "empty"
        case All(parts):
            return any(asks_empty(part, name) for part in parts)
    return False


def implied(where: Where | None, name: str) -> Iterator[Condition]:
    """What the conditions say of that field too, as its index finds it: no record changed before it came."""
    match where:
        case All(parts):
            for part in parts:
                yield from implied(part, name)
        case Condition("created_at", op, value) if name == "updated_at":
            yield from _bound(name, op, value, _LOWER, 0)
        case Condition("updated_at", op, value) if name == "created_at":
            yield from _bound(name, op, value, _UPPER, 1)


_LOWER = {"gt": "gt", "gte": "gte", "eq": "gte", "between": "gte"}
_UPPER = {"lt": "lt", "lte": "lte", "eq": "lte", "between": "lte"}


def _bound(name: str, op: str, value: Any, known: Mapping[str, str], end: int) -> Iterator[Condition]:
    limit = value[end] if op == "between" else value
    if op in known and not (op == "eq" and isinstance(limit, Moment)):
        yield Condition(name, known[op], limit)


def to_json(where: Where | None) -> Any:
    """The tree as JSON that `parse_json` reads again; None for no condition."""
    match where:
        case None:
            return None
        case Condition(name, op, value):
            return {"field": name, "op": op, **({} if op in WITHOUT_VALUE else {"value": _json(value)})}
        case All(parts):
            return {"and": [to_json(part) for part in parts]}
        case OneOf(parts):
            return {"or": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Linked(name, part, none):
            inner = {} if part is None else {"where": to_json(part)}
            return {"none" if none else "any": name, **inner}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(each) for each in value]
    if isinstance(value, Decimal):
        # As somebody writes it: 5000, not 5000.0000.
        return format(value.normalize(), "f")
    return str(value) if isinstance(value, Moment) else plain(value)
