"""Conversations as somebody may read them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, or_, select, true, tuple_

from app.core import paging
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.domain.files import queries as files
from app.domain.files.models import File
from app.domain.letters import queries as letters
from app.domain.letters.queries import Carried
from app.domain.members.queries import names
from app.domain.messages import reach
from app.domain.messages.mailed import from_own_mailboxes, kept_back, sendable_again
from app.domain.messages.models import Message, MessageState, Thread
from app.records import reading
from tenants.context import current
from tenants.session import session

MOST = 200

Box = Literal["us", "customer", "closed", "all"]
_BOXES: dict[Box, tuple[ColumnElement[bool], ...]] = {
    "us": (Thread.state == "open", Thread.awaits == "us"),
    "customer": (Thread.state == "open", Thread.awaits == "customer"),
    "closed": (Thread.state == "closed",),
    "all": (),
}


@dataclass(frozen=True)
class Shown:
    """A message as its reader may see it.

    `hidden` tells how much is kept back: nothing, the words (`subject`), or the subject too (`metadata`).
    `carried` is what became of its mail, `read_at` when the other side read it. `may_send_again`
    tells that the reader's own mail did not go out.
    """

    message: Message
    subject: str
    body: str
    html: str | None
    hidden: str
    carried: Carried | None
    read_at: datetime | None
    author: str
    files: Sequence[File] = ()
    may_send_again: bool = False


@dataclass(frozen=True)
class Conversation:
    """A thread with its messages, the earliest first."""

    thread: Thread
    messages: Sequence[Shown]


@dataclass(frozen=True)
class Page:
    """Conversations with their latest message each, and where the list goes on."""

    rows: Sequence[Conversation]
    next_cursor: str | None


def readable(actor: Actor) -> ColumnElement[bool]:
    """The condition that a thread is for `actor`: a customer's own, or his company's where he sees those.

    Members see those about what they see.
    """
    require(actor, "messages:read")
    alive = Thread.deleted_at.is_(None)
    if actor.kind != "customer":
        theirs = reach.condition(actor)
        return alive if theirs is None else and_(alive, theirs)
    own = Thread.contact_id == actor.id
    companys = Thread.company_id == actor.company_id if actor.sees_company and actor.company_id else false()
    return and_(alive, Thread.is_customer_visible, or_(own, companys))


def get(actor: Actor, thread_id: UUID, *, hold: bool = False) -> Thread:
    """A thread, locked with `hold`; raises NotFound for what is not there or not for `actor`."""
    statement = select(Thread).where(Thread.id == thread_id, readable(actor))
    found = session.scalar(statement.with_for_update() if hold else statement)
    if found is None:
        raise NotFound("messages")
    return found


def thread(actor: Actor, thread_id: UUID) -> Conversation:
    """A thread with its latest 200 messages."""
    return _conversations(actor, [get(actor, thread_id)])[0]


def of_record(actor: Actor, object: str, record_id: UUID, limit: int = 20) -> list[Conversation]:  # noqa: A002
    """The conversations about a record, the latest first; a contact's and a company's are all with them."""
    reading.fetch(actor, object, record_id, trashed=True)
    statement = select(Thread).where(_about(object, record_id), readable(actor))
    return _conversations(actor, session.scalars(statement.order_by(*_LATEST).limit(limit)).all())


def counting_of_record(actor: Actor, object: str, record_id: UUID) -> ScalarSelect[int]:  # noqa: A002
    """How many conversations a record has that the caller has found readable, up to 100, for a statement."""
    ours = select(Thread.id).where(_about(object, record_id), readable(actor)).limit(100)
    return select(func.count()).select_from(ours.subquery()).scalar_subquery()


def of_customer(actor: Actor, limit: int = 50) -> list[Conversation]:
    """All conversations that a customer sees, the latest first."""
    statement = select(Thread).where(readable(actor)).order_by(*_LATEST).limit(limit)
    return _conversations(actor, session.scalars(statement).all())


def waiting(actor: Actor, limit: int = 50) -> Sequence[Thread]:
    """Threads whose customer waits for us, the longest first."""
    statement = select(Thread).where(readable(actor), Thread.state == "open", Thread.awaits == "us")
    return session.scalars(statement.order_by(Thread.awaits_since, Thread.id).limit(limit)).all()


def page(actor: Actor, box: Box, cursor: str | None = None, limit: int = 50) -> Page:
    """A page of the inbox with each thread's latest message: who waits longest first, else the latest."""
    statement = select(Thread).where(readable(actor), *_BOXES[box])
    key = Thread.awaits_since if box in {"us", "customer"} else Thread.last_message_at
    rising = box in {"us", "customer"}
    kind = f"messages:{box}:{current().id}"
    if cursor:
        at, thread_id = paging.unpack(kind, cursor)
        mark = (datetime.fromisoformat(at), UUID(thread_id))
        after = tuple_(key, Thread.id) > mark if rising else tuple_(key, Thread.id) < mark
        statement = statement.where(after)
    order = (key, Thread.id) if rising else (key.desc(), Thread.id.desc())
    found = session.scalars(statement.where(key.is_not(None)).order_by(*order).limit(limit + 1)).all()
    kept = found[:limit]
    more = None
    if len(found) > limit:
        last = kept[-1]
        at = last.awaits_since if rising else last.last_message_at
        more = paging.pack(kind, [at.isoformat() if at else "", str(last.id)])
    return Page(_conversations(actor, kept, 1), more)


