"""The samples' talk: what customers wrote, what they were answered, and what colleagues noted beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from app.core import clock
from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import CUSTOMER, EVERYTHING
from app.domain.demo import samples
from app.domain.messages import actions as messages
from app.domain.messages.actions import Origin
from tenants.session import session

Who = Literal["customer", "member", "note"]


@dataclass(frozen=True)
class Said:
    """Who wrote what, so many hours ago."""

    who: Who
    hours: float
    words: str


@dataclass(frozen=True)
class Talk:
    """A conversation with the first person of a company, by its place; about its last order or in general."""

    company: int
    subject: str
    said: tuple[Said, ...]
    about_order: bool = True
    by_mail: bool = False


TALKS = (
    Talk(
        0,
        "Where are our pumps?",
        (
            Said("customer", 50, "Good morning, the pumps were promised for yesterday. When do they arrive?"),
            Said("note", 48, "Carrier has no scan since the hub in Kassel. Ask again at noon."),
            Said("member", 47, "I am sorry for the wait. The carrier is searching; you hear from me today."),
            Said("customer", 26, "It is tomorrow now. Line 4 stands still without them."),
        ),
    ),
    Talk(
        1,
        "New date for both orders",
        (
            Said("member", 28, "Two of your deliveries are late. The valves leave our house tomorrow."),
            Said("customer", 25, "Thank you for telling us before we had to ask."),
            Said("member", 24, "You get the tracking number as soon as they have left."),
        ),
    ),
    Talk(
        4,
        "Seal leaks at 8 bar",
        (
            Said("customer", 170, "One of the seals leaks at 8 bar. It is specified for 10."),
            Said("member", 166, "That must not happen. A new kit is on its way, please keep the old one."),
            Said("note", 165, "Second complaint about batch 2231: tell quality."),
            Said("customer", 120, "The new one holds. We send the old seal back with your driver."),
            Said("member", 118, "Thank you. We let you know what we find."),
        ),
    ),
    Talk(
        3,
        "Loading bay closed on Friday",
        (
            Said("customer", 30, "Our loading bay is closed on Friday. Could the lorry come on Thursday?"),
            Said("member", 29, "Thursday before noon is arranged."),
        ),
        by_mail=True,
    ),
    Talk(
        6,
        "Price list for next year",
        (Said("customer", 5, "Could you send us the price list for next year, please?"),),
        about_order=False,
        by_mail=True,
    ),
)

_PERSON = text("SELECT id, name, email, company_id FROM contacts WHERE id = :id")
_ORDER = text("SELECT id FROM orders WHERE company_id = :company ORDER BY placed_at DESC, id LIMIT 1")


def fill(companies: Sequence[UUID], people: Mapping[UUID, UUID], members: Sequence[UUID]) -> None:
    """Write the conversations; `people` names who speaks for a company, `members` who answer."""
    threads = [
        _write(number, talk, companies[talk.company], people[companies[talk.company]], members[0])
        for number, talk in enumerate(TALKS)
    ]
    samples.mark("threads", threads)


def _write(number: int, talk: Talk, company_id: UUID, contact_id: UUID, member_id: UUID) -> UUID:
    person = session.execute(_PERSON, {"id": contact_id}).one()
    customer = Actor(
        "customer", contact_id, person.name, "demo", CUSTOMER, company_id=company_id, sees_company=True
    )
    member = Actor("member", member_id, _name(member_id), "demo", EVERYTHING)
    about = ("contacts", contact_id)
    if talk.about_order:
        about = ("orders", session.execute(_ORDER, {"company": company_id}).scalar_one())
    thread_id: UUID | None = None
    for place, said in enumerate(talk.said):
        domain = person.email.partition("@")[2]
        origin = Origin(f"sample-{number}-{place}@{domain}", sender=person.email) if talk.by_mail else None
        with clock.frozen(now() - timedelta(hours=said.hours)):
            message = messages.write(
                customer if said.who == "customer" else member,
                thread_id=thread_id,
                about=None if thread_id else about,
                contact_id=None if thread_id else contact_id,
                subject="" if thread_id else talk.subject,
                body=said.words,
                note=said.who == "note",
                origin=origin if said.who == "customer" else None,
                quiet=True,
            )
        thread_id = message.thread_id
    assert thread_id is not None
    return thread_id


def _name(member_id: UUID) -> str:
    return str(session.scalar(text("SELECT name FROM members WHERE id = :id"), {"id": member_id}))
