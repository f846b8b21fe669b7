"""What happened in a relation, as the rules see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from app.domain.calendar.rules import Calendar

_INSTANT = timedelta(microseconds=1)

State = Literal["kept", "kept_late", "broken", "risk", "planned", "unknown"]
Source = Literal["deliveries", "cases", "activities", "threads"]


@dataclass(frozen=True)
class Promise:
    """One row of the view `promises`; `due_at` is the instant at which it breaks.

    `label` is the number of its order, or its own where it is not `in_order`.
    """

    id: UUID
    source: Source
    label: str
    due_at: datetime
    due_on: date | None = None
    kept_at: datetime | None = None
    started_at: datetime | None = None
    is_history: bool = False
    in_order: bool = True

    def is_known(self, at: datetime) -> bool:
        """Whether anything about it had happened by `at`."""
        return any(moment <= at for moment in (self.due_at, self.started_at, self.kept_at) if moment)

    def as_of(self, at: datetime) -> "Promise":
        """The promise as it stood at `at`."""
        kept = self.kept_at if self.kept_at and self.kept_at <= at else None
        started = self.started_at if self.started_at and self.started_at <= at else None
        return replace(self, kept_at=kept, started_at=started)


@dataclass(frozen=True)
class Incident:
    """One incident; `severity` from 1 (mild) to 4 (grave), `label` an order's number if `in_order`."""

    id: UUID
    kind: str
    severity: int
    label: str
    opened_at: datetime
    resolved_at: datetime | None = None
    delivery_id: UUID | None = None
    remedy_due_on: date | None = None
    in_order: bool = False

    def as_of(self, at: datetime) -> "Incident":
        """The incident as it stood at `at`."""
        resolved = self.resolved_at if self.resolved_at and self.resolved_at <= at else None
        return replace(self, resolved_at=resolved)


@dataclass(frozen=True)
class Sign:
    """A sign of life: an order placed (`orders`) or a talk held (`activities`)."""

    id: UUID
    object: str
    label: str
    at: datetime


@dataclass(frozen=True)
class Events:
    """All that the rules need to know of one customer."""

    promises: Sequence[Promise] = ()
    incidents: Sequence[Incident] = ()
    signs: Sequence[Sign] = ()

    def as_of(self, at: datetime) -> "Events":
        """What had happened by `at`."""
        return Events(
            [p.as_of(at) for p in self.promises if p.is_known(at)],
            [i.as_of(at) for i in self.incidents if i.opened_at <= at],
            [sign for sign in self.signs if sign.at <= at],
        )


@dataclass(frozen=True)
class Link:
    """The record behind a word."""

    object: str
    id: UUID


def state(promise: Promise, at: datetime, calendar: Calendar) -> State:
    """How the promise stands at `at`.

    At risk is what falls due by the end of the next working day and was not begun, and what lives on grace.
    Imported history without an end is unknown: nobody can say that it was broken.
    """
    if promise.kept_at is not None:
        return "kept" if promise.kept_at < promise.due_at else "kept_late"
    if at >= promise.due_at:
        return "unknown" if promise.is_history else "broken"
    today = calendar.day_of(at)
    due_on = promise_day(promise, calendar)
    if today > due_on or (promise.started_at is None and due_on <= calendar.after(today, 1)):
        return "risk"
    return "planned"


def promise_day(promise: Promise, calendar: Calendar) -> date:
    """The date that was promised; what is due at midnight belongs to the day that ends."""
    return promise.due_on or calendar.day_of(promise.due_at - _INSTANT)


@dataclass(frozen=True)
class When:
    """A time relative to now: `days` are calendar days from today, negative ones are past.

    `hours` are whole hours between now and the instant, never negative.
    """

    days: int
    hours: int
    at: datetime


def when(at: datetime, now: datetime, calendar: Calendar, day: date | None = None) -> When:
    """How far `at` (a date promised: `day`) lies from `now`."""
    days = ((day or calendar.day_of(at)) - calendar.day_of(now)).days
    return When(days, int(abs(at - now) / timedelta(hours=1)), at)
