"""What a customer has not read yet."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, select

from app.core.actor import Actor
from app.domain.messages.models import Message, MessageState, Thread
from app.domain.messages.queries import readable
from tenants.session import session

MOST = 99


def unread(actor: Actor, thread_ids: Collection[UUID] | None = None) -> set[UUID]:
    """The conversations, of these or of all, in which an answer stands that the customer has not read."""
    read = exists().where(
        MessageState.message_id == Message.id,
        MessageState.person_id == actor.id,
        MessageState.read_at.is_not(None),
    )
    fresh = (Message.direction == "out", Message.mailbox_id.is_(None), Message.deleted_at.is_(None), ~read)
    wanted = select(Thread.id).join(Message, Message.thread_id == Thread.id).where(readable(actor), *fresh)
    if thread_ids is not None:
        wanted = wanted.where(Thread.id.in_(list(thread_ids)))
    return set(session.scalars(wanted.distinct().limit(MOST)))


def count(actor: Actor) -> int:
    """How many conversations hold an answer that the customer has not read, counted up to 99."""
    return len(unread(actor))
