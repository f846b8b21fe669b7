"""One customer's standing: what is wrong, what comes next, how healthy, what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.domain.calendar.rules import Calendar
from app.domain.standing.rules.events import Events, Link, Promise, state
from app.domain.standing.rules.health import Health, health
from app.domain.standing.rules.rhythm import Silence, is_stale, silence
from app.domain.standing.rules.thread import Mark, marks
from app.domain.standing.rules.troubles import Trouble, troubles, upcoming

Overall = Literal["broken", "risk", "kept", "event"]


@dataclass(frozen=True)
class Person:
    """Whom to turn to."""

    id: UUID
    name: str
    first_name: str = ""
    phone: str | None = None
    email: str | None = None
    may_call: bool = True
    may_mail: bool = True


@dataclass(frozen=True)
class Act:
    """The one thing to do: call or write to a person at `address`, answer, or open a record."""

    kind: Literal["call", "mail", "answer", "open"]
    link: Link
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Standing:
    """All that the standing bar and the thread say of one customer at one instant."""

    state: Overall
    troubles: tuple[Trouble, ...]
    upcoming: tuple[Promise, ...]
    marks: tuple[Mark, ...]
    health: Health | None = None
    silence: Silence | None = None
    stale: Silence | None = None
    act: Act | None = None


def assess(events: Events, person: Person | None, now: datetime, calendar: Calendar) -> Standing:
    """The standing of the customer with these `events` at `now`."""
    found = troubles(events, now, calendar)
    well = health(events, now, calendar)
    quiet = next((reason.silence for reason in well.reasons if reason.silence), None) if well else None
    stale = _staleness(events, now, calendar)
    return Standing(
        _overall(found, well, quiet or stale),
        found,
        upcoming(events, now, calendar),
        marks(events, now, calendar),
        well,
        quiet,
        stale,
        propose(found, quiet, person),
    )


def propose(found: tuple[Trouble, ...], quiet: Silence | None, person: Person | None) -> Act | None:
    """What to do next: talk to the person about what is broken, write about what is quiet or due."""
    if not found and quiet is None:
        return None
    if found and found[0].kind == "threads":
        return Act("answer", found[0].link, found[0].label)
    broken = bool(found) and found[0].state == "broken"
    reach = ("call", "mail") if broken else ("mail", "call")
    act = next((way for way in (_reach(person, kind) for kind in reach) if way), None)
    if act is None and found:
        return Act("open", found[0].link, found[0].label)
    return act


def _reach(person: Person | None, kind: str) -> Act | None:
    if person is None:
        return None
    name, link = person.first_name or person.name, Link("contacts", person.id)
    if kind == "call" and person.phone and person.may_call:
        return Act("call", link, name, person.phone)
    if kind == "mail" and person.email and person.may_mail:
        return Act("mail", link, name, person.email)
    return None


def _overall(found: tuple[Trouble, ...], well: Health | None, doubt: Silence | None) -> Overall:
    if any(trouble.state == "broken" for trouble in found):
        return "broken"
    if found or doubt:
        return "risk"
    return "kept" if well else "event"


def _staleness(events: Events, now: datetime, calendar: Calendar) -> Silence | None:
    """Silence in the delivery data; none while a delivery is under way, for that is news enough."""
    deliveries = [p for p in events.promises if p.source == "deliveries"]
    if any(state(p, now, calendar) in {"risk", "planned", "broken"} for p in deliveries):
        return None
    today = calendar.day_of(now)
    quiet = silence((calendar.day_of(at) for at in map(_news, deliveries) if at), today)
    return quiet if quiet and is_stale(quiet) else None


def _news(promise: Promise) -> datetime | None:
    """The last that was heard of it: one day a delivery, else shipping and arriving would make a rhythm."""
    return promise.kept_at or promise.started_at
