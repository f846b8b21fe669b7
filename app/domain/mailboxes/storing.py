"""Mails that belong to somebody become messages: each once, in its conversation, on the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import html
from app.core.actor import Actor
from app.core.ids import new_id
from app.core.mime import Mail
from app.domain.mailboxes.awaiting import settle
from app.domain.mailboxes.chains import Link, threads_of
from app.domain.mailboxes.people import Ours
from app.domain.mailboxes.reading import MOST_SUBJECT, Met, address_of
from app.domain.mailboxes.rules import Verdict, more_open
from app.domain.messages.models import Mailbox, Message, Thread
from app.records import facts
from app.records.facts import Told
from tenants.session import session

MOST_BODY = 200_000
MOST_ATTACHMENTS = 50


@dataclass(frozen=True)
class Found:
    """A mail that belongs to somebody; `cut` tells that only its beginning was fetched."""

    met: Met
    verdict: Verdict
    content: Mail
    cut: bool


def store(mailbox: Mailbox, ours: Ours, found: Sequence[Found]) -> dict[str, UUID]:
    """Write those that are new; the message of each by its Message-ID, also of those others had found."""
    one_each = {each.met.envelope.mail_id: each for each in found}
    known = _known(mailbox, list(one_each))
    new = {mail_id: each for mail_id, each in one_each.items() if mail_id not in known}
    if not new:
        return known
    threads, made = threads_of([_link(each) for each in new.values()])
    _make_threads(mailbox, threads, made, new)
    rows = [_row(mailbox, ours, each, threads[mail_id]) for mail_id, each in new.items()]
    statement = upsert(Message).on_conflict_do_nothing().returning(Message.id, Message.mail_id)
    stored = {row.mail_id: row.id for row in session.execute(statement, rows)}
    facts.record_each([_told(ours, new[mail_id], threads[mail_id], id_) for mail_id, id_ in stored.items()])
    settle({threads[mail_id] for mail_id in stored}, mailbox.created_at)
    # What somebody else stored in this very moment is found by the next look.
    return {**known, **stored}


def _known(mailbox: Mailbox, mail_ids: Sequence[str]) -> dict[str, UUID]:
    """Messages that are there already; what two mailboxes hold is as open as the more open one says."""
    statement = select(Message.id, Message.mail_id, Message.privacy, Message.mailbox_id)
    rows = session.execute(statement.where(Message.mail_id.in_(mail_ids))).all()
    wider = [
        row.id
        for row in rows
        if row.mailbox_id is not None and more_open(row.privacy, mailbox.privacy) != row.privacy
    ]
    if wider:
        session.execute(update(Message).where(Message.id.in_(wider)).values(privacy=mailbox.privacy))
    return {row.mail_id: row.id for row in rows}


def _link(each: Found) -> Link:
    contact, envelope = each.verdict.contact, each.met.envelope
    return Link(envelope.mail_id, envelope.refs, contact.id if contact else None, each.verdict.company_id)


def _make_threads(
    mailbox: Mailbox, threads: dict[str, UUID], made: frozenset[UUID], new: dict[str, Found]
) -> None:
    rows: dict[UUID, dict[str, Any]] = {}
    for mail_id, each in new.items():
        if threads[mail_id] in made:
            rows.setdefault(threads[mail_id], _thread(mailbox, each, threads[mail_id]))
    if rows:
        session.execute(insert(Thread), list(rows.values()))


def _thread(mailbox: Mailbox, each: Found, thread_id: UUID) -> dict[str, Any]:
    """A conversation, named where all may know; what a mailbox holds is not shown in the portal."""
    contact = each.verdict.contact
    return {
        "id": thread_id,
        "subject": "" if mailbox.privacy == "metadata" else each.content.subject[:MOST_SUBJECT],
        "contact_id": contact.id if contact else None,
        "company_id": each.verdict.company_id,
        "owner_id": mailbox.member_id,
        "last_message_at": each.met.sent_at,
        "is_customer_visible": False,
    }


def _row(mailbox: Mailbox, ours: Ours, each: Found, thread_id: UUID) -> dict[str, Any]:
    mail, envelope = each.content, each.met.envelope
    cleaned = html.clean(mail.html) if mail.html.strip() else None
    return {
        "id": new_id(),
        "thread_id": thread_id,
        "kind": "mail",
        "direction": envelope.direction,
        **_author(ours, each),
        "subject": mail.subject[:MOST_SUBJECT],
        "body": (mail.text.strip() or html.text_of(mail.html))[:MOST_BODY],
        "html": cleaned or None,
        "mail_id": envelope.mail_id,
        "in_reply_to": mail.in_reply_to or None,
        "refs": list(envelope.refs),
        "sender": envelope.sender or mail.sender.email[:320] or None,
        "recipients": {
            name: [{"name": one.name[:200], "email": one.email[:320]} for one in people]
            for name, people in (("to", mail.to), ("cc", mail.cc))
        },
        "mailbox_id": mailbox.id,
        "privacy": mailbox.privacy,
        "data": _data(each),
        "sent_at": each.met.sent_at,
    }


def _author(ours: Ours, each: Found) -> dict[str, Any]:
    envelope, contact = each.met.envelope, each.verdict.contact
    name = each.content.sender.name[:200] or envelope.sender
    if envelope.direction == "out":
        member = ours.members.get(envelope.sender)
        called = ours.names.get(member, name) if member else name
        return {"author_kind": "member", "member_id": member, "contact_id": None, "author_name": called}
    if contact is not None and each.verdict.correspondent == envelope.sender:
        return {
            "author_kind": "customer",
            "member_id": None,
            "contact_id": contact.id,
            "author_name": contact.name,
        }
    return {"author_kind": "stranger", "member_id": None, "contact_id": None, "author_name": name}


def _data(each: Found) -> dict[str, Any]:
    mail = each.content
    attachments = [
        {"name": one.name[:255], "type": one.content_type[:100], "size": len(one.content)}
        for one in mail.attachments[:MOST_ATTACHMENTS]
    ]
    told = {
        "attachments": attachments,
        "is_cut": each.cut,
        "is_formatted_only": not mail.text.strip(),
        "automatic": mail.automatic,
    }
    return {name: value for name, value in told.items() if value}


def _told(ours: Ours, each: Found, thread_id: UUID, message_id: UUID) -> Told:
    """The fact of a mail: who and when, never what about, which is not for everybody."""
    contact, company, envelope = each.verdict.contact, each.verdict.company_id, each.met.envelope
    author = _author(ours, each)
    concerned = [each_id for each_id in (contact.id if contact else None, company) if each_id]
    return Told(
        actor=Actor(
            kind="member" if envelope.direction == "out" else "customer",
            id=author["member_id"] or author["contact_id"],
            name=author["author_name"],
            door="mail",
            permissions=frozenset(),
        ),
        verb="message_sent" if envelope.direction == "out" else "message_received",
        object="contacts" if contact else "companies",
        record_id=concerned[0],
        title=contact.name if contact else address_of(each.content.sender),
        at=each.met.sent_at,
        about=[*concerned, thread_id],
        data={"message_id": str(message_id), "thread_id": str(thread_id), "kind": "mail"},
    )
