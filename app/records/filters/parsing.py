"""From addresses and JSON to the tree: names, operators and values are checked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from app.core.actor import Actor
from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records import intake
from app.records.filters import moments, remedies, steps
from app.records.filters.tree import ME, OPERATORS, WITHOUT_VALUE, All, Condition, Linked, Not, OneOf, Where
from app.records.habits import Habits
from app.records.types import Field, ObjectType
from app.records.values import Refused, read
from app.records.values.text import as_text

DEEPEST = 6
MOST_CONDITIONS = 60
MOST_VALUES = 500
LONGEST = 500
NO_FILTER = N_("A filter has field, op and value, or and, or, not.")

_KEY = re.compile(r"filter\[([^\[\]]{1,100})\](?:\[([a-z_]{1,20})\])?")
_MACHINE = Habits()  # addresses are written as JSON is: a point before decimals, ISO dates
_PLAIN_TEXT = frozenset({"text", "longtext", "email", "phone", "url", "domain", "autonumber"})
_LISTS = frozenset({"emails", "phones", "external_ids"})


class Params(Protocol):
    """What a query string is read from: werkzeug's MultiDict, or anything like it."""

    def keys(self) -> Iterable[str]: ...

    def getlist(self, key: str) -> list[str]: ...


def parse_params(described: ObjectType, params: Params, actor: Actor | None = None) -> Where | None:
    """The conditions `filter[city]=Berlin&filter[amount][gte]=1000&where={...}`, all of which must hold.

    Repeated keys mean any of their values. Without an `actor`, nothing of related records can be asked for.
    Raises Invalid.
    """
    parts: list[Where] = []
    for key in dict.fromkeys(params.keys()):
        values = params.getlist(key)
        if key == "where":
            parts += [parse_text(described, value, actor) for value in values if value]
        elif key.startswith("filter["):
            parts.append(_from_param(_Place(described, actor), key, values))
    _limit(parts)
    return (parts[0] if len(parts) == 1 else All(tuple(parts))) if parts else None


def parse_text(described: ObjectType, text: str, actor: Actor | None = None) -> Where:
    """The tree written as JSON text; raises Invalid."""
    try:
        return parse_json(described, orjson.loads(text), actor)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise _bad("where", "bad_json", N_("The filter is not valid JSON.")) from None


def parse_json(described: ObjectType, tree: Any, actor: Actor | None = None) -> Where:
    """The tree {"and": [...]}, {"or": [...]}, {"not": ...} or {"field", "op", "value"}; raises Invalid.

    {"any": list, "where": tree} and {"none": ...} ask for records that point here, as `actor` sees them.
    """
    where = _node(_Place(described, actor), tree, 1)
    _limit([where])
    return where


@dataclass(frozen=True)
class _Place:
    """Whose fields are named here, by whom, and how many relations led here."""

    described: ObjectType
    actor: Actor | None
    steps: int = 0


def _node(place: _Place, tree: Any, depth: int) -> Where:
    if depth > DEEPEST:
        raise _bad("where", "too_deep", N_("The filter is nested too deep. Write it with fewer levels."))
    if not isinstance(tree, Mapping):
        raise _bad("where", "bad_filter", NO_FILTER)
    for word, kind in (("and", All), ("or", OneOf)):
        if word in tree:
            parts = tree[word]
            if not isinstance(parts, list) or not parts or len(tree) > 1 or len(parts) > MOST_CONDITIONS:
                raise _bad("where", "bad_filter", N_("%(word)s needs a list of filters."), word=word)
            return kind(tuple(_node(place, part, depth + 1) for part in parts))
    if "not" in tree:
        return Not(_node(place, tree["not"], depth + 1))
    for word in ("any", "none"):
        if word in tree:
            return _linked(place, tree[word], word, tree.get("where"), depth)
    return _condition(place, tree.get("field"), tree.get("op", "eq"), tree.get("value"))


def _linked(place: _Place, name: Any, word: str, tree: Any, depth: int) -> Linked:
    if not isinstance(name, str):
        raise _bad("where", "bad_filter", N_("%(word)s needs the name of a list of the record."), word=word)
    steps.check(place.steps + 1)
    listed, other = steps.back(place.actor, place.described, name)
    there = _Place(other, place.actor, place.steps + 1)
    return Linked(listed.name, None if tree is None else _node(there, tree, depth + 1), word == "none")


def _from_param(place: _Place, key: str, values: list[str]) -> Where:
    found = _KEY.fullmatch(key)
    if not found:
        raise _bad(key[:100], "bad_filter", N_("Write filters as filter[field] or filter[field][op]."))
    name, op = found[1], found[2] or "eq"
    if op in ("any", "none"):
        return _linked(place, name, op, None, 1)
    if op == "eq" and len(values) > 1:
        op = "in"
    value: Any = values[-1]
    if op in ("in", "not_in"):
        value = values if len(values) > 1 else values[0].split(",")
    elif op == "between":
        value = re.split(r"\.\.|,", value)
    elif op == "eq" and value == "":
        op = "empty"
    return _condition(place, name, op, value)


