"""What a workspace's settings may be, and what is guessed where a company has not chosen. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from babel.numbers import get_territory_currencies

from app.core.errors import Problem
from app.core.text import N_

LANGUAGES = ("en", "de")
MOST_GRACE = 30
_LONGEST_NAME = 120
_LONGEST_PHONE = 40
_DIALLED = frozenset("0123456789 +-/().")


@dataclass(frozen=True)
class Workspace:
    """A workspace's settings. Weekdays are ISO numbers (1 = Monday); grace counts working days.

    Customers are promised an answer within `answer_hours` of the hours between opening and closing. `phone`
    is where they reach a person. Notices that something is late wait for a member's yes where that is needed.
    `portal_registration` says who may register at the portal: nobody (off), who is a contact already (known),
    or everybody (open).
    """

    company: str = ""
    time_zone: str = "UTC"
    working_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    grace_days: int = 0
    language: str = "en"
    currency: str = "EUR"
    week_start: int = 1
    country: str = ""
    phone: str = ""
    answer_hours: int = 8
    opens_at: int = 9
    closes_at: int = 17
    letters_need_approval: bool = True
    portal_registration: str = "known"


KEYS = tuple(field.name for field in fields(Workspace))


def from_values(values: Mapping[str, Any]) -> Workspace:
    """The settings that stored values describe, defaults for those that are missing."""
    known = {key: values[key] for key in KEYS if key in values}
    if "working_days" in known:
        known["working_days"] = tuple(known["working_days"])
    return Workspace(**known)


def guess(time_zone: str, languages: list[str]) -> Workspace:
    """Settings for a company whose browser is in `time_zone` and prefers `languages` (tags, best first)."""
    country = _country(time_zone, languages)
    return Workspace(
        time_zone=time_zone if time_zone in time_zones() else "UTC",
        language=next((tag[:2] for tag in languages if tag[:2] in LANGUAGES), "en"),
        currency=_currency(country),
        week_start=_week_start(country),
        country=country,
    )


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with settings that are about to be stored."""
    found = [_CHECKS[key](values[key]) for key in values if key in _CHECKS]
    return [problem for problem in found if problem is not None]


@cache
def time_zones() -> tuple[str, ...]:
    """The zones one may choose: places, no abbreviations; UTC among them."""
    places = {
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/"))
    }
    return ("UTC", *sorted(places))


@cache
def currencies() -> tuple[str, ...]:
    """ISO 4217 codes in use somewhere today."""
    return tuple(sorted({code for country in countries() for code in get_territory_currencies(country)}))


@cache
def countries() -> tuple[str, ...]:
    """ISO 3166 codes of countries."""
    known = [str(code) for code in Locale("en").territories]
    return tuple(
        sorted(code for code in known if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY)
    )


_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})


def _country(time_zone: str, languages: list[str]) -> str:
    country = get_global("zone_territories").get(time_zone, "")
    if country and country != "001":
        return str(country)
    told = (tag.replace("_", "-").split("-")[-1].upper() for tag in languages if "-" in tag or "_" in tag)
    return next((code for code in told if code in countries()), "")


def _currency(country: str) -> str:
    found = get_territory_currencies(country) if country else []
    return str(found[0]) if found else "EUR"


def _week_start(country: str) -> int:
    try:
        return Locale.parse(f"und_{country}").first_week_day + 1 if country else 1
    except (UnknownLocaleError, ValueError):
        return 1


def _company(value: Any) -> Problem | None:
    if not isinstance(value, str) or not value.strip():
        return Problem("company", "required", N_("Enter your company's name."))
    if len(value) > _LONGEST_NAME:
        return Problem("company", "long", N_("Use at most %(most)s characters."), {"most": _LONGEST_NAME})
    return None


def _working_days(value: Any) -> Problem | None:
    if not value or any(day not in range(1, 8) for day in value):
        return Problem("working_days", "required", N_("Choose at least one day on which you work."))
    return None


def _grace_days(value: Any) -> Problem | None:
    if not isinstance(value, int) or not 0 <= value <= MOST_GRACE:
        return Problem("grace_days", "range", N_("Enter a number from 0 to %(most)s."), {"most": MOST_GRACE})
    return None


def _hours(key: str, least: int, most: int) -> Any:
    def check(value: Any) -> Problem | None:
        if isinstance(value, int) and least <= value <= most:
            return None
        message = N_("Enter a number from %(least)s to %(most)s.")
        return Problem(key, "range", message, {"least": least, "most": most})

    return check


def _phone(value: Any) -> Problem | None:
    if isinstance(value, str) and len(value) <= _LONGEST_PHONE and not set(value) - _DIALLED:
        return None
    return Problem("phone", "phone", N_("Enter a phone number as one dials it, or leave it empty."))


def _one_of(key: str, known: Any) -> Any:
    def check(value: Any) -> Problem | None:
        return None if value in known() else Problem(key, "choice", N_("Choose one of the list."))

    return check


_CHECKS = {
    "company": _company,
    "time_zone": _one_of("time_zone", time_zones),
    "working_days": _working_days,
    "grace_days": _grace_days,
    "language": _one_of("language", lambda: LANGUAGES),
    "currency": _one_of("currency", currencies),
    "week_start": _one_of("week_start", lambda: (1, 6, 7)),
    "country": _one_of("country", lambda: ("", *countries())),
    "phone": _phone,
    "answer_hours": _hours("answer_hours", 1, 80),
    "opens_at": _hours("opens_at", 0, 23),
    "closes_at": _hours("closes_at", 1, 24),
    "letters_need_approval": _one_of("letters_need_approval", lambda: (True, False)),
    "portal_registration": _one_of("portal_registration", lambda: ("off", "known", "open")),
}
