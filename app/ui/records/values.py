"""A record's values as a page shows them and as an input holds them, from the field's description."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from babel import Locale
from markupsafe import Markup, escape

from app.core.text import N_
from app.records.record import Record
from app.records.types import Field
from app.records.values import purposes
from app.ui import cells
from app.ui.formats import Formats
from app.ui.icons import icon
from app.ui.say import gettext
from app.ui.shapes import State

Show = Callable[[Record], Markup]

# How the state of a choice is drawn: colours have one meaning here, and each its shape.
STATES: Mapping[str, State] = {"good": "kept", "warn": "risk", "bad": "broken", "info": "planned"}

# Objects whose faces are square: organisations and things; people are round.
ROUND = {"contacts", "members"}
WITH_FACE = {"companies", "contacts"}
WITHOUT_PAGE = {"members", "stages"}
LONGEST_IN_TABLE = 140
MOST_IN_TABLE = 3
LISTS = frozenset({"emails", "phones"})
PARTS: Mapping[str, str] = {
    "street": N_("Street"),
    "postcode": N_("Postcode"),
    "city": N_("City"),
    "region": N_("State or region"),
    "country": N_("Country"),
}


def show(field: Field, formats: Formats, currency: str | None = None) -> Show:
    """How `field` of a record is written; made once a column, called once a row.

    `currency` is that of amounts whose record names none.
    """
    name = field.name
    if field.kind == "relation" and field.target not in WITHOUT_PAGE:
        return _relation(field)
    if field.kind in {"member", "relation"}:
        return _named(field)
    if field.holds:
        return _several(field)
    if field.kind == "money":
        return _money(field, formats, currency)
    write = _writer(field, formats)

    def shown(record: Record) -> Markup:
        value = record.get(name)
        return cells.EMPTY if value is None or value in ("", []) else write(value)

    return shown


def _relation(field: Field) -> Show:
    name, prefix, square = field.name, f"/{field.target}/", field.target not in ROUND
    if field.target not in WITH_FACE:
        return _linked(name, prefix)

    def shown(record: Record) -> Markup:
        value = record.get(name)
        return (
            cells.relation(record.labels.get(name, ""), f"{prefix}{value}", square) if value else cells.EMPTY
        )

    return shown


def _linked(name: str, prefix: str) -> Show:
    def shown(record: Record) -> Markup:
        value = record.get(name)
        return cells.link(record.labels.get(name, ""), f"{prefix}{value}") if value else cells.EMPTY

    return shown


def _several(field: Field) -> Show:
    """The first of several records, and how many more there are."""

    def shown(record: Record) -> Markup:
        known = links(field, record)
        more = Markup(" <small>+{}</small>").format(len(known) - MOST_IN_TABLE)
        told = Markup(", ").join(known[:MOST_IN_TABLE])
        return told + more if len(known) > MOST_IN_TABLE else told

    return shown


def links(field: Field, record: Record) -> list[Markup]:
    """Each of the several records that the field holds, linked by its name."""
    pairs = zip(record.get(field.name) or (), record.names.get(field.name, ()), strict=False)
    return [cells.link(name or "–", f"/{field.target}/{each}") for each, name in pairs]


def _named(field: Field) -> Show:
    name = field.name
    face = cells.member if field.kind == "member" else cells.text

    def shown(record: Record) -> Markup:
        label = record.labels.get(name)
        return face(label) if label else cells.EMPTY

    return shown


def _money(field: Field, formats: Formats, otherwise: str | None) -> Show:
    name, currency = field.name, field.currency or "currency"

    def shown(record: Record) -> Markup:
        amount = record.get(name)
        return (
            cells.EMPTY if amount is None else cells.money(amount, formats, record.get(currency, otherwise))
        )

    return shown


def _writer(field: Field, formats: Formats) -> Callable[[Any], Markup]:
    if field.kind == "choice":
        return _choice(field)
    if field.kind == "choices":
        one = _choice(field)
        return lambda several: Markup(" ").join(map(one, several))
    if field.kind == "country":
        return lambda value: escape(country_name(value, formats.locale))
    if field.kind == "files":
        return lambda ids: Markup("{} {}").format(icon("paperclip"), len(ids))
    if field.kind in LISTS:
        return lambda entries: _first_of(entries, lambda entry: entry_of(field, entry, formats))
    writers: dict[str, Callable[[Any], Markup]] = {
        "longtext": lambda value: cells.text(_shortened(value)),
        "email": cells.email,
        "phone": lambda value: cells.phone(value, formats),
        "url": cells.url,
        "domain": cells.url,
        "number": lambda value: cells.number(value, formats),
        "integer": lambda value: cells.number(value, formats),
        "percent": lambda value: Markup(formats.percent(float(value), 0)),
        "date": lambda value: cells.day(value, formats),
        "datetime": lambda value: cells.when(value, formats),
        "boolean": cells.boolean,
    }
    return writers.get(field.kind, lambda value: cells.text(str(value)))


def _first_of(entries: Sequence[Any], write: Callable[[Any], Markup]) -> Markup:
    """The first of several, and how many more there are."""
    first = write(entries[0])
    return Markup("{} <small>+{}</small>").format(first, len(entries) - 1) if len(entries) > 1 else first


def label_in_section(field: Field) -> str:
    """What the field is called below the heading of its section, which names the address."""
    return gettext(PARTS[field.part[1]] if field.part else field.label)


def entry_of(field: Field, entry: Mapping[str, Any], formats: Formats) -> Markup:
    """One of several e-mails or phones."""
    return cells.email(entry["value"]) if field.kind == "emails" else cells.phone(entry["value"], formats)


def purpose_word(purpose: str) -> str:
    """What an e-mail or a phone is for, in the page's language."""
    return gettext(purposes.KNOWN[purpose]) if purpose in purposes.KNOWN else purpose


