"""From the bytes of a header to what decides about the mail."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core import mime
from app.core.clock import now
from app.core.imap import HEADER_BYTES, Head
from app.core.mime import Address, Mail
from app.domain.mailboxes.rules import Envelope
from app.records.values.reach import normal_email
from app.records.values.refused import Refused

# No mail is older than this, and none comes from beyond tomorrow, whatever its header says.
_OLDEST = datetime(1971, 1, 1, tzinfo=UTC)
_MOST_SECONDS = 2.0
MOST_SUBJECT = 500


@dataclass(frozen=True)
class Met:
    """A mail whose header was read: what it tells, its header, and when it was sent."""

    envelope: Envelope
    mail: Mail
    names: dict[str, str]
    sent_at: datetime


def met(head: Head, ours: Collection[str]) -> Met:
    """The mail of this header; raises mime.Refused for what breaks a limit."""
    if len(head.header) > HEADER_BYTES:
        raise mime.Refused("header")
    mail = mime.parse(head.header or b"\r\n", most_seconds=_MOST_SECONDS)
    return Met(envelope(mail, head, ours), mail, names(mail), moment(mail, head))


def envelope(mail: Mail, head: Head, ours: Collection[str]) -> Envelope:
    """The addresses in their order of weight: who wrote to us, or to whom we wrote."""
    sender = address_of(mail.sender)
    recipients = [address_of(each) for each in (*mail.to, *mail.cc)]
    told = [sender, *recipients]
    others = tuple(dict.fromkeys(each for each in told if each and each not in ours))
    refs = dict.fromkeys((*mail.references, *((mail.in_reply_to,) if mail.in_reply_to else ())))
    return Envelope(
        mail_id=mail.mail_id or _made_id(head),
        refs=tuple(refs)[-mime.MOST_REFERENCES :],
        direction="out" if sender in ours else "in",
        sender=sender,
        others=others,
        automatic=bool(mail.automatic),
    )


def address_of(person: Address) -> str:
    """The address as it is matched; empty where it is none."""
    try:
        return normal_email(person.email) if person.email else ""
    except Refused:
        return ""


def names(mail: Mail) -> dict[str, str]:
    """What people are called in the header, by address."""
    people = (mail.sender, *mail.to, *mail.cc)
    return {address_of(each): each.name[:200] for each in people if each.name and each.email}


def moment(mail: Mail, head: Head) -> datetime:
    """When the mail was sent: what it says itself where that can be, else when the server got it."""
    at, latest = mail.sent_at, (head.received_at or now()) + timedelta(days=1)
    if at is None or not _OLDEST <= at <= latest:
        at = head.received_at or now()
    return max(at, _OLDEST)


def _made_id(head: Head) -> str:
    """A mail without a Message-ID is known again by its header."""
    return f"<{hashlib.sha256(head.header).hexdigest()}@header.invalid>"
