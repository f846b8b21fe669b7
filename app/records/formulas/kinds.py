"""What the parts of a formula hold, and how values of fields go into it and come out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.core.text import N_
from app.records.formulas.wrong import NoValue

# What a part of a formula holds, in words.
WORDS: Mapping[str, str] = {
    "text": N_("text"),
    "number": N_("a number"),
    "percent": N_("a percentage"),
    "money": N_("an amount"),
    "date": N_("a date"),
    "datetime": N_("a date with a time"),
    "boolean": N_("yes or no"),
    "texts": N_("a list"),
    "link": N_("a record"),
    "links": N_("several records"),
    "nothing": N_("nothing"),
}
# The kinds of fields that a formula reads, and as what.
OF_FIELDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("text", "longtext", "email", "phone", "url", "domain", "choice", "country", "currency"), "text"
    ),
    "number": "number",
    "percent": "number",
    "money": "money",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
    "choices": "texts",
    "relation": "link",
    "relations": "links",
    "member": "link",
}
# What a formula may give, as kinds of fields.
RESULTS = ("text", "number", "percent", "money", "date", "datetime", "boolean")
LONGEST_TEXT = 10_000
LONGEST_RESULT = 1_000
LARGEST = Decimal(10) ** 15
# Amounts are whole ten-thousandths of the currency's unit, as they are stored.
PLACES = 4
_UNIT = Decimal(10) ** PLACES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Usable:
    """A field that a formula may read: its kind there, and for amounts the field that says their currency."""

    name: str
    kind: str
    currency: str | None = None


def entering(kind: str, value: Any) -> Any:
    """A field's value as the engine takes it: amounts, days and instants as whole numbers.

    No records are an empty list: how many there are is known.
    """
    if kind == "links":
        return [str(each) for each in value or ()]
    if value is None:
        return None
    match kind:
        case "number":
            return float(value)
        case "money":
            return int((Decimal(value) * _UNIT).to_integral_value(ROUND_HALF_UP))
        case "date":
            return value.toordinal()
        case "datetime":
            return (value - _EPOCH) // _MICROSECOND
        case "text":
            return _short(str(value))
        case "texts":
            return list(value)
        case "link":
            return str(value)
        case _:
            return value


def leaving(kind: str, value: Any, places: int) -> Any:
    """What the engine gave as a field of `kind` holds it, numbers and amounts at `places`; raises NoValue."""
    if value is None:
        raise NoValue("missing_value")
    match kind:
        case "number" | "percent":
            if not math.isfinite(value):
                raise NoValue("division_by_zero")
            return _within(rounded(Decimal(repr(float(value))), 6 if kind == "percent" else places))
        case "money":
            return _within(rounded(Decimal(value) / _UNIT, places))
        case "date":
            return day(value)
        case "datetime":
            return instant(value)
        case "text":
            if len(value) > LONGEST_RESULT:
                raise NoValue("too_long")
            return value or None
        case _:
            return value


def rounded(value: Decimal, places: int) -> Decimal:
    """The number at that many places, halves away from zero."""
    if abs(value) >= LARGEST * 10**6:
        raise NoValue("out_of_range")
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def day(number: int) -> date:
    """The day of an ordinal number; raises NoValue."""
    try:
        return date.fromordinal(number)
    except (ValueError, OverflowError):
        raise NoValue("out_of_range") from None


def instant(number: int) -> datetime:
    """The instant so many microseconds after 1970; raises NoValue."""
    try:
        return _EPOCH + timedelta(microseconds=number)
    except OverflowError:
        raise NoValue("out_of_range") from None


def _within(value: Decimal) -> Decimal:
    if abs(value) >= LARGEST:
        raise NoValue("out_of_range")
    return value


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise NoValue("too_long")
    return text