def count_waiting(actor: Actor, most: int = 100) -> int:
    """How many customers wait for us, counted up to `most`."""
    ours = select(Thread.id).where(readable(actor), Thread.state == "open", Thread.awaits == "us")
    return session.scalar(select(func.count()).select_from(ours.limit(most).subquery())) or 0


def message(actor: Actor, message_id: UUID) -> Message:
    """One message that `actor` may read in full; else NotFound."""
    found = session.get(Message, message_id)
    if found is None or found.deleted_at is not None:
        raise NotFound("messages")
    get(actor, found.thread_id)
    if not session.scalar(select(true()).where(Message.id == message_id, _for(actor)).select_from(Message)):
        raise NotFound("messages")
    if kept_back(found, from_own_mailboxes(actor, [found])):
        raise NotFound("messages")
    return found


def excerpts(actor: Actor, message_ids: Collection[UUID]) -> dict[UUID, str]:
    """The words of messages that `actor` may read."""
    if not message_ids:
        return {}
    require(actor, "messages:read")
    wanted = select(Message).where(
        Message.id.in_(list(message_ids)), Message.deleted_at.is_(None), _for(actor)
    )
    if (theirs := reach.condition(actor)) is not None:
        wanted = wanted.where(Message.thread_id.in_(select(Thread.id).where(theirs)))
    found = session.scalars(wanted).all()
    mine = from_own_mailboxes(actor, found)
    return {each.id: each.body for each in found if not kept_back(each, mine)}


_LATEST = (Thread.last_message_at.desc().nulls_last(), Thread.id.desc())


def _conversations(actor: Actor, threads: Sequence[Thread], most: int = MOST) -> list[Conversation]:
    ids = [each.id for each in threads]
    latest = (Message.sent_at.desc(), Message.id.desc())
    rank = func.row_number().over(partition_by=Message.thread_id, order_by=latest)
    inner = (
        select(Message.id, rank.label("rank"))
        .where(Message.thread_id.in_(ids), Message.deleted_at.is_(None), _for(actor))
        .subquery()
    )
    statement = select(Message).join(inner, inner.c.id == Message.id).where(inner.c.rank <= most)
    found = session.scalars(statement.order_by(Message.sent_at, Message.id)).all() if ids else []
    shown: dict[UUID, list[Shown]] = {each: [] for each in ids}
    for one, seen in zip(found, _shown(actor, found), strict=True):
        shown[one.thread_id].append(seen)
    return [Conversation(each, shown[each.id]) for each in threads]


def _about(name: str, record_id: UUID) -> ColumnElement[bool]:
    column = {"contacts": Thread.contact_id, "companies": Thread.company_id}.get(name)
    here = and_(Thread.object == name, Thread.record_id == record_id)
    return or_(here, column == record_id) if column is not None else here


def _for(actor: Actor) -> ColumnElement[bool]:
    """Notes are the company's own, and so is what a member's mailbox holds."""
    if actor.kind == "customer":
        return and_(Message.direction != "internal", Message.mailbox_id.is_(None))
    return true()


def _shown(actor: Actor, found: Sequence[Message]) -> list[Shown]:
    ids = [each.id for each in found]
    carried = letters.of_messages(ids) if actor.kind != "customer" else {}
    read, mine = _read_by_others(found), from_own_mailboxes(actor, found)
    attached, again = files.of_seen(actor, "messages", ids), sendable_again(actor, found)
    called = names({each.member_id for each in found if each.member_id})
    shown = []
    for each in found:
        hidden = kept_back(each, mine)
        shown.append(
            Shown(
                each,
                "" if hidden == "metadata" else each.subject,
                "" if hidden else each.body,
                None if hidden else each.html,
                hidden,
                carried.get(each.id),
                read.get(each.id),
                called.get(each.member_id, each.author_name) if each.member_id else each.author_name,
                () if hidden else attached.get(each.id, ()),
                each.id in again,
            )
        )
    return shown


def has_unread(actor: Actor, found: Conversation) -> bool:
    """Whether the conversation holds something from the customer that this member has not read."""
    theirs = [each.message.id for each in found.messages if each.message.direction == "in"]
    read = select(func.count()).where(
        MessageState.message_id.in_(theirs),
        MessageState.person_id == actor.id,
        MessageState.read_at.is_not(None),
    )
    return bool(theirs) and (session.scalar(read) or 0) < len(theirs)


def _read_by_others(found: Sequence[Message]) -> dict[UUID, datetime]:
    """When the other side first read: customers what members wrote, members what customers wrote."""
    pairs = [(each.id, "member" if each.direction == "in" else "customer") for each in found]
    if not pairs:
        return {}
    states = MessageState
    wanted = select(states.message_id, func.min(states.read_at)).where(
        tuple_(states.message_id, states.person_kind).in_(pairs), states.read_at.is_not(None)
    )
    rows: Any = session.execute(wanted.group_by(states.message_id))
    return {row[0]: row[1] for row in rows}
