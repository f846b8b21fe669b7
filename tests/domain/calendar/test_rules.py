"""A promise is broken when its day and the grace are over where the company is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar.rules import EVERY_DAY, WEEKDAYS, Calendar

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
ZONES = st.sampled_from(
    "Europe/Berlin America/Sao_Paulo America/Havana Africa/Cairo Asia/Beirut Pacific/Apia "
    "Asia/Kathmandu America/St_Johns Australia/Lord_Howe UTC".split()
)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
CALENDARS = st.builds(Calendar, ZONES.map(ZoneInfo), st.frozensets(st.integers(1, 7)), st.integers(0, 10))
TICK = timedelta(microseconds=1)


def test_a_promise_lasts_until_midnight() -> None:
    assert BERLIN.broken_at(date(2026, 11, 19)) == datetime(2026, 11, 19, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "broken"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_midnight_follows_summer_time(day: date, broken: datetime) -> None:
    assert BERLIN.broken_at(day) == broken


def test_a_skipped_midnight_is_the_jump() -> None:
    cairo = Calendar(ZoneInfo("Africa/Cairo"))
    assert cairo.broken_at(date(2026, 4, 23)) == datetime(2026, 4, 23, 22, tzinfo=UTC)


def test_grace_counts_working_days_only() -> None:
    friday = date(2026, 11, 20)
    generous = Calendar(ZoneInfo("Europe/Berlin"), WEEKDAYS, grace=2)
    assert generous.broken_at(friday) == BERLIN.end_of(date(2026, 11, 24))


def test_without_working_days_every_day_works() -> None:
    restless = Calendar(ZoneInfo("UTC"), frozenset(), grace=1)
    assert restless.after(date(2026, 11, 20), 1) == date(2026, 11, 21)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_time_do_not_break_it(zone: str, day: date) -> None:
    calendar = Calendar(ZoneInfo(zone), WEEKDAYS, grace=3)
    assert calendar.broken_at(day).tzinfo is UTC


@given(CALENDARS, DAYS)
def test_a_promise_never_breaks_on_its_day(calendar: Calendar, day: date) -> None:
    assert calendar.day_of(calendar.broken_at(day)) > day


@given(CALENDARS, DAYS)
def test_the_instant_before_still_holds(calendar: Calendar, day: date) -> None:
    last_day = calendar.after(day, calendar.grace)
    assert calendar.day_of(calendar.broken_at(day) - TICK) <= last_day


@given(CALENDARS, DAYS, DAYS)
def test_an_earlier_promise_never_breaks_later(calendar: Calendar, one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert calendar.broken_at(first) <= calendar.broken_at(second)


@given(CALENDARS, DAYS)
def test_more_grace_never_breaks_sooner(calendar: Calendar, day: date) -> None:
    more = Calendar(calendar.zone, calendar.working_days, calendar.grace + 1)
    assert more.broken_at(day) >= calendar.broken_at(day)


@given(CALENDARS, DAYS, st.integers(0, 20), st.integers(0, 20))
def test_working_days_add_up(calendar: Calendar, day: date, one: int, other: int) -> None:
    assert calendar.after(calendar.after(day, one), other) == calendar.after(day, one + other)


@given(CALENDARS, DAYS, st.integers(1, 20))
def test_counting_lands_on_working_days(calendar: Calendar, day: date, count: int) -> None:
    works = calendar.working_days or EVERY_DAY
    assert calendar.after(day, count).isoweekday() in works
    assert calendar.before(day, count).isoweekday() in works
