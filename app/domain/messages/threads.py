"""Threads: which one a message belongs to, and whose turn it is afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.ids import new_id
from app.domain.calendar import queries as calendars
from app.domain.messages import abouts, queries, rules
from app.domain.messages.abouts import About
from app.domain.messages.models import Message, Thread
from app.domain.workspace import queries as workspace
from tenants.session import session


def found(
    actor: Actor,
    thread_id: UUID | None,
    about: tuple[str, UUID] | None,
    contact_id: UUID | None,
    subject: str,
) -> tuple[Thread | None, About]:
    """The thread that a message goes into, locked, if there is one, and what it is about."""
    if thread_id is not None:
        thread = queries.get(actor, thread_id, hold=True)
        return thread, abouts.of_thread(thread)
    here = abouts.find(actor, about, contact_id)
    return _open_one(actor, here, subject), here


def begun(here: About, subject: str) -> Thread:
    """A new thread."""
    told = here.told_on
    thread = Thread(
        id=new_id(),
        subject=subject,
        object=told[0] if told else None,
        record_id=told[1] if told else None,
        contact_id=here.contact_id,
        company_id=here.company_id,
        owner_id=here.owner_id,
        created_at=now(),
        updated_at=now(),
        messages_count=0,
        awaits="nobody",
        state="open",
        is_customer_visible=True,
    )
    session.add(thread)
    session.flush()
    return thread


def spoken(thread: Thread, message: Message, *, automatic: bool) -> None:
    """Count the message; whoever has to speak next has so since the first that was not answered."""
    thread.messages_count += 1
    thread.last_message_at = thread.updated_at = message.sent_at
    awaits = rules.turn(message.direction, thread.awaits, automatic=automatic)  # type: ignore[arg-type]
    if message.direction != "internal" and not automatic:
        thread.state = "open"
    if awaits != thread.awaits:
        thread.awaits, thread.awaits_since = awaits, message.sent_at
        thread.answer_due_at = _answer_due(message) if awaits == "us" else None
    session.flush()


def settled(thread: Thread, state: str) -> None:
    """Close or reopen: in a closed thread nobody waits; one that goes on waits for who spoke first last."""
    thread.state, thread.updated_at = state, now()
    latest = select(Message).where(
        Message.thread_id == thread.id, Message.direction != "internal", Message.deleted_at.is_(None)
    )
    last = session.scalar(latest.order_by(Message.sent_at.desc(), Message.id.desc()).limit(1))
    if state == "closed" or last is None:
        thread.awaits, thread.awaits_since, thread.answer_due_at = "nobody", None, None
    else:
        thread.awaits = rules.turn(last.direction, "nobody")  # type: ignore[arg-type]
        thread.awaits_since = last.sent_at
        thread.answer_due_at = _answer_due(last) if thread.awaits == "us" else None
    session.flush()


def _open_one(actor: Actor, here: About, subject: str) -> Thread | None:
    """The open thread about the record with that contact; another subject begins another about a person."""
    is_person = here.object in {None, "contacts", "companies"}
    if is_person and subject:
        return None
    told = here.told_on
    same = and_(
        Thread.object.is_not_distinct_from(here.object if not is_person else told[0] if told else None),
        Thread.record_id.is_not_distinct_from(here.record_id if not is_person else told[1] if told else None),
        Thread.contact_id.is_not_distinct_from(here.contact_id),
    )
    statement = select(Thread).where(same, Thread.state == "open", queries.readable(actor))
    latest = (Thread.last_message_at.desc(), Thread.id.desc())
    return session.scalar(statement.order_by(*latest).limit(1).with_for_update())


def _answer_due(message: Message) -> datetime:
    settings, calendar = workspace.settings(), calendars.current()
    return rules.answer_due(
        message.sent_at, settings.answer_hours, settings.opens_at, settings.closes_at, calendar
    )
