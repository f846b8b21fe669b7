"""Mail: staged with the change that causes it, built so that no value becomes a header, sent by SMTP."""

import hashlib
import hmac
import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from app.core import process, tls
from app.core.clock import now
from app.core.errors import Invalid, Unavailable
from app.core.ids import new_id
from app.core.queue import enqueue, enqueue_control, enqueuing_control
from app.core.statements import Part
from app.core.text import N_

JOB = "mail.send"
TIMEOUT_SECONDS = 15
_WHOLE = "list-unsubscribe"
# Whatever ends a line anywhere, and other invisible steering: none of it belongs into one line of text.
_STEERING = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


class _Policy(EmailPolicy):
    """The standard library's, but an address in brackets stays whole: folded it would be no address."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() == _WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy()


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent: to one address, in plain text and HTML; `id` names it for ever.

    `reply_to` takes answers; `before` are the Message-IDs of the conversation, the latest last; `stop_url`
    ends mails like this one. What a person `is_written` by is no machine's mail (RFC 3834).
    """

    id: str
    to: str
    subject: str
    text: str
    html: str
    sender: str = "Kith"
    language: str = "en"
    reply_to: str = ""
    before: tuple[str, ...] = ()
    stop_url: str = ""
    is_written: bool = False


def enqueue_mail(template: str, to: str, language: str, values: Mapping[str, Any]) -> None:
    """Stage the mail `template` ("mail/invitation") of the current tenant to one address.

    Raises Invalid for what is no address. Line breaks in values become spaces.
    """
    enqueue(JOB, _payload(template, to, language, values), queue="mail")


def enqueue_control_mail(template: str, to: str, language: str, values: Mapping[str, Any]) -> None:
    """Like `enqueue_mail`, for mail that belongs to no tenant."""
    enqueue_control(JOB, _payload(template, to, language, values), queue="mail")


def enqueuing_control_mail(template: str, to: str, language: str, values: Mapping[str, Any]) -> Part:
    """What `enqueue_control_mail` does, as a part of another statement."""
    return enqueuing_control(JOB, _payload(template, to, language, values))


def control_payload(template: str, to: str, language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `enqueue_control_mail` stages, for who writes to the control outbox as its owner."""
    return _payload(template, to, language, values)


def send(letter: Letter) -> None:
    """Send by the server of KITH_SMTP_URL; raises Unavailable where it does not take the mail now.

    Raises Invalid where it refuses the address for good.
    """
    message = compose(letter)
    try:
        with _connection() as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Invalid.one("to", "refused", N_("The mail server refused the address.")) from error
        raise Unavailable("the mail server does not take this address now") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"the mail server does not take mail now: {type(error).__name__}") from error


def compose(letter: Letter) -> EmailMessage:
    """The message as it travels; raises Invalid for an address that is none."""
    message = EmailMessage(_POLICY)
    message["Subject"] = one_line(letter.subject)
    message["From"] = Address(one_line(letter.sender), "no-reply", host())
    message["To"] = checked(letter.to)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = mail_id(letter.id)
    message["Content-Language"] = one_line(letter.language)
    if letter.reply_to:
        message["Reply-To"] = checked(letter.reply_to)
    if letter.before:
        message["In-Reply-To"] = one_line(letter.before[-1])
        message["References"] = one_line(" ".join(letter.before))
    if letter.stop_url:
        # RFC 2369 and 8058: a mail program stops notices with one POST, without a page in between.
        message["List-Unsubscribe"] = f"<{one_line(letter.stop_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if not letter.is_written:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def host() -> str:
    """The host that mail comes from."""
    return urlsplit(process.settings().base_url).hostname or "localhost"


def mail_id(letter_id: object) -> str:
    """The Message-ID of the mail with that id."""
    return f"<{letter_id}@{host()}>"


def inbound_secret(key: str) -> str:
    """The secret with which the mail server hands over replies; it follows from the secret key."""
    return hmac.new(key.encode(), b"mail inbound", hashlib.sha256).hexdigest()


def one_line(text: str) -> str:
    """`text` without anything that could end a line, be it only after somebody decodes it (RFC 2047)."""
    return _STEERING.sub(" ", text).replace("=?", "= ?").strip()


def checked(address: str) -> str:
    """`address` where it is a single address, else Invalid."""
    if len(address) > 254 or _STEERING.search(address) or not _ADDRESS.fullmatch(address):
        raise Invalid.one("to", "address", N_("That is no e-mail address."))
    return address


def _payload(template: str, to: str, language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "template": template,
        "to": checked(to),
        "language": language,
        "values": _calm(values),
    }


def _calm(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {key: _calm(inner) for key, inner in value.items()}
    return [_calm(inner) for inner in value] if isinstance(value, list | tuple) else value


def _connection() -> smtplib.SMTP:
    url = urlsplit(process.settings().smtp_url)
    host, context = url.hostname or "", tls.context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