def _choice(field: Field) -> Callable[[Any], Markup]:
    """A choice as a pill; what the company says of its own choices is drawn as states are."""
    labels = choice_labels(field)
    states = {each.value: STATES.get(each.state or "") for each in field.choices if field.custom}
    return lambda value: cells.choice(labels.get(value, str(value)), states.get(value))


def choice_labels(field: Field) -> dict[str | int, str]:
    """The words for the values of a choice in the page's language."""
    return {choice.value: gettext(choice.label) for choice in field.choices}


@lru_cache(maxsize=2048)
def country_name(code: str, locale: str) -> str:
    """Germany for DE, Deutschland in German; the code itself where it is no country's."""
    return str(Locale.parse(locale).territories.get(code, code))


@lru_cache(maxsize=8)
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """All countries as (code, name), by name."""
    names = Locale.parse(locale).territories
    return tuple(
        sorted(
            (
                (code, str(name))
                for code, name in names.items()
                if len(code) == 2 and code.isalpha() and code != "ZZ"
            ),
            key=lambda item: item[1].casefold(),
        )
    )


def raw(field: Field, value: Any, formats: Formats) -> str:
    """What an input for `field` holds: ISO dates, figures as the reader writes them, ids of relations."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(formats.zone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        scaled = value * 100 if field.kind == "percent" else value
        plain = f"{scaled:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        written = plain.replace(".", ",") if formats.locale.startswith("de") else plain
        return f"{written} %" if field.kind == "percent" else written
    if field.kind in LISTS:
        told = [{key: each[key] for key in ("value", "purpose", "primary")} for each in value]
        return orjson.dumps(told).decode()
    if field.kind in ("choices", "files", "relations"):
        return ",".join(str(each) for each in value)
    if isinstance(value, UUID | int | str):
        return str(value)
    return ""


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_IN_TABLE else line[: LONGEST_IN_TABLE - 1] + "…"
