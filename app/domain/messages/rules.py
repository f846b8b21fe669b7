"""When a customer who writes is to be answered, and whose turn it is. Pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from app.domain.calendar.rules import Calendar

Awaits = Literal["us", "customer", "nobody"]
Kind = Literal["portal", "mail", "note"]
Direction = Literal["in", "out", "internal"]

LONGEST = 20_000
LONGEST_SUBJECT = 300
_MOST_DAYS = 400


def answer_due(asked_at: datetime, hours: int, opens: int, closes: int, calendar: Calendar) -> datetime:
    """The instant by which a message of `asked_at` is to be answered.

    `hours` are counted between `opens` and `closes` (hours of the company's wall clock) of its working days;
    a company that never closes has 24 of them a day.
    """
    left, at, day = timedelta(hours=hours), asked_at, calendar.day_of(asked_at)
    for _ in range(_MOST_DAYS):
        begins, ends = (_at(day, hour, calendar) for hour in _span(opens, closes))
        if calendar.is_working(day) and at < ends:
            begins = max(begins, at)
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        day += timedelta(days=1)
    return asked_at + timedelta(days=_MOST_DAYS)


def turn(direction: Direction, before: Awaits, *, automatic: bool = False) -> Awaits:
    """Who has to speak after a message: notes and machines change nothing."""
    if direction == "internal" or automatic:
        return before
    return "us" if direction == "in" else "customer"


def _span(opens: int, closes: int) -> tuple[int, int]:
    return (opens, closes) if opens < closes else (0, 24)


def _at(day: date, hour: int, calendar: Calendar) -> datetime:
    """That hour of the company's wall clock in UTC; 24 is the next midnight."""
    if hour == 24:
        return calendar.end_of(day)
    return datetime(day.year, day.month, day.day, hour, tzinfo=calendar.zone).astimezone(UTC)
