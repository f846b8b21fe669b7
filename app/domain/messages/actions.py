"""Talking with customers: one verb for everybody who writes, and what happens to a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotAllowed
from app.core.ids import new_id
from app.core.mail import mail_id
from app.core.permissions import require
from app.core.text import N_
from app.domain.files import actions as files_
from app.domain.letters import actions as letters
from app.domain.members import queries as members
from app.domain.messages import abouts, attachments, finding, queries, rules, telling, threads
from app.domain.messages.abouts import About
from app.domain.messages.models import Message, MessageState, Thread
from tenants.session import session

MOST_BEFORE = 20
attachments.register()


@dataclass(frozen=True)
class Origin:
    """Where a mail that came in is from: its own ids, its sender, and what is known against it."""

    mail_id: str
    in_reply_to: str = ""
    refs: tuple[str, ...] = ()
    sender: str = ""
    sent_at: datetime | None = None
    is_automatic: bool = False
    is_verified: bool = True


def write(
    actor: Actor,
    *,
    thread_id: UUID | None = None,
    about: tuple[str, UUID] | None = None,
    contact_id: UUID | None = None,
    subject: str = "",
    body: str,
    files: Sequence[UUID] = (),
    note: bool = False,
    origin: Origin | None = None,
    quiet: bool = False,
) -> Message:
    """The message, or with `note` the note that never leaves the company.

    Goes into the thread, or into the open one about that record with that contact, or begins one. What a
    member writes reaches the contact in the portal and by mail; what a customer writes waits for an answer.
    A `quiet` one is history: nobody is told of it and nothing is mailed.
    Raises Invalid for an empty text or a message to nobody, NotFound for what is not the actor's to see.
    """
    require(actor, "messages:write")
    thread, here = threads.found(actor, thread_id, about, contact_id, _line(subject))
    _check(body, subject, note=note and actor.kind == "customer")
    if here.contact_id is None and not note:
        raise abouts.receiver_missing()
    thread = thread or threads.begun(here, _line(subject))
    message = _message(actor, thread, body, _line(subject), note=note, origin=origin)
    session.add(message)
    session.flush()
    if files:
        files_.attach(actor, files, "messages", message.id, is_customer_visible=not note)
    threads.spoken(thread, message, automatic=origin is not None and origin.is_automatic)
    _seen(actor, [message.id])
    finding.enter([thread.id])
    telling.fact(actor, here, message)
    if quiet:
        return message
    if message.direction == "in" and not (origin and origin.is_automatic):
        telling.notice(here, thread, message)
    elif message.direction == "out":
        _mail(thread, here, message)
    return message


def read(actor: Actor, thread_id: UUID) -> None:
    """The actor has read what stands in the thread."""
    thread = queries.get(actor, thread_id)
    unread = select(Message.id).where(
        Message.thread_id == thread.id,
        Message.direction == ("out" if actor.kind == "customer" else "in"),
        ~select(MessageState.message_id)
        .where(
            MessageState.message_id == Message.id,
            MessageState.person_id == actor.id,
            MessageState.read_at.is_not(None),
        )
        .exists(),
    )
    _seen(actor, session.scalars(unread).all())


def close(actor: Actor, thread_id: UUID) -> Thread:
    """The thread is done: nobody waits any more. The customer's next message opens it again."""
    return _settle(actor, thread_id, "closed")


def reopen(actor: Actor, thread_id: UUID) -> Thread:
    """The thread goes on."""
    return _settle(actor, thread_id, "open")


def hand_over(actor: Actor, thread_id: UUID, member_id: UUID | None) -> Thread:
    """Another member looks after the thread, or nobody; who gets it is told."""
    thread = _mine(actor, thread_id)
    if member_id is not None:
        members.get(member_id)
    if thread.owner_id != member_id:
        thread.owner_id, thread.updated_at = member_id, now()
        session.flush()
        telling.handed_over(actor, thread)
    return thread


