"""Filters of a list in words: one chip for each condition in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from app.records.filters import All, Chip, Where, query, to_params
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.say import gettext


@dataclass(frozen=True)
class Told:
    """A condition in words, and the address without it."""

    field: str
    operator: str
    value: str
    off: str


def told(
    chips: Sequence[Chip],
    where: Where | None,
    path: str,
    kept: Sequence[tuple[str, str]],
    formats: Formats,
    *,
    none: str = "",
) -> list[Told]:
    """The conditions of `where` as the chip component shows them; `kept` is what else the address carries.

    `none` is the query that says that there is no filter, where to say nothing means another.
    """
    parts = where.parts if isinstance(where, All) else (where,)
    return [
        Told(
            *_words(chip, formats),
            _address(
                path, kept, All(tuple(part for at, part in enumerate(parts) if part and at != place)), none
            ),
        )
        for place, chip in enumerate(chips)
    ]


def _address(path: str, kept: Sequence[tuple[str, str]], where: Where, none: str) -> str:
    found = "&".join(each for each in (urlencode(kept), query(to_params(where)) or none) if each)
    return f"{path}?{found}" if found else path


def _words(chip: Chip, formats: Formats) -> tuple[str, str, str]:
    """What the condition is about, how it compares, and with what."""
    if chip.op in ("and", "or"):
        return "", "", _joined(chip, formats)
    if chip.op == "not":
        return "", gettext(chip.word), _inner(chip.inner[0], formats)
    value = ", ".join(_value(chip, place, formats) for place in range(len(chip.values)))
    return _named(chip), gettext(chip.word), _inner(chip.inner[0], formats) if chip.inner else value


def _inner(chip: Chip, formats: Formats) -> str:
    """The condition as a part of another: what has several parts itself stands in brackets."""
    if chip.op in ("and", "or"):
        return f"({_joined(chip, formats)})" if len(chip.inner) > 1 else _joined(chip, formats)
    return " ".join(part for part in _words(chip, formats) if part)


def _joined(chip: Chip, formats: Formats) -> str:
    return f" {gettext(chip.word)} ".join(_inner(each, formats) for each in chip.inner)


def _named(chip: Chip) -> str:
    """The field; that of a related record behind the relations that lead there."""
    labels = [*chip.through, *([chip.field.label] if chip.field else [])]
    return " › ".join(gettext(each) for each in labels)


def _value(chip: Chip, place: int, formats: Formats) -> str:
    label, value = chip.labels[place], chip.values[place]
    if label is not None:
        return gettext(label) if chip.field and not chip.field.target and label else label
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
