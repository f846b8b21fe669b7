"""Dates as people write them: in which order day and month stand, and what a cell then says."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Literal

Order = Literal["ymd", "dmy", "mdy"]

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](.+))?")
_YEAR_FIRST = re.compile(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})(?:[T ]\s*(.+))?")
_COMPACT = re.compile(r"(19|20)(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])\s*(\d{1,2})\2\s*(\d{4}|\d{2})(?:,?[T ]\s*(.+))?")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2}|Uhr|h)?"
)
_CENTURY_PIVOT = 69  # POSIX: 69-99 are 1969-1999, 00-68 are 2000-2068


@dataclass(frozen=True)
class DateVerdict:
    """`certain` where some value can be read in one order only; otherwise a person should look."""

    order: Order
    certain: bool


@dataclass
class DateEvidence:
    """What all values of a column say about the order of their dates."""

    read: int = 0
    year_first: int = 0
    dotted: int = 0
    first_beyond_12: int = 0
    second_beyond_12: int = 0
    other: int = 0

    def add(self, cell: str) -> None:
        """Look at one more value that is not empty."""
        self.read += 1
        text = cell.strip()
        last = _YEAR_LAST.fullmatch(text)
        if last is None:
            first = _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
            self.year_first += first is not None
            self.other += first is None
            return
        self.dotted += last[2] == "."
        self.first_beyond_12 += int(last[1]) > 12
        self.second_beyond_12 += int(last[3]) > 12

    @property
    def is_dates(self) -> bool:
        """Whether nearly all values look like dates."""
        return self.read > 0 and self.other * 10 <= self.read

    def verdict(self, habit: Order = "dmy") -> DateVerdict:
        """The order of the column; `habit` decides where the values do not."""
        if self.year_first and self.year_first + self.other == self.read:
            return DateVerdict("ymd", True)
        if self.first_beyond_12 and not self.second_beyond_12:
            return DateVerdict("dmy", True)
        if self.second_beyond_12 and not self.first_beyond_12:
            return DateVerdict("mdy", True)
        if self.first_beyond_12 or self.second_beyond_12:
            likelier: Order = "dmy" if self.first_beyond_12 > self.second_beyond_12 else "mdy"
            return DateVerdict(likelier, False)
        if self.dotted * 2 > self.read:  # dots stand in dates of countries that put the day first
            return DateVerdict("dmy", True)
        return DateVerdict("mdy" if habit == "mdy" else "dmy", False)


def parse_date(cell: str, order: Order) -> date | None:
    """The day that a cell names, or None; a time behind it is left out."""
    found = _parts(cell.strip(), order)
    return found[0] if found else None


def parse_datetime(cell: str, order: Order, zone: tzinfo) -> datetime | None:
    """The instant that a cell names, or None; without an offset of its own it is in `zone`."""
    found = _parts(cell.strip(), order)
    if found is None:
        return None
    day, rest = found
    moment = _time(rest) if rest else time()
    if moment is None:
        return None
    instant = datetime.combine(day, moment)
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _parts(text: str, order: Order) -> tuple[date, str | None] | None:
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), _year(match[4])
        day, month = (second, first) if order == "mdy" else (first, second)
        return _day(year, month, day, match[5])
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), match[4])
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(int(match[1]), int(match[3]), int(match[4]), match[5])
    if match := _COMPACT.fullmatch(text):
        return _day(int(match[1] + match[2]), int(match[3]), int(match[4]), None)
    return None


def _day(year: int, month: int, day: int, rest: str | None) -> tuple[date, str | None] | None:
    try:
        return date(year, month, day), rest
    except ValueError:
        return None


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return int(text) + (1900 if int(text) >= _CENTURY_PIVOT else 2000)


def _time(text: str) -> time | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour = int(match[1])
    if match[5]:
        hour = hour % 12 + (12 if match[5].lower() == "pm" else 0)
    fraction = int((match[4] or "0").ljust(6, "0")[:6])
    zone = match[6] if match[6] and match[6][0] in "Z+-" else None
    try:
        moment = time(hour, int(match[2]), int(match[3] or 0), fraction)
        return moment.replace(tzinfo=_offset(zone)) if zone else moment
    except ValueError:
        return None


def _offset(text: str) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo
