"""Choices, yes and no, countries, currencies and ids."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from babel import Locale
from babel.numbers import list_currencies

from app.core.ids import parse_id
from app.core.text import N_, OwnWords
from app.records.habits import Habits
from app.records.types import Field
from app.records.values.refused import Refused

# So many records a field of several holds.
MOST_RECORDS = 50
_YES = frozenset("true yes y ja j 1 on wahr x ✓ aktiv active".split())
_NO = frozenset("false no n nein 0 off falsch inaktiv inactive -".split())
# What registers write and the locale data does not know.
_COUNTRIES = {
    "usa": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "uk": "GB",
    "u.k.": "GB",
    "great britain": "GB",
    "großbritannien": "GB",
    "england": "GB",
    "scotland": "GB",
    "holland": "NL",
    "niederlande": "NL",
    "the netherlands": "NL",
    "brd": "DE",
    "deutschland": "DE",
    "czech republic": "CZ",
    "tschechische republik": "CZ",
    "turkey": "TR",
    "south korea": "KR",
    "russian federation": "RU",
}


def boolean(_: Field, raw: Any, __: Habits) -> bool:
    """Yes or no, in words of both languages."""
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold() if isinstance(raw, str | int) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused("not_yes_or_no", N_("Write yes or no."))


def choice(field: Field, raw: Any, _: Habits) -> str | int:
    """The value of the choice that `raw` names by its value, label or another word for it."""
    if isinstance(raw, str | int) and not isinstance(raw, bool):
        if raw in field.choice_values:
            return raw
        value = _choices(field).get(str(raw).strip().casefold())
        if value is not None:
            return value
    raise Refused(
        "not_a_choice",
        N_("This is none of the choices. Take one of: %(choices)s."),
        choices=", ".join(str(each.value) for each in field.offered),
    )


def choices(field: Field, raw: Any, habits: Habits) -> list[str | int] | None:
    """The values of several choices, each once, in the field's order; in a text commas stand between them."""
    given = raw if isinstance(raw, list | tuple) else re.split("[,;]", raw) if isinstance(raw, str) else [raw]
    wanted = {
        choice(field, each.strip() if isinstance(each, str) else each, habits) for each in given if each
    }
    return [each.value for each in field.choices if each.value in wanted] or None


def files(field: Field, raw: Any, habits: Habits) -> list[str] | None:
    """The ids of files, each once, at most as many as the field takes; in a text with commas between."""
    given = raw if isinstance(raw, list | tuple) else raw.split(",") if isinstance(raw, str) else [raw]
    known = list(dict.fromkeys(str(record_id(field, each, habits)) for each in given if each))
    most = field.maximum or 1
    if len(known) > most:
        raise Refused("too_many", N_("Choose at most %(most)s files."), most=most)
    return known or None


def records(field: Field, raw: Any, habits: Habits) -> list[str] | None:
    """The ids of several records, each once, in the order given; in a text with commas between."""
    known = list(dict.fromkeys(str(record_id(field, each, habits)) for each in several(raw)))
    if len(known) > MOST_RECORDS:
        raise Refused("too_many", N_("Choose at most %(most)s records."), most=MOST_RECORDS)
    return known or None


def several(raw: Any) -> list[Any]:
    """What of a value is one each: the parts of a list, or those of a text between commas."""
    given = raw if isinstance(raw, list | tuple) else re.split("[,;]", raw) if isinstance(raw, str) else [raw]
    return [each for each in given if each is not None and str(each).strip()]


def record_id(_: Field, raw: Any, __: Habits) -> UUID:
    """The id of a record or member."""
    if isinstance(raw, UUID):
        return raw
    found = parse_id(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise Refused("not_an_id", N_("This is not an id. Choose a record from the list."))
    return found


def country(_: Field, raw: Any, __: Habits) -> str:
    """The two letters of ISO 3166 for a code or a name in English or German."""
    word = raw.strip() if isinstance(raw, str) else ""
    if len(word) == 2 and word.upper() in _codes():
        return word.upper()
    code = _countries().get(word.casefold())
    if code is None:
        raise Refused("not_a_country", N_("This country is not known. Give its two letters, such as DE."))
    return code


def currency(_: Field, raw: Any, __: Habits) -> str:
    """The three letters of ISO 4217."""
    word = raw.strip().upper() if isinstance(raw, str) else ""
    code = {"€": "EUR", "$": "USD", "£": "GBP"}.get(word, word)
    if code not in _currencies():
        raise Refused(
            "not_a_currency", N_("This currency is not known. Give its three letters, such as EUR.")
        )
    return code


@lru_cache(maxsize=512)
def _choices(field: Field) -> Mapping[str, str | int]:
    words: dict[str, str | int] = {}
    for each in sorted(field.choices, key=lambda choice: choice.retired):
        for word in (str(each.value), *_labels(each.label), *each.aliases):
            words.setdefault(word.casefold(), each.value)
    return words


def _labels(label: str) -> Iterable[str]:
    """A label in every language in which the tenant wrote it."""
    return label.by_language.values() if isinstance(label, OwnWords) else (label,)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - {
        "EU",
        "EZ",
        "UN",
        "ZZ",
    }


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    names = dict(_COUNTRIES)
    for language in ("en", "de"):
        for code, name in Locale(language).territories.items():
            if code in _codes():
                names.setdefault(name.casefold(), code)
    return names


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())
