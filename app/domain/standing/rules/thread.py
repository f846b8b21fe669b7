"""The relation as marks on a line over time: 90 days back, 14 ahead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.domain.calendar.rules import Calendar
from app.domain.standing.rules.events import Events, Link, Promise, promise_day, state

DAYS_BACK = 90
DAYS_AHEAD = 14
_ROOM = 45

MarkState = Literal["kept", "broken", "risk", "planned", "event"]


@dataclass(frozen=True)
class Mark:
    """One thing on the line; `kind` is a promise's source, an incident's kind or a sign's object.

    A promise kept late stands as broken on the day it was promised, with the days it took in `days_late`.
    """

    at: date
    state: MarkState
    kind: str
    label: str
    link: Link
    days_late: int = 0


def marks(events: Events, now: datetime, calendar: Calendar) -> tuple[Mark, ...]:
    """Marks in the order of their days; plain signs give way where the line is full."""
    today = calendar.day_of(now)
    weighty = [*_promises(events, now, calendar), *_incidents(events, calendar)]
    shown = [mark for mark in weighty if _within(mark.at, today)]
    if len(shown) < _ROOM:
        shown += [mark for mark in _signs(events, calendar) if _within(mark.at, today)][: _ROOM - len(shown)]
    return tuple(sorted(shown, key=lambda mark: mark.at))


def _within(day: date, today: date) -> bool:
    return -DAYS_BACK <= (day - today).days <= DAYS_AHEAD


def _promises(events: Events, now: datetime, calendar: Calendar) -> Iterable[Mark]:
    for promise in events.promises:
        yield _mark(promise, now, calendar)


def _mark(promise: Promise, now: datetime, calendar: Calendar) -> Mark:
    due = promise_day(promise, calendar)
    link = Link(promise.source, promise.id)
    match state(promise, now, calendar):
        case "kept":
            kept_on = calendar.day_of(promise.kept_at or promise.due_at)
            return Mark(kept_on, "kept", promise.source, promise.label, link)
        case "kept_late":
            days = (calendar.day_of(promise.kept_at or promise.due_at) - due).days
            return Mark(due, "broken", promise.source, promise.label, link, days)
        case "broken":
            days = (calendar.day_of(now) - due).days
            return Mark(due, "broken", promise.source, promise.label, link, days)
        case "unknown":
            return Mark(due, "event", promise.source, promise.label, link)
        case ahead:
            return Mark(due, ahead, promise.source, promise.label, link)


def _incidents(events: Events, calendar: Calendar) -> Iterable[Mark]:
    promised = {promise.id for promise in events.promises}
    for incident in events.incidents:
        if not (incident.kind == "late" and incident.delivery_id in promised):
            opened = calendar.day_of(incident.opened_at)
            yield Mark(opened, "broken", incident.kind, incident.label, Link("incidents", incident.id))


def _signs(events: Events, calendar: Calendar) -> Iterable[Mark]:
    for sign in sorted(events.signs, key=lambda one: one.at, reverse=True):
        yield Mark(calendar.day_of(sign.at), "event", sign.object, sign.label, Link(sign.object, sign.id))
