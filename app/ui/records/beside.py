"""What stands beside a customer's timeline: the promises that are open, and the people."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.standing.rules.assess import Standing
from app.domain.standing.rules.events import Link
from app.records.record import Record
from app.ui.formats import Formats
from app.ui.shapes import State
from app.ui.standing import words

MOST = 8


@dataclass(frozen=True)
class Owed:
    """One open promise or incident: what it is, how it stands, in words with its state."""

    what: str
    href: str
    state: State
    told: str


@dataclass(frozen=True)
class Person:
    """A person of a company."""

    name: str
    detail: str
    href: str


def owed(found: Standing, write: Formats) -> list[Owed]:
    """What is broken or at risk first, then what is due next; the most pressing eight."""
    rows = [
        Owed(
            words.trouble_name(trouble),
            words.href(trouble.link),
            trouble.state,
            words.pill(trouble, write),
        )
        for trouble in found.troubles
    ]
    told = {trouble.link.id for trouble in found.troubles}
    rows += [
        Owed(
            words.promise_name(promise),
            words.href(Link(promise.source, promise.id)),
            "planned",
            words.promise_due(promise, write),
        )
        for promise in found.upcoming
        if promise.id not in told
    ]
    return rows[:MOST]


def people(rows: Sequence[Record]) -> list[Person]:
    """The people as the page lists them."""
    return [
        Person(row.title or "–", str(row.get("title") or row.get("email") or ""), f"/contacts/{row.id}")
        for row in rows
    ]
