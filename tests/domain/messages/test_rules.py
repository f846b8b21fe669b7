"""When an answer is due: hours between opening and closing, on working days, on the company's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendar.rules import Calendar
from app.domain.messages.rules import answer_due

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = Calendar(BERLIN)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        (at(18, 10), 4, at(18, 14)),
        (at(18, 7), 8, at(18, 17)),
        (at(18, 15), 8, at(19, 15)),
        (at(20, 15), 8, at(23, 15)),
        (at(21, 12), 8, at(23, 17)),
        (at(20, 18), 1, at(23, 10)),
        (at(18, 16, 59), 16, at(20, 16, 59)),
    ],
)
def test_hours_are_counted_while_the_company_works(asked: datetime, hours: int, due: datetime) -> None:
    assert answer_due(asked.astimezone(UTC), hours, 9, 17, CALENDAR) == due


def test_the_wall_clock_counts_when_clocks_change() -> None:
    assert answer_due(at(27, 16, month=3), 2, 9, 17, CALENDAR) == at(30, 10, month=3)


def test_who_never_closes_answers_at_night() -> None:
    always = Calendar(BERLIN, frozenset(range(1, 8)))
    assert answer_due(at(21, 22), 8, 9, 9, always) == at(21, 22) + timedelta(hours=8)
