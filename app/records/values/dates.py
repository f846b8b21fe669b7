"""Dates and times as people write them."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from app.core.text import N_
from app.records.habits import Habits
from app.records.types import Field
from app.records.values.refused import Refused

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm|uhr)?\s*(z|utc|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
LONGEST = 60
# Outside these years something else was meant, and moving between time zones could overflow.
FIRST, LAST = 1000, 9998


def date_(_: Field, raw: Any, habits: Habits) -> date:
    """A calendar date."""
    if isinstance(raw, datetime):
        return _sane(raw.astimezone(habits.zone).date() if raw.tzinfo else raw.date())
    if isinstance(raw, date):
        return _sane(raw)
    written = _text(raw)
    day, rest = _split(written)
    if rest and not _TIME.fullmatch(rest):
        raise _not_a_date()
    return _day(day, habits)


def datetime_(_: Field, raw: Any, habits: Habits) -> datetime:
    """An instant in UTC; without a time zone it is the one of the habits, without a time midnight."""
    if isinstance(raw, datetime):
        local = raw if raw.tzinfo else raw.replace(tzinfo=habits.zone)
        _sane(local.date())
        return local.astimezone(UTC)
    if isinstance(raw, date):
        return datetime.combine(_sane(raw), time(), habits.zone).astimezone(UTC)
    day, rest = _split(_text(raw))
    local = datetime.combine(_day(day, habits), time(), habits.zone)
    return (_with_time(local, rest) if rest else local).astimezone(UTC)


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST:
        raise _not_a_date()
    return raw.strip()


def _split(written: str) -> tuple[str, str]:
    """The date and what follows it."""
    for pattern in (_ISO, _YEAR_FIRST, _POINTS, _SLASHES, _COMPACT):
        found = pattern.match(written)
        if found:
            rest = written[found.end() :]
            if not rest or rest[0] in "T ,":
                return found.group(), rest.lstrip("T ,")
    raise _not_a_date()


def _day(written: str, habits: Habits) -> date:
    for pattern in (_ISO, _YEAR_FIRST, _COMPACT):
        found = pattern.fullmatch(written)
        if found:
            year, month, day = (int(part) for part in found.groups())
            return _made(year, month, day)
    found = _POINTS.fullmatch(written)
    if found:
        return _made(_year(found[3]), int(found[2]), int(found[1]))
    found = _SLASHES.fullmatch(written)
    if not found:
        raise _not_a_date()
    if habits.day_first is None:
        raise Refused(
            "ambiguous_date",
            N_("It is not clear what is day and what is month. Write the date such as 2026-11-21."),
        )
    first, second = int(found[1]), int(found[2])
    day, month = (first, second) if habits.day_first else (second, first)
    return _made(_year(found[3]), month, day)


def _year(written: str) -> int:
    year = int(written)
    if len(written) == 4:
        return year
    return 2000 + year if year < 69 else 1900 + year  # as POSIX strptime does


def _made(year: int, month: int, day: int) -> date:
    try:
        return _sane(date(year, month, day))
    except ValueError:
        raise Refused("no_such_date", N_("There is no such day. Check day and month.")) from None


def _sane(day: date) -> date:
    if not FIRST <= day.year <= LAST:
        raise Refused("out_of_range", N_("The year must lie between 1000 and 9998."))
    return day


def _with_time(local: datetime, written: str) -> datetime:
    found = _TIME.fullmatch(written)
    if not found:
        raise _not_a_date()
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    micro = int((found[4] or "").ljust(6, "0")[:6])
    half = (found[5] or "").lower()
    if half in ("am", "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        at = local.replace(hour=hour, minute=minute, second=second, microsecond=micro)
        return _in_zone(at, found[6])
    except ValueError:
        raise Refused("no_such_time", N_("There is no such time. Write it such as 14:30.")) from None


def _in_zone(at: datetime, zone: str | None) -> datetime:
    if not zone:
        return at
    if zone.lower() in ("z", "utc"):
        return at.replace(tzinfo=UTC)
    return datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + zone[:3] + ":" + zone[-2:])


def _not_a_date() -> Refused:
    return Refused("not_a_date", N_("This is not a date. Write it such as 2026-11-21."))
