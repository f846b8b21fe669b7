"""A member's own mailboxes, and what is in them as the member may see it: nobody else sees into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.domain.mailboxes.models import Correspondent, MailboxItem
from app.domain.messages.models import Mailbox
from tenants.session import session

MOST_WAITING = 100


def own(actor: Actor) -> list[Mailbox]:
    """The actor's mailboxes, the oldest first."""
    require(actor, "mailboxes:use")
    statement = select(Mailbox).where(Mailbox.member_id == actor.member_id, Mailbox.removed_at.is_(None))
    return list(session.scalars(statement.order_by(Mailbox.id)))


def one(actor: Actor, mailbox_id: UUID) -> Mailbox:
    """The actor's mailbox; NotFound for everybody else's."""
    require(actor, "mailboxes:use")
    mailbox = session.get(Mailbox, mailbox_id)
    if mailbox is None or mailbox.removed_at is not None or mailbox.member_id != actor.member_id:
        raise NotFound
    return mailbox


def sendable(actor: Actor) -> list[Mailbox]:
    """The actor's mailboxes that mail can be sent from."""
    if "mailboxes:use" not in actor.permissions:
        return []
    return [each for each in own(actor) if each.state not in {"draft", "failing"}]


@dataclass(frozen=True)
class Stranger:
    """Somebody who writes or is written to and is nobody's contact; `subject` is of the latest mail."""

    address: str
    name: str
    mails: int
    sent: int
    latest_at: datetime | None
    subject: str


def strangers(actor: Actor, limit: int = MOST_WAITING) -> list[Stranger]:
    """Who waits for a decision: those the actor wrote to first, then by how much there is."""
    item = MailboxItem
    mails = func.count().label("mails")
    sent = func.count().filter(item.direction == "out").label("sent")
    latest = func.max(item.sent_at).label("latest_at")
    named = func.max(item.correspondent_name).label("name")
    newest = aggregate_order_by(item.subject, item.sent_at.desc(), item.id.desc())
    subjects = func.array_agg(newest).label("subjects")
    statement = (
        select(item.correspondent, named, mails, sent, latest, subjects)
        .where(item.state == "unknown", item.correspondent.is_not(None), _mine(actor))
        .group_by(item.correspondent)
        .order_by((sent > 0).desc(), mails.desc(), item.correspondent)
        .limit(limit)
    )
    return [
        Stranger(row.correspondent, row.name or "", row.mails, row.sent, row.latest_at, row.subjects[0])
        for row in session.execute(statement)
    ]


def waiting(actor: Actor) -> int:
    """How many strangers wait for a decision of the actor."""
    if "mailboxes:use" not in actor.permissions:
        return 0
    statement = select(func.count(MailboxItem.correspondent.distinct()))
    return session.scalar(statement.where(MailboxItem.state == "unknown", _mine(actor))) or 0


def decided(actor: Actor) -> Sequence[Correspondent]:
    """Whom the actor ignores and blocks, the latest first."""
    require(actor, "mailboxes:use")
    mine = select(Correspondent).where(Correspondent.member_id == actor.member_id)
    return session.scalars(mine.order_by(Correspondent.decided_at.desc(), Correspondent.address)).all()


def refused(mailbox: Mailbox, limit: int = 50) -> Sequence[MailboxItem]:
    """Mails of the mailbox that could not be stored, the latest first."""
    bad = select(MailboxItem).where(MailboxItem.mailbox_id == mailbox.id, MailboxItem.state == "refused")
    return session.scalars(bad.order_by(MailboxItem.id.desc()).limit(limit)).all()


def _mine(actor: Actor) -> ColumnElement[bool]:
    own_ids = select(Mailbox.id).where(Mailbox.member_id == actor.member_id, Mailbox.removed_at.is_(None))
    return MailboxItem.mailbox_id.in_(own_ids)
