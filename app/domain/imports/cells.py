"""From a cell to a value for the engine, read as its column says."""

import re
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import Problem
from app.core.text import N_
from app.domain.imports.rules.dates import parse_date, parse_datetime
from app.domain.imports.rules.numbers import parse_amount
from app.domain.imports.rules.plan import Column
from app.domain.imports.rules.words import parse_boolean
from app.records import values
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import Refused

_NUMBERS = frozenset({"number", "money", "percent"})


@dataclass(frozen=True)
class Money:
    """An amount that names its currency; `shared` where its sign is that of several currencies."""

    value: Any
    currency: str | None
    shared: bool


def read_cell(field: Field, column: Column, cell: str, habits: Habits) -> Any:
    """The value of `cell` for `field`; raises Refused where it is none."""
    text = cell.strip()
    if field.kind in {"date", "datetime"}:
        return values.read(field, _date(field, column, text, habits), habits)
    if field.kind in _NUMBERS:
        return _number(field, column, text, habits)
    if field.kind in {"emails", "phones"}:
        return values.read(field, _entries(text), habits)
    if field.kind == "boolean" and column.invert:
        known = parse_boolean(text)
        return values.read(field, text, habits) if known is None else not known
    return values.read(field, cell if field.kind == "longtext" else text, habits)


def _entries(text: str) -> list[dict[str, str]]:
    """Several in a cell, each with its purpose before a colon: work: anna@example.com; ..."""
    found = []
    for part in re.split(r"[;,\n]", text):
        purpose, _, value = part.rpartition(":")
        if value.strip():
            found.append({"value": value.strip(), "purpose": purpose.strip()})
    return found


def parts(cell: str) -> list[str]:
    """The records that a cell names, each once; by commas only where nothing parts them more clearly."""
    between = r"[;\n]" if re.search(r"[;\n]", cell) else ","
    return list(dict.fromkeys(part.strip() for part in re.split(between, cell) if part.strip()))


def _date(field: Field, column: Column, text: str, habits: Habits) -> Any:
    read = (
        parse_date(text, column.order)
        if field.kind == "date"
        else parse_datetime(text, column.order, habits.zone)
    )
    if read is not None:
        return read
    if column.order != "ymd":
        raise Refused("not_a_date", N_("This is no date in the order chosen for its column."))
    return text  # the engine knows more ways to write a date, and says what is wrong


def _number(field: Field, column: Column, text: str, habits: Habits) -> Any:
    amount = parse_amount(text, column.point)
    if amount is None:
        raise Refused("not_a_number", N_("This is no number with the decimal mark chosen for its column."))
    if field.kind == "percent":
        value = amount.value / 100 if amount.percent or column.percent else amount.value
        return values.read(field, value, habits)
    read = values.read(field, amount.value, habits)
    if field.kind == "money" and amount.currency:
        return Money(read, amount.currency, amount.symbol in {"$", "¥", "kr"})
    return read


def here(habits: Habits, country: Any) -> Habits:
    """The habits with the row's own country, for phones written without a country code."""
    return replace(habits, region=country) if isinstance(country, str) and len(country) == 2 else habits


def refusal(column: Column, cell: str, refused: Refused) -> Problem:
    """What to tell about a cell that was refused."""
    return Problem(column.name, refused.code, refused.message, {**refused.data, "value": cell.strip()[:200]})