def _check(body: str, subject: str, *, note: bool) -> None:
    if not body.strip():
        raise Invalid.one("body", "required", N_("Write something first."))
    if len(body) > rules.LONGEST:
        raise Invalid.one("body", "long", N_("Use at most %(most)s characters."), most=rules.LONGEST)
    if len(subject) > rules.LONGEST_SUBJECT:
        message = N_("Use at most %(most)s characters.")
        raise Invalid.one("subject", "long", message, most=rules.LONGEST_SUBJECT)
    if note:
        raise Invalid.one("note", "not_allowed", N_("Notes are the company's own."))


def _message(
    actor: Actor, thread: Thread, body: str, subject: str, *, note: bool, origin: Origin | None
) -> Message:
    message_id, theirs = new_id(), actor.kind == "customer"
    known = origin is None or origin.is_verified
    return Message(
        id=message_id,
        thread_id=thread.id,
        kind="note" if note else "mail" if origin else "portal",
        direction="internal" if note else "in" if theirs else "out",
        author_kind=_author_kind(actor, known=known),
        member_id=actor.member_id,
        contact_id=actor.id if theirs and known else thread.contact_id,
        author_name=actor.name,
        subject=subject or thread.subject,
        body=_sound(body),
        mail_id=origin.mail_id or None if origin else None if note or theirs else mail_id(message_id),
        in_reply_to=origin.in_reply_to or None if origin else None,
        refs=list(origin.refs) if origin else [],
        sender=origin.sender if origin else None,
        data=_data(actor, origin),
        sent_at=now(),
        created_at=now(),
    )


def _author_kind(actor: Actor, *, known: bool) -> str:
    if actor.kind == "customer":
        return "customer" if known else "stranger"
    return "member" if actor.kind == "member" else "system"


def _data(actor: Actor, origin: Origin | None) -> dict[str, object]:
    found: dict[str, object] = {"door": actor.door}
    if origin and origin.is_automatic:
        found["automatic"] = True
    if origin and not origin.is_verified:
        found["unverified"] = True
    return found


def _mail(thread: Thread, here: About, message: Message) -> None:
    """By mail too, within the conversation that the customer's mail program shows."""
    assert thread.contact_id is not None
    earlier = select(Message.mail_id).where(
        Message.thread_id == thread.id,
        Message.id != message.id,
        Message.mail_id.is_not(None),
        Message.mailbox_id.is_(None),
    )
    latest = (Message.sent_at.desc(), Message.id.desc())
    before = session.scalars(earlier.order_by(*latest).limit(MOST_BEFORE)).all()
    letters.send(
        "answer",
        thread.contact_id,
        about=("threads", thread.id),
        values={
            "subject": message.subject,
            "number": here.title if here.object == "orders" else "",
            "body": message.body,
            "author": message.author_name,
        },
        key=f"answer:{message.id}",
        chain=letters.Chain(message.id, message.mail_id or "", tuple(x for x in reversed(before) if x)),
    )


def _seen(actor: Actor, message_ids: Sequence[UUID]) -> None:
    if actor.id is None or actor.kind not in {"member", "customer"} or not message_ids:
        return
    rows = [
        {"message_id": each, "person_kind": actor.kind, "person_id": actor.id, "read_at": now()}
        for each in message_ids
    ]
    fresh = insert(MessageState).values(rows)
    keys = ["message_id", "person_kind", "person_id"]
    session.execute(
        fresh.on_conflict_do_update(index_elements=keys, set_={"read_at": fresh.excluded.read_at})
    )


def _settle(actor: Actor, thread_id: UUID, state: str) -> Thread:
    thread = _mine(actor, thread_id)
    if thread.state != state:
        threads.settled(thread, state)
        telling.settled(actor, thread)
    return thread


def _mine(actor: Actor, thread_id: UUID) -> Thread:
    """The thread, locked, for a member: whose turn it is, is the company's business."""
    require(actor, "messages:write")
    thread = queries.get(actor, thread_id, hold=True)
    if actor.kind == "customer":
        raise NotAllowed("messages:write")
    return thread


def _line(text: str) -> str:
    return " ".join(_sound(text).split())


def _sound(text: str) -> str:
    """Text that PostgreSQL takes, lines ending alike."""
    whole = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()
