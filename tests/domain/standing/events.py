"""Short ways to say what happened to a customer."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.ids import new_id
from app.domain.calendar.rules import Calendar
from app.domain.standing.rules.events import Incident, Promise, Sign, Source

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
# A Saturday morning in Berlin.
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def ago(days: float) -> datetime:
    """`days` before now."""
    return NOW - timedelta(days=days)


def delivery(
    due_in: int,
    *,
    kept: datetime | None = None,
    started: datetime | None = None,
    label: str = "10248",
    history: bool = False,
    source: Source = "deliveries",
) -> Promise:
    """A promise for the day `due_in` days from today."""
    day = TODAY + timedelta(days=due_in)
    return Promise(new_id(), source, label, BERLIN.broken_at(day), day, kept, started, history)


def incident(
    kind: str = "wrong_item",
    *,
    opened: float = 3,
    resolved: float | None = None,
    severity: int = 2,
    of: UUID | None = None,
) -> Incident:
    """An incident opened and perhaps resolved so many days ago."""
    ended = None if resolved is None else ago(resolved)
    return Incident(new_id(), kind, severity, "10231", ago(opened), ended, of)


def order(days_ago: float) -> Sign:
    """An order placed so many days ago."""
    return Sign(new_id(), "orders", "10200", ago(days_ago))
