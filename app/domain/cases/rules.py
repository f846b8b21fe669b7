"""The clocks of a case: how many working days its priority leaves for an answer and for a solution."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.calendar.rules import Calendar

# Priority: working days until the first answer and until the solution; 0 is the same day.
_DAYS = {"urgent": (0, 1), "high": (1, 2), "normal": (1, 3), "low": (2, 5)}
SOLVED = frozenset({"resolved", "closed"})


def clocks(priority: str | None, opened_at: datetime, calendar: Calendar) -> dict[str, datetime]:
    """When the first answer and the solution are due."""
    answer, solution = _DAYS.get(priority or "normal", _DAYS["normal"])
    opened_on = calendar.day_of(opened_at)
    return {
        "first_answer_due_at": calendar.end_of(calendar.after(opened_on, answer)),
        "resolution_due_at": calendar.end_of(calendar.after(opened_on, solution)),
    }


def settled(
    status: str | None, resolved_at: datetime | None, named: frozenset[str], now: datetime | None
) -> Mapping[str, Any]:
    """What else must change so that status and end agree, where the fields `named` were just set.

    `now` stands in for an end that nobody gave; None invents none.
    """
    status = status or "open"
    if "resolved_at" in named and resolved_at is not None and status not in SOLVED:
        return {"status": "resolved"}
    if "status" in named and status in SOLVED and resolved_at is None:
        return {"resolved_at": now} if now else {}
    if "status" in named and status not in SOLVED and resolved_at is not None:
        return {"resolved_at": None}
    if "resolved_at" in named and resolved_at is None and status in SOLVED:
        return {"status": "open"}
    return {}
