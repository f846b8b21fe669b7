"""A member's own mail as it travels: built so that no value becomes a header."""

from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import select

from app.core import storage
from app.core.mail import checked, one_line
from app.domain.files.models import File
from app.domain.messages.models import Mailbox, Message
from tenants.session import session

MOST_BYTES = 20 * 1024 * 1024


def composed(message: Message, mailbox: Mailbox) -> bytes:
    """The mail (RFC 5322) that `message` is, its files with it; Invalid for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    name, _, domain = checked(mailbox.address).partition("@")
    mail["From"] = Address(one_line(mailbox.name or message.author_name), name, domain)
    mail["To"] = [_person(each) for each in message.recipients["to"]]
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(message.sent_at)
    mail["Message-ID"] = message.mail_id
    if message.in_reply_to:
        mail["In-Reply-To"] = message.in_reply_to
        mail["References"] = " ".join(message.refs)
    mail.set_content(message.body)
    for file in files_of(message):
        kind, _, sort = (file.sniffed_type or file.declared_type).partition("/")
        mail.add_attachment(
            storage.get(file.storage_key), kind or "application", sort or "octet-stream", filename=file.name
        )
    return mail.as_bytes()


def files_of(message: Message) -> Sequence[File]:
    """The files that go with a message, in the order they came."""
    mine = (File.object == "messages", File.record_id == message.id, File.state == "ready")
    return session.scalars(select(File).where(*mine, File.deleted_at.is_(None)).order_by(File.id)).all()


def _person(told: dict[str, str]) -> Address:
    name, _, domain = checked(told["email"]).partition("@")
    return Address(one_line(told.get("name", "")), name, domain)
