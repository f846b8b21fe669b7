"""An answer to a caught mail, as the receiver's mail program would write it."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from stack.mailcatcher.store import Mail


def answer(mail: Mail, text: str) -> bytes:
    """The answer in bytes: from whom the mail went to, with the mail quoted beneath."""
    message = EmailMessage()
    message["From"] = mail.to[0]
    message["To"] = mail.reply_to
    message["Subject"] = f"Re: {' '.join(mail.subject.split())}"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="mail.localhost")
    if mail.mail_id:
        message["In-Reply-To"] = mail.mail_id
        message["References"] = mail.mail_id
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    message.set_content(f"{text.strip()}\n\nOn {mail.at[:10]} {mail.from_} wrote:\n{quoted}\n")
    return message.as_bytes()
