"""Filters of a list in words: chips for those in force, and what the builder offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.records.filters import Chip
from app.records.filters.describing import WORDS, WORDS_OF_TIME
from app.records.filters.tree import OPERATORS
from app.records.types import Field, ObjectType
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.records.table import input_kind
from app.ui.say import gettext

# Operators that take one value and need no explanation; the address knows more.
OFFERED = {"eq", "ne", "contains", "starts", "gt", "gte", "lt", "lte", "empty", "not_empty"}
# Of several choices one is among them, or is not.
OFFERED_OF_SEVERAL = {"in", "not_in", "empty", "not_empty"}
PAGING = ("after", "before")


@dataclass(frozen=True)
class Told:
    """A condition in words, and the address without it."""

    field: str
    operator: str
    value: str
    off: str


def told(chips: Sequence[Chip], path: str, args: MultiDict[str, str], formats: Formats) -> list[Told]:
    """The conditions in force as the chip component shows them."""
    return [
        Told(
            gettext(chip.field.label) if chip.field else "",
            gettext(chip.word),
            ", ".join(_value(chip, place, formats) for place in range(len(chip.values))),
            _without(path, args, chip.params),
        )
        for chip in chips
    ]


def _value(chip: Chip, place: int, formats: Formats) -> str:
    label, value = chip.labels[place], chip.values[place]
    if label is not None:
        return gettext(label) if chip.field and chip.field.kind != "relation" and label else label
    if chip.field and chip.field.kind == "country":
        return values.country_name(str(value), formats.locale)
    return _plain(value, formats)


def _plain(value: Any, formats: Formats) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return formats.exact(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal | int | float):
        return formats.number(value)
    return str(value)


def _without(path: str, args: MultiDict[str, str], params: Sequence[str]) -> str:
    kept = [(name, value) for name, value in args.items(multi=True) if name not in {*params, *PAGING}]
    return f"{path}?{urlencode(kept)}" if kept else path


def offered(described: ObjectType, formats: Formats) -> list[Mapping[str, Any]]:
    """The fields one may filter by, as the filter builder takes them."""
    fields = [*described.fields, described.by_name["created_at"], described.by_name["updated_at"]]
    return [
        {
            "key": field.name,
            "label": gettext(field.label),
            "kind": input_kind(field),
            "operators": _operators(field),
            "options": _options(field, formats),
        }
        for field in fields
        if field.kind in OPERATORS and field.kind != "relation" and not field.hidden
    ]


def _operators(field: Field) -> list[tuple[str, str]]:
    times = WORDS_OF_TIME if field.kind in {"date", "datetime"} else {}
    wanted = OFFERED_OF_SEVERAL if field.kind == "choices" else OFFERED
    found = [op for op in OPERATORS[field.kind] if op in wanted]
    return [(op, gettext(times.get(op, WORDS[op]))) for op in found]


def _options(field: Field, formats: Formats) -> Sequence[tuple[Any, str]]:
    if field.kind in {"choice", "choices"}:
        return list(values.choice_labels(field).items())
    if field.kind == "boolean":
        return (("true", gettext("Yes")), ("false", gettext("No")))
    if field.kind == "country":
        return values.countries(formats.locale)
    if field.kind == "member":
        return (("me", gettext("me")),)
    return ()
