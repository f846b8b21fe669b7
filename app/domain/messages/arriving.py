"""Mail that comes to a reply address: read within limits, put where it belongs, answered by no machine."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from app.core import html, mime, quoting, storage
from app.core.actor import Actor
from app.core.errors import Invalid, KithError, NotFound
from app.core.mime import Attachment, Mail
from app.core.permissions import CUSTOMER, EVERYTHING
from app.core.queue import enqueue
from app.domain.files import actions as files
from app.domain.files.erasing import erase_later
from app.domain.letters import links, sending
from app.domain.letters.links import Opened
from app.domain.messages import actions, rules
from app.domain.messages.actions import Origin
from app.domain.messages.models import Message, Thread
from app.records import facts
from tenants.session import session

JOB = "messages.arrive"
MOST_FILES = 30
MOST_QUOTED = 20_000
# Smaller pictures that the HTML shows are logos in signatures.
_LOGO_BYTES = 30_000
_ENTRANCE = Actor("system", None, "Kith", "mail", EVERYTHING)

_PERSON = text("""
SELECT p.id, p.name, p.company_id,
       EXISTS (SELECT FROM identifiers i
                WHERE i.record_id = p.id AND i.kind = 'email' AND i.value = :sender) AS is_theirs
  FROM contacts p WHERE p.id = :id AND p.deleted_at IS NULL
""")


@dataclass(frozen=True)
class Person:
    """The contact whose reply address it is."""

    id: UUID
    name: str
    company_id: UUID | None
    is_theirs: bool


def accept(token: str, content: bytes) -> None:
    """Keep a mail that came to a reply address until a worker reads it; NotFound where nobody has that."""
    links.replied(token)
    key = storage.new_key()
    storage.put(key, content, "message/rfc822")
    enqueue(JOB, {"token": token, "key": key}, queue="mail")


def arrive(token: str, key: str) -> Message | None:
    """Read the mail kept under `key` and store it; None where it is no message or was stored before."""
    try:
        opened = links.replied(token)
        content = storage.get(key)
    except NotFound:
        return None
    erase_later([key])
    try:
        mail = mime.parse(content)
    except mime.Refused as refused:
        _note(opened, "mail_refused", reason=refused.reason)
        return None
    return stored(opened, mail)


def stored(opened: Opened, mail: Mail) -> Message | None:
    """The message that a mail to a reply address becomes.

    A bounce says that the letter did not arrive. What no person wrote stands there and waits for nobody.
    """
    if mail.automatic == "bounce":
        sending.failed(opened.letter_id, sending.BOUNCED)
        return None
    if mail.mail_id and session.scalar(select(Message.id).where(Message.mail_id == mail.mail_id)):
        return None
    person = _person(opened, mail.sender.email)
    if person is None:
        return None
    reply, quoted = quoting.split(mail.text or html.text_of(mail.html))
    message = _written(opened, mail, person, reply[: rules.LONGEST])
    if quoted:
        message.data = message.data | {"quoted": quoted[:MOST_QUOTED]}
    _keep_files(message, mail)
    session.flush()
    return message


def _written(opened: Opened, mail: Mail, person: Person, reply: str) -> Message:
    is_verified = person.is_theirs or mail.sender.email == opened.address.lower()
    name = person.name if is_verified else mail.sender.email or mail.sender.name
    origin = Origin(
        mail_id=mail.mail_id,
        in_reply_to=mail.in_reply_to,
        refs=mail.references,
        sender=mail.sender.email,
        is_automatic=bool(mail.automatic),
        is_verified=is_verified,
    )
    who = Actor("customer", person.id, name, "mail", CUSTOMER, company_id=person.company_id)
    body = reply or mail.subject or "-"
    subject = mail.subject[: rules.LONGEST_SUBJECT]
    thread = session.get(Thread, opened.record_id) if opened.object == "threads" else None
    if thread is not None and thread.deleted_at is None and thread.contact_id == person.id:
        return actions.write(who, thread_id=thread.id, subject=subject, body=body, origin=origin)
    try:
        about = (opened.object, opened.record_id)
        return actions.write(who, about=about, subject=subject, body=body, origin=origin)
    except (NotFound, KeyError):
        # What the letter was about is gone: it is a letter to the company all the same.
        return actions.write(who, subject=subject, body=body, origin=origin)


def _keep_files(message: Message, mail: Mail) -> None:
    wanted = [each for each in mail.attachments if not _is_logo(each, mail)]
    left_out = [each.name or each.content_type for each in wanted[MOST_FILES:]]
    for each in wanted[:MOST_FILES]:
        try:
            files.store(
                _ENTRANCE,
                name=each.name,
                body=each.content,
                content_type=each.content_type,
                object="messages",
                record_id=message.id,
                is_customer_visible=True,
            )
        except (Invalid, KithError):
            left_out.append(each.name or each.content_type)
    if left_out:
        message.data = message.data | {"left_out": left_out}


def _is_logo(attachment: Attachment, mail: Mail) -> bool:
    is_small = len(attachment.content) < _LOGO_BYTES
    return is_small and bool(attachment.content_id) and attachment.content_id in mail.html


def _person(opened: Opened, sender: str) -> Person | None:
    row = session.execute(_PERSON, {"id": opened.contact_id, "sender": sender}).one_or_none()
    return Person(row.id, row.name, row.company_id, row.is_theirs) if row else None


def _note(opened: Opened, verb: str, **data: str) -> None:
    facts.record(_ENTRANCE, verb, "contacts", opened.contact_id, opened.address, data=data)
