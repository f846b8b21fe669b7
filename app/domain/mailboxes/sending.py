"""Sending from a record by the member's own server; the mail stands in its conversation at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.ids import new_id
from app.core.permissions import require
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.files import actions as files_
from app.domain.mailboxes import awaiting, composing, delivering, queries
from app.domain.mailboxes.rules import domain_of
from app.domain.messages import queries as messages
from app.domain.messages.mailed import UNSENT, delivery_state
from app.domain.messages.models import Mailbox, Message, Thread
from app.domain.messages.rules import LONGEST, LONGEST_SUBJECT
from app.records import facts, reading
from app.records.record import Record
from tenants.session import session

SUBJECT = N_("Write a subject of at most %(most)s characters.")


def send(
    actor: Actor,
    contact_id: UUID,
    *,
    mailbox_id: UUID,
    subject: str,
    body: str,
    thread_id: UUID | None = None,
    files: Sequence[UUID] = (),
) -> Message:
    """A mail to the contact from one's own mailbox, sent soon; it stands in the conversation at once.

    With `thread_id` it answers the last mail of that conversation. Raises Invalid with what is missing.
    """
    require(actor, "messages:write")
    mailbox, contact = queries.one(actor, mailbox_id), reading.fetch(actor, "contacts", contact_id)
    _check(mailbox, contact, subject, body)
    thread = _thread(actor, contact, thread_id, subject)
    message = _message(actor, mailbox, contact, thread, subject=subject, body=body)
    session.add(message)
    session.flush()
    if files:
        files_.attach(actor, files, "messages", message.id)
        if sum(file.size for file in composing.files_of(message)) > composing.MOST_BYTES:
            raise Invalid.one("files", "large", N_("Files of more than 20 MB do not go by mail."))
    awaiting.settle({thread.id}, message.sent_at)
    _fact(actor, contact, message)
    enqueue(delivering.SEND_JOB, {"message_id": str(message.id)}, queue="mail")
    return message


def again(actor: Actor, message_id: UUID) -> Message:
    """Send once more what failed, or of which nobody knows whether it went out."""
    require(actor, "mailboxes:use")
    message = messages.message(actor, message_id)
    if message.member_id != actor.member_id or message.mailbox_id is None:
        raise Conflict(N_("Only who wrote a mail sends it again."))
    queries.one(actor, message.mailbox_id)
    if delivery_state(message) not in UNSENT:
        raise Conflict(N_("This mail is on its way or there."))
    message.data = {**message.data, "delivery": {"state": "queued"}}
    session.flush()
    enqueue(delivering.SEND_JOB, {"message_id": str(message.id)}, queue="mail")
    return message


def _check(mailbox: Mailbox, contact: Record, subject: str, body: str) -> None:
    if not contact["email"]:
        raise Invalid.one("to", "required", N_("This contact has no e-mail address."))
    if mailbox.state in {"draft"}:
        raise Conflict(N_("Choose first what is read of this mailbox."))
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise Invalid.one("subject", "required", SUBJECT, most=LONGEST_SUBJECT)
    if not body.strip() or len(body) > LONGEST:
        raise Invalid.one(
            "body", "required", N_("Write a text of at most %(most)s characters."), most=LONGEST
        )


def _thread(actor: Actor, contact: Record, thread_id: UUID | None, subject: str) -> Thread:
    if thread_id is not None:
        thread = messages.get(actor, thread_id, hold=True)
        if thread.contact_id != contact.id:
            raise Invalid.one("thread", "other", N_("This conversation is with somebody else."))
        return thread
    thread = Thread(
        id=new_id(),
        subject=subject,
        contact_id=contact.id,
        company_id=contact["company_id"],
        owner_id=actor.member_id,
        created_at=now(),
        updated_at=now(),
        messages_count=0,
        awaits="nobody",
        state="open",
        is_customer_visible=False,
    )
    session.add(thread)
    session.flush()
    return thread


def _message(
    actor: Actor, mailbox: Mailbox, contact: Record, thread: Thread, *, subject: str, body: str
) -> Message:
    message_id = new_id()
    before = select(Message).where(Message.thread_id == thread.id, Message.mail_id.is_not(None))
    last = session.scalar(before.order_by(Message.sent_at.desc(), Message.id.desc()).limit(1))
    refs = [*last.refs, last.mail_id][-20:] if last and last.mail_id else []
    return Message(
        id=message_id,
        thread_id=thread.id,
        kind="mail",
        direction="out",
        author_kind="member",
        member_id=actor.member_id,
        author_name=actor.name,
        subject=" ".join(subject.replace("\x00", "").split()),
        body=body.replace("\x00", "").replace("\r\n", "\n").strip() + "\n",
        mail_id=f"<{message_id}@{domain_of(mailbox.address)}>",
        in_reply_to=last.mail_id if last else None,
        refs=refs,
        sender=mailbox.address,
        recipients={"to": [{"name": contact.title, "email": contact["email"]}], "cc": []},
        mailbox_id=mailbox.id,
        privacy="full",
        data={"delivery": {"state": "queued"}},
        sent_at=now(),
        created_at=now(),
    )


def _fact(actor: Actor, contact: Record, message: Message) -> None:
    concerned = [contact.id, *([contact["company_id"]] if contact["company_id"] else []), message.thread_id]
    facts.record(
        actor, "message_sent", "contacts", contact.id, contact.title, about=concerned,
        data={"message_id": str(message.id), "thread_id": str(message.thread_id), "kind": "mail"},
    )  # fmt: skip