def _condition(place: _Place, name: Any, op: Any, value: Any) -> Condition:
    if isinstance(name, str) and "." in name and place.actor is not None:
        return _beyond(place, name, op, value)
    if not isinstance(name, str):
        raise _bad("where", "bad_filter", NO_FILTER)
    field = place.described.by_name.get(name)
    if field is None:
        raise Invalid([intake.unknown(place.described, name)])
    return _compared(field, op, value)


def _beyond(place: _Place, name: str, op: Any, value: Any) -> Condition:
    steps.check(place.steps + name.count("."))
    path = steps.path(place.actor, place.described, name)
    return replace(_compared(path.field, op, value), field=path.name)


def _compared(field: Field, op: Any, value: Any) -> Condition:
    known = _operators(field)
    if op not in known:
        message = N_("%(field)s cannot be filtered by %(op)s. Take one of: %(known)s.")
        raise _bad(
            field.name, "bad_operator", message, field=field.label, op=str(op)[:50], known=", ".join(known)
        )
    if op in WITHOUT_VALUE:
        return Condition(field.name, op)
    if op in ("in", "not_in", "between"):
        return Condition(field.name, op, _several(field, op, value))
    return Condition(field.name, op, _value(field, op, value))


def _operators(field: Field) -> tuple[str, ...]:
    return ("eq", "in") if field.name == "id" else OPERATORS[field.kind]


def _several(field: Field, op: str, value: Any) -> tuple[Any, ...]:
    if (
        not isinstance(value, list | tuple)
        or len(value) > MOST_VALUES
        or (op == "between" and len(value) != 2)
    ):
        raise _bad(
            field.name,
            "bad_value",
            N_("%(op)s needs a list: two values for between, at most %(most)s for in."),
            op=op,
            most=MOST_VALUES,
        )
    return tuple(_value(field, op, each) for each in value)


def _value(field: Field, op: str, raw: Any) -> Any:
    if field.kind in ("date", "datetime") and isinstance(raw, str):
        moment = moments.parse(raw)
        if moment:
            return moment
    if field.kind == "member" and raw == ME:
        return ME
    try:
        value = _read(field, op, raw)
    except Refused as refused:
        wrong = remedies.told(field, refused)
        raise _bad(field.name, wrong.code, wrong.message, **wrong.data) from None
    if value is None:
        raise _bad(field.name, "bad_value", N_("Give a value to compare with."))
    return value


def _read(field: Field, op: str, raw: Any) -> Any:
    if field.name == "id":
        return read(Field("id", "relation", field.label), raw, _MACHINE)
    if field.kind == "choices":
        return read(Field(field.name, "choice", field.label, choices=field.choices), raw, _MACHINE)
    if field.kind == "relations":
        return read(Field(field.name, "relation", field.label), raw, _MACHINE)
    if field.kind in _LISTS or (field.kind in _PLAIN_TEXT and op in ("contains", "starts")):
        return _words(raw)
    if field.kind in ("text", "url", "longtext"):
        return _words(raw)
    if field.kind in _PLAIN_TEXT:
        return _leniently(field, raw)
    if field.kind == "date" and isinstance(raw, str) and "T" in raw:
        raw = raw.partition("T")[0]
    if field.kind == "datetime" and isinstance(raw, str) and len(raw.strip()) <= 10:
        return read(Field(field.name, "date", field.label), raw, _MACHINE)
    return read(field, raw, _MACHINE)


def _leniently(field: Field, raw: Any) -> str:
    """An address that is none matches nothing; it is no mistake to look for it."""
    try:
        return str(read(field, raw, _MACHINE))
    except Refused:
        return _words(raw)


def _words(raw: Any) -> str:
    written = as_text(raw).strip()
    if len(written) > LONGEST:
        raise Refused("too_long", N_("The text to look for is too long."))
    if not written:
        raise Refused("bad_value", N_("Give a value to compare with."))
    return written


def _limit(parts: list[Where]) -> None:
    if sum(_size(part) for part in parts) > MOST_CONDITIONS:
        message = N_("The filter has too many conditions; %(most)s are possible.")
        raise _bad("where", "too_large", message, most=MOST_CONDITIONS)


def _size(where: Where) -> int:
    match where:
        case Condition():
            return 1
        case Linked(_, part):
            return 1 if part is None else 1 + _size(part)
        case Not(part):
            return _size(part)
        case All(parts) | OneOf(parts):
            return sum(_size(part) for part in parts)


def _bad(path: str, code: str, message: str, **data: Any) -> Invalid:
    return Invalid([Problem(path, code, message, data)])
