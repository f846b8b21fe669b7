"""How figures, dates and numbers are written in a language; cheap enough for every cell of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_month_names
from babel.numbers import get_currency_precision

HOUR, DAY = 3600, 86400
NBSP = "\N{NO-BREAK SPACE}"


@lru_cache(maxsize=64)
def _separators(locale: str) -> dict[int, str]:
    symbols: Mapping[str, str] = Locale.parse(locale).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})


@lru_cache(maxsize=256)
def _digits(currency: str) -> int:
    return get_currency_precision(currency)


@lru_cache(maxsize=8192)
def _date(locale: str, day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=8192)
def _exact(locale: str, at: datetime, pattern: str) -> str:
    return format_datetime(at, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _ago(locale: str, seconds: int) -> str:
    return format_timedelta(
        timedelta(seconds=-seconds), add_direction=True, locale=locale, threshold=_threshold(abs(seconds))
    )


@lru_cache(maxsize=4096)
def _brief(locale: str, seconds: int) -> str:
    return format_timedelta(
        timedelta(seconds=seconds), format="narrow", locale=locale, threshold=_threshold(seconds)
    )


def _threshold(seconds: int) -> float:
    """People count two days in hours and two months in days: below this many, the smaller unit is used."""
    if 2 * HOUR <= seconds < 2 * DAY:
        return 2
    if 9 * DAY <= seconds < 60 * DAY:
        return 8.6
    return 1.3 if 7 * DAY <= seconds < 9 * DAY else 1


@lru_cache(maxsize=8192)
def _phone(number: str, region: str) -> str:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(parsed) == region
    kind = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, kind.NATIONAL if home else kind.INTERNATIONAL)


@dataclass(frozen=True)
class Formats:
    """One reader's way of writing: language, time zone, home region of phones, the instant of the page."""

    locale: str
    zone: ZoneInfo
    now: datetime
    region: str = "DE"

    @cached_property
    def today(self) -> date:
        """The reader's present day."""
        return self.now.astimezone(self.zone).date()

    def number(self, value: Decimal | int | float, digits: int | None = None) -> str:
        """1,234.5 or 1.234,5; `digits` fixes the decimals, otherwise those that matter are kept."""
        if digits is not None:
            return f"{value:,.{digits}f}".translate(_separators(self.locale))
        if isinstance(value, int):
            return f"{value:,d}".translate(_separators(self.locale))
        text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,.6f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.translate(_separators(self.locale))

    def money(self, value: Decimal | int, currency: str | None, *, whole: bool = False) -> str:
        """412,380.00 EUR: the currency's decimals, the code behind unless the column names it (None).

        `whole` rounds to full units, for sentences.
        """
        amount = self.number(value, 0 if whole else _digits(currency) if currency else 2)
        return f"{amount}{NBSP}{currency}" if currency else amount

    def percent(self, share: float, digits: int = 1) -> str:
        """0.897 as 89.7 %."""
        return f"{self.number(share * 100, digits)}{NBSP}%"

    def day(self, day: date) -> str:
        """19 Nov 2026; the year is left out within the present one."""
        if day.year == self.today.year:
            return self.short_date(day)
        return _date(self.locale, day, self._pattern("d MMM y"))

    def short_date(self, day: date) -> str:
        """19 Nov."""
        return _date(self.locale, day, self._pattern("d MMM"))

    def weekday(self, day: date) -> str:
        """Thu."""
        return _date(self.locale, day, "ccc")

    def long_date(self, day: date) -> str:
        """Saturday, 21 November."""
        return _date(self.locale, day, self._pattern("EEEE, d MMMM"))

    def time(self, at: datetime) -> str:
        """16:20 in the reader's zone."""
        return format_time(at.astimezone(self.zone).time(), "HH:mm", locale=self.locale)

    def exact(self, at: datetime) -> str:
        """The full date and time in the reader's zone, for titles."""
        minute = at.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None)
        return _exact(self.locale, minute, self._pattern("EEEE, d MMMM y, HH:mm"))

    def relative(self, at: datetime) -> str:
        """2 days ago, in 3 hours; rounded so that equal texts come from one place."""
        seconds = int((self.now - at).total_seconds())
        return _ago(self.locale, _whole(abs(seconds)) * (1 if seconds >= 0 else -1))

    def brief(self, at: datetime) -> str:
        """2h, 26h, 3d: how long ago, where there is little room."""
        return _brief(self.locale, _whole(abs(int((self.now - at).total_seconds()))))

    def phone(self, number: str) -> str:
        """An E.164 number as people of the home region write it."""
        return _phone(number, self.region)

    def months(self) -> list[str]:
        """The twelve short names, January first."""
        names = get_month_names("abbreviated", "stand-alone", self.locale)
        return [names[month] for month in range(1, 13)]

    def _pattern(self, english: str) -> str:
        return english.replace("d ", "d. ") if self.locale.startswith("de") else english


def _whole(seconds: int) -> int:
    """Rounded down to what is shown, so that the texts of a page come from few cached ones."""
    step = DAY if seconds >= 2 * DAY else HOUR if seconds >= HOUR else 60
    return max(seconds // step * step, 60)


def utc(at: datetime) -> str:
    """An instant as machines read it: 2026-11-21T08:00:00Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def stamp(at: datetime, locale: str) -> str:
    """A short date with time, for lists of jobs and sessions."""
    return format_datetime(at, "d MMM y, HH:mm", locale=locale)
