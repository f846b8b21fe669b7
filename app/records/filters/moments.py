"""Relative dates: today, last week, the last 30 days, overdue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.text import N_
from app.records.habits import Habits

MOST_DAYS = 3660
_DAYS = re.compile(r"(last|next)_(\d{1,4})_days?", re.ASCII)

LABELS: Mapping[str, str] = {
    "today": N_("today"),
    "yesterday": N_("yesterday"),
    "tomorrow": N_("tomorrow"),
    "this_week": N_("this week"),
    "last_week": N_("last week"),
    "next_week": N_("next week"),
    "this_month": N_("this month"),
    "last_month": N_("last month"),
    "next_month": N_("next month"),
    "this_year": N_("this year"),
    "last_year": N_("last year"),
    "overdue": N_("overdue"),
}


@dataclass(frozen=True)
class Moment:
    """A stretch of days named relative to today: a word of LABELS, or last or next with `days`."""

    word: str
    days: int = 0

    def __str__(self) -> str:
        return f"{self.word}_{self.days}_days" if self.days else self.word


def parse(written: str) -> Moment | None:
    """The moment that `written` names (last_7_days, "last 7 days", ...), or None."""
    name = written.strip().lower().replace(" ", "_")
    if name in LABELS:
        return Moment(name)
    found = _DAYS.fullmatch(name)
    if found and 0 < int(found[2]) <= MOST_DAYS:
        return Moment(found[1], int(found[2]))
    return None


def bounds(moment: Moment, habits: Habits) -> tuple[date, date]:
    """The first day of the moment and the first day after it."""
    today = habits.today()
    one = timedelta(days=1)
    if moment.word == "last":
        return today - timedelta(days=moment.days - 1), today + one
    if moment.word == "next":
        return today, today + timedelta(days=moment.days)
    if moment.word == "overdue":
        return date(1, 1, 2), today
    shift, _, unit = moment.word.rpartition("_")
    if not shift:
        day = today + one * {"today": 0, "yesterday": -1, "tomorrow": 1}[unit]
        return day, day + one
    step = {"this": 0, "last": -1, "next": 1}[shift]
    return {"week": _week, "month": _month, "year": _year}[unit](today, step, habits.week_start)


def _week(today: date, step: int, week_start: int) -> tuple[date, date]:
    first = today - timedelta(days=(today.weekday() - week_start) % 7) + timedelta(weeks=step)
    return first, first + timedelta(weeks=1)


def _month(today: date, step: int, _: int) -> tuple[date, date]:
    months = today.year * 12 + today.month - 1 + step
    return _first_of(months), _first_of(months + 1)


def _year(today: date, step: int, _: int) -> tuple[date, date]:
    return date(today.year + step, 1, 1), date(today.year + step + 1, 1, 1)


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
