"""What a member does with a connected mailbox: choose, show more or less, pause, go on, take it away."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.mailserver import Faulty
from app.core.permissions import require
from app.core.queue import cancel
from app.core.text import N_
from app.domain.mailboxes import folders, queries, syncing
from app.domain.mailboxes.folders import Counted, Place
from app.domain.mailboxes.models import MailboxItem
from app.domain.mailboxes.opening import inbox
from app.domain.mailboxes.rules import PRIVACIES
from app.domain.messages.models import Mailbox, Message, Thread
from tenants.session import session

Stored = Literal["keep", "erase"]


def look(actor: Actor, mailbox_id: UUID, start: date | None) -> list[Counted]:
    """The mailbox's folders with their number of mails since `start`; raises Invalid with the reason."""
    mailbox = queries.one(actor, mailbox_id)
    try:
        with inbox(mailbox) as opened:
            return folders.counted(opened, start)
    except Faulty as fault:
        raise Invalid.one("folders", fault.kind, fault.message, **fault.data) from fault


def choose(actor: Actor, mailbox_id: UUID, names: Sequence[str], start: date | None, privacy: str) -> Mailbox:
    """Read these folders from `start` on; what was read before stays. The first choice starts reading."""
    mailbox = queries.one(actor, mailbox_id)
    offered = look(actor, mailbox_id, start)
    before = [Place.from_json(each) for each in mailbox.folders]
    if start is None or (mailbox.start_on and start >= mailbox.start_on):
        earlier = before
    else:
        # More of each folder is wanted now: it is looked through again, what was met is passed over.
        earlier = [Place(each.name, each.role, each.uidvalidity) for each in before]
    places = folders.chosen(names, offered, earlier)
    if not places:
        raise Invalid.one("folders", "required", N_("Choose at least one folder."))
    expected = sum(each.mails or 0 for each in offered if each.name in names)
    mailbox.folders = [place.as_json() for place in places]
    mailbox.start_on = start
    mailbox.counts = {**mailbox.counts, "expected": expected}
    if privacy != mailbox.privacy:
        show(actor, mailbox_id, privacy)
    if mailbox.state in {"draft", "idle", "failing"}:
        mailbox.state = "syncing"
    session.flush()
    if mailbox.state == "syncing":
        syncing.stage(mailbox.id)
    return mailbox


def show(actor: Actor, mailbox_id: UUID, privacy: str) -> Mailbox:
    """What colleagues see of its mails: `metadata`, `subject` or `full`; also of those stored before."""
    mailbox = queries.one(actor, mailbox_id)
    if privacy not in PRIVACIES:
        raise Invalid.one("privacy", "choice", N_("Choose what colleagues may see."))
    mailbox.privacy = privacy
    mine = Message.mailbox_id == mailbox.id
    session.execute(update(Message).where(mine).values(privacy=privacy))
    told = (
        select(Message.subject)
        .where(mine, Message.thread_id == Thread.id)
        .order_by(Message.sent_at, Message.id)
        .limit(1)
    )
    threads = update(Thread).where(
        Thread.id.in_(select(Message.thread_id).where(mine)), Thread.owner_id == mailbox.member_id
    )
    subject = "" if privacy == "metadata" else told.scalar_subquery()
    session.execute(
        threads.values(subject=subject, updated_at=now()), execution_options={"synchronize_session": False}
    )
    session.flush()
    return mailbox


def pause(actor: Actor, mailbox_id: UUID) -> Mailbox:
    """Read nothing more until `resume`; what runs ends with its slice."""
    mailbox = queries.one(actor, mailbox_id)
    if mailbox.state == "draft":
        raise Conflict(N_("Nothing of this mailbox is read yet."))
    mailbox.state = "paused"
    session.flush()
    return mailbox


def resume(actor: Actor, mailbox_id: UUID) -> Mailbox:
    """Go on reading, at once; also another try for one that failed."""
    mailbox = queries.one(actor, mailbox_id)
    if mailbox.state not in {"paused", "failing", "idle"}:
        raise Conflict(N_("This mailbox is being read."))
    mailbox.state, mailbox.failures = "syncing", 0
    session.flush()
    syncing.stage(mailbox.id)
    return mailbox


def disconnect(actor: Actor, mailbox_id: UUID, stored: Stored) -> int:
    """Forget the mailbox and its password; its mails stay (`keep`) or go (`erase`). How many went."""
    require(actor, "mailboxes:use")
    mailbox = queries.one(actor, mailbox_id)
    cancel(syncing.key(mailbox.id))
    mailbox.removed_at, mailbox.secret_encrypted, mailbox.state = now(), "", "paused"
    waits = MailboxItem.state != "stored" if stored == "keep" else MailboxItem.mailbox_id == mailbox.id
    erased = _erase(mailbox) if stored == "erase" else 0
    session.execute(delete(MailboxItem).where(MailboxItem.mailbox_id == mailbox.id, waits))
    session.flush()
    return erased


def _erase(mailbox: Mailbox) -> int:
    """Remove the mails that no other mailbox holds, and conversations in which nothing is left."""
    elsewhere = select(MailboxItem.message_id).where(
        MailboxItem.mailbox_id != mailbox.id, MailboxItem.message_id.is_not(None)
    )
    gone = session.execute(
        delete(Message)
        .where(Message.mailbox_id == mailbox.id, Message.kind == "mail", Message.id.not_in(elsewhere))
        .returning(Message.thread_id)
    ).all()
    touched = {row.thread_id for row in gone}
    left = select(Message.thread_id).where(Message.thread_id.in_(touched))
    session.execute(delete(Thread).where(Thread.id.in_(touched), Thread.id.not_in(left)))
    return len(gone)
