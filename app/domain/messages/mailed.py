"""Mails of members' mailboxes: what others may see of them, and which go out once more."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Uuid, column, select, table, union

from app.core.actor import Actor
from app.domain.messages.models import Mailbox, Message
from tenants.session import session

# What became of a mail that its writer may send again: it did not go out, or nobody knows.
UNSENT = frozenset({"failed", "uncertain"})

_ITEMS = table("mailbox_items", column("mailbox_id", Uuid), column("message_id", Uuid))


def kept_back(one: Message, mine: Collection[UUID]) -> str:
    """What of a discovered mail others than the members in whose mailboxes it lies do not see."""
    return "" if one.privacy == "full" or one.id in mine else one.privacy


def from_own_mailboxes(actor: Actor, found: Sequence[Message]) -> Collection[UUID]:
    """Those of the messages that are not for all and that lie in a mailbox of the actor's own."""
    narrow = [each.id for each in found if each.privacy != "full"]
    if actor.member_id is None or not narrow:
        return ()
    own = select(Mailbox.id).where(Mailbox.member_id == actor.member_id)
    brought = select(Message.id).where(Message.id.in_(narrow), Message.mailbox_id.in_(own))
    # What another mailbox brought first lies in one's own as well.
    item = _ITEMS.c
    met = select(item.message_id).where(item.message_id.in_(narrow), item.mailbox_id.in_(own))
    return set(session.scalars(union(brought, met)))


def delivery_state(message: Message) -> str:
    """How far a mail sent from a mailbox has come: queued, sending, sent, failed, uncertain; else empty."""
    return str(message.data.get("delivery", {}).get("state", ""))


def sendable_again(actor: Actor, found: Sequence[Message]) -> Collection[UUID]:
    """Those of the messages that the actor wrote in a mailbox still his, and that may not have gone out."""
    own = [each for each in found if each.member_id == actor.member_id and delivery_state(each) in UNSENT]
    if not own or "mailboxes:use" not in actor.permissions:
        return ()
    alive = select(Mailbox.id).where(Mailbox.member_id == actor.member_id, Mailbox.removed_at.is_(None))
    mailboxes = set(session.scalars(alive))
    return {each.id for each in own if each.mailbox_id in mailboxes}
