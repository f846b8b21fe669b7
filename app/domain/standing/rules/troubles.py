"""What is wrong or about to go wrong with a customer, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from app.domain.calendar.rules import Calendar
from app.domain.standing.rules.events import (
    Events,
    Incident,
    Link,
    Promise,
    When,
    promise_day,
    state,
    when,
)

_USUAL = 2


@dataclass(frozen=True)
class Trouble:
    """One thing to know: a broken promise, an open incident or a promise at risk.

    `kind` is the promise's source or `incident`, `about` the incident's kind; `in_order` says that the label
    is an order's number; `when` is since when it is broken or open, or when it falls due.
    """

    state: Literal["broken", "risk"]
    kind: Literal["deliveries", "cases", "activities", "threads", "incident"]
    about: str
    label: str
    severity: int
    when: When
    link: Link
    remedy_due_on: date | None = None
    in_order: bool = False


def troubles(events: Events, now: datetime, calendar: Calendar) -> tuple[Trouble, ...]:
    """Broken promises and open incidents by severity and age, then what is at risk by its due date.

    A late delivery and the incident that the clock opened for it are one trouble.
    """
    open_late = {i.delivery_id: i for i in events.incidents if i.kind == "late" and i.resolved_at is None}
    broken = [
        *_broken(events.promises, open_late, now, calendar),
        *_open(events, now, calendar),
    ]
    broken.sort(key=lambda one: (-one.severity, one.when.at))
    return (*broken, *sorted(_at_risk(events, now, calendar), key=lambda one: one.when.at))


def upcoming(events: Events, now: datetime, calendar: Calendar) -> tuple[Promise, ...]:
    """Promises still to keep, the next first."""
    ahead = (p for p in events.promises if state(p, now, calendar) in {"risk", "planned"})
    return tuple(sorted(ahead, key=lambda promise: promise.due_at))


def _broken(
    promises: Iterable[Promise],
    open_late: dict[UUID | None, Incident],
    now: datetime,
    calendar: Calendar,
) -> Iterable[Trouble]:
    for promise in promises:
        if state(promise, now, calendar) == "broken":
            incident = open_late.get(promise.id)
            severity = incident.severity if incident else _USUAL
            yield _of_promise(promise, "broken", severity, now, calendar)


def _open(events: Events, now: datetime, calendar: Calendar) -> Iterable[Trouble]:
    told = {p.id for p in events.promises if state(p, now, calendar) == "broken"}
    for incident in events.incidents:
        if incident.resolved_at is None and not (incident.kind == "late" and incident.delivery_id in told):
            yield Trouble(
                "broken",
                "incident",
                incident.kind,
                incident.label,
                incident.severity,
                when(incident.opened_at, now, calendar),
                Link("incidents", incident.id),
                incident.remedy_due_on,
                incident.in_order,
            )


def _at_risk(events: Events, now: datetime, calendar: Calendar) -> Iterable[Trouble]:
    for promise in events.promises:
        if state(promise, now, calendar) == "risk":
            yield _of_promise(promise, "risk", 1, now, calendar)


def _of_promise(
    promise: Promise, how: Literal["broken", "risk"], severity: int, now: datetime, calendar: Calendar
) -> Trouble:
    day = promise_day(promise, calendar)
    moment = when(promise.due_at, now, calendar, day)
    link = Link(promise.source, promise.id)
    return Trouble(how, promise.source, "", promise.label, severity, moment, link, in_order=promise.in_order)
