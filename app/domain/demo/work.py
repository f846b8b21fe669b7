"""The samples' work: deals in every stage, cases, and the days of the members."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from app.domain.calendar.rules import Calendar
from app.domain.demo.vocabulary import DEALS, TALKS

Values = dict[str, Any]
# Everybody's day: when, which kind, what, with which company.
_DAY = (
    (time(9, 30), "call", "Call about the next order", 0),
    (time(11, 0), "meeting", "Line 4 retrofit, review", 1),
    (time(14, 0), "task", "Send price list", 6),
    (time(16, 30), "meeting", "Visit on site", 8),
)
_CASES = (
    (5, "Invoice does not match the order", "high", 4),
    (0, "Where are our pumps?", "urgent", 1),
    (7, "Which seal kit fits the GP 40?", "normal", 0),
    (12, "Certificate for the filter cartridges", "low", 1),
)


def deals(
    chance: random.Random, companies: int, owners: list[str], now: datetime
) -> list[tuple[int, Values]]:
    """Deals with their company's place and how they stand: open at a `step`, won or lost."""
    found = []
    for number in range(28):
        company = number if number < 8 else chance.randrange(companies)
        step, outcome = (number % 3, "open") if number < 19 else (0, "won" if number < 25 else "lost")
        ended = now - timedelta(days=chance.randint(1, 25), hours=chance.randint(0, 9))
        values: Values = {
            "name": chance.choice(DEALS),
            "amount": str(chance.choice((4200, 8900, 12500, 19800, 31000, 38500, 54000, 84000))),
            "currency": "EUR",
            "owner_id": owners[number % len(owners)],
            "close_on": now.date() + timedelta(days=chance.randint(5, 90)),
            "step": step,
            "outcome": outcome,
        }
        if outcome != "open":
            values |= {"ended_at": ended, "close_on": ended.date()}
        if outcome == "lost":
            values["outcome_reason"] = chance.choice(("Price", "Chose another supplier", "Project stopped"))
        found.append((company, values))
    return found


def activities(
    chance: random.Random, companies: int, owners: list[str], calendar: Calendar, now: datetime
) -> list[tuple[int, Values]]:
    """Each member's day, what is overdue, what is promised, and talks of the last months."""
    today = calendar.day_of(now)
    found = [entry for turn, owner in enumerate(owners) for entry in _day(turn, owner, calendar, today)]
    found.append(
        (0, _promise("Quote for line 4", owners[0], _at(calendar, calendar.after(today, 3), time(12))))
    )
    found.append((9, _promise("Drawings for the pump station", owners[0], _at(calendar, today, time(17)))))
    for number in range(60):
        kind, subject = chance.choice(TALKS)
        done = now - timedelta(days=chance.randint(1, 170), hours=chance.randint(0, 8))
        values = {"type": kind, "subject": subject, "done_at": done, "owner_id": owners[number % len(owners)]}
        found.append((_any_but_silent(chance, companies), values))
    return found


def cases(owners: list[str]) -> list[tuple[int, int, Values]]:
    """Requests with their company's place and how many days ago they came in."""
    return [
        (company, days, {"subject": subject, "priority": priority, "owner_id": owners[days % len(owners)]})
        for company, subject, priority, days in _CASES
    ]


def _day(turn: int, owner: str, calendar: Calendar, today: date) -> list[tuple[int, Values]]:
    planned = [
        (
            company + 9 * turn,
            {"type": kind, "subject": subject, "due_at": _at(calendar, today, hour), "owner_id": owner},
        )
        for hour, kind, subject, company in _DAY
    ]
    overdue = calendar.before(today, 2)
    task = {"type": "task", "subject": "Check the spare parts offer", "owner_id": owner}
    return [*planned, (10 + turn, task | {"due_at": _at(calendar, overdue, time(15))})]


def _promise(subject: str, owner: str, due_at: datetime) -> Values:
    return {"type": "task", "subject": subject, "owner_id": owner, "due_at": due_at, "is_promise": True}


def _any_but_silent(chance: random.Random, companies: int) -> int:
    return chance.choice([place for place in range(companies) if place != 2])


def _at(calendar: Calendar, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, calendar.zone)
