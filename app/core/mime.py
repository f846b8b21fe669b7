"""Mail of strangers, read with limits: every access goes through one gate that may only say no.

Structure is read by the standard library; what it costs is bounded before it is spent: bytes, headers, parts,
depth, and seconds altogether. What cannot be read is replaced, what is too much is refused with a reason.
"""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.feedparser import BytesFeedParser
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses
from functools import lru_cache
from typing import Any, Literal

_USUAL = EmailPolicy()
# No name has so many in a row, and the library takes the square of their number to read them.
_QUOTES = re.compile('"{3,}')
Reason = Literal["size", "header", "parts", "depth", "time", "empty"]
Automatic = Literal["", "reply", "bounce", "list"]

MOST_BYTES = 25 * 1024 * 1024
MOST_HEADER_BYTES = 64 * 1024
MOST_PARTS = 500
MOST_DEPTH = 50
MOST_SECONDS = 5.0
MOST_TEXT = 1_000_000
MOST_REFERENCES = 50
MOST_ADDRESSES = 200
# Longer ones are told cut off: parsing one costs more than its length.
LONGEST_HEADER = 8 * 1024
_CHUNK = 64 * 1024
_MAIL_ID = re.compile(r"<[^<>\s]{1,900}>")
_LINE_END = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LISTS = ("list-id", "list-post", "list-unsubscribe")
_REPLIES = ("x-autoreply", "x-autorespond", "x-auto-reply")
_BULK = frozenset({"bulk", "junk", "list"})
_DAEMONS = frozenset({"mailer-daemon", "postmaster"})


class Refused(Exception):
    """A mail that is not read; `reason` says which limit it broke."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True)
class Address:
    """One person in a header; `email` in lower case, empty where there was none."""

    name: str
    email: str


@dataclass(frozen=True)
class Attachment:
    """A part that is no text of the mail; `content_id` (without brackets) where the HTML shows it."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail as it was read. Ids stand in their brackets; `html` is the sender's own and was not cleaned.

    `automatic` tells what no person has written: an absence's reply, a bounce, a list (RFC 3834, 3464, 2369).
    """

    mail_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    sent_at: datetime | None
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    automatic: Automatic


def parse(content: bytes, *, most_seconds: float = MOST_SECONDS) -> Mail:
    """The mail in `content` (RFC 5322); raises Refused for what breaks a limit."""
    if len(content) > MOST_BYTES:
        raise Refused("size")
    if not content.strip():
        raise Refused("empty")
    clock = _Clock(most_seconds)
    return _Reading(_structure(content, clock), clock).mail()


class _Clock:
    """Counts down the seconds that one mail may take."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._until:
            raise Refused("time")


class _Policy(EmailPolicy):
    """The standard library's reading of headers, at a bounded cost and without its failures."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        sound = _sound(_LINE_END.sub(" ", value.encode("utf-8", "replace").decode()))[:LONGEST_HEADER]
        return _header(name, _QUOTES.sub('""', sound))


@lru_cache(maxsize=64)
def _header(name: str, sound: str) -> Any:
    """The header as the library reads it: it asks again for each thing that it wants to know of a part."""
    try:
        return _USUAL.header_fetch_parse(name, sound)
    except Exception:
        return sound


def _structure(content: bytes, clock: _Clock) -> EmailMessage:
    """The parts of the mail; limits are checked while they come."""
    parts = 0

    class Part(EmailMessage):
        """A part that knows how deep it stands and how long its header is."""

        depth = 0
        header_bytes = 0

        def attach(self, payload: Any) -> None:
            payload.depth = self.depth + 1
            if payload.depth > MOST_DEPTH:
                raise Refused("depth")
            super().attach(payload)

        def set_raw(self, name: str, value: Any) -> None:
            self.header_bytes += len(name) + len(value)
            if self.header_bytes > MOST_HEADER_BYTES:
                raise Refused("header")
            super().set_raw(name, value)

    def made(policy: Any) -> Part:
        nonlocal parts
        parts += 1
        clock.check()
        if parts > MOST_PARTS:
            raise Refused("parts")
        return Part(policy)

    parser: BytesFeedParser[Any] = BytesFeedParser(made, policy=_Policy())  # type: ignore[arg-type]
    for start in range(0, len(content), _CHUNK):
        parser.feed(content[start : start + _CHUNK])
        clock.check()
    message: EmailMessage = parser.close()
    return message


class _Reading:
    """Everything that is wanted of one message."""

    def __init__(self, message: EmailMessage, clock: _Clock) -> None:
        self._message = message
        self._clock = clock
        self._texts: list[str] = []
        self._htmls: list[str] = []
        self._attachments: list[Attachment] = []

    def mail(self) -> Mail:
        for part in self._leaves(self._message):
            self._clock.check()
            self._take(part)
        sender = self._addresses("from")
        return Mail(
            mail_id=next(iter(self._ids("message-id")), ""),
            in_reply_to=next(iter(self._ids("in-reply-to")), ""),
            references=tuple(self._ids("references")[-MOST_REFERENCES:]),
            sender=sender[0] if sender else Address("", ""),
            to=self._addresses("to"),
            cc=self._addresses("cc"),
            reply_to=self._addresses("reply-to"),
            subject=self._line("subject"),
            sent_at=self._sent_at(),
            text="\n\n".join(text for text in self._texts if text.strip())[:MOST_TEXT],
            html="\n".join(self._htmls)[:MOST_TEXT],
            attachments=tuple(self._attachments),
            automatic=self._automatic(sender[0].email if sender else ""),
        )

    def _leaves(self, part: EmailMessage) -> Iterator[EmailMessage]:
        """Parts that hold content; a mail within the mail is one of them."""
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            for inner in part.iter_parts():
                yield from self._leaves(inner)  # type: ignore[arg-type]
        else:
            yield part

    def _take(self, part: EmailMessage) -> None:
        kind = part.get_content_type()
        is_file = part.get_content_disposition() == "attachment" or bool(part.get_filename())
        # A multipart without parts: its boundary is broken, its source is all there is to read.
        if (kind == "text/plain" or part.get_content_maintype() == "multipart") and not is_file:
            self._texts.append(_text(part))
        elif kind == "text/html" and not is_file:
            self._htmls.append(_text(part))
        elif content := _content(part):
            self._attachments.append(
                Attachment(_line(part.get_filename() or ""), kind, content, _content_id(part))
            )

    def _line(self, name: str) -> str:
        return _line(str(self._message.get(name, "")))

    def _ids(self, name: str) -> list[str]:
        return list(dict.fromkeys(_MAIL_ID.findall(self._line(name))))

    def _addresses(self, name: str) -> tuple[Address, ...]:
        found: list[Address] = []
        for header in (self._message.get_all(name) or [])[:10]:
            known = getattr(header, "addresses", None)
            self._clock.check()
            found += _known(known) if known else _guessed(str(header))
        return tuple(one for one in found if one.email or one.name)[:MOST_ADDRESSES]

    def _sent_at(self) -> datetime | None:
        told = getattr(self._message.get("date"), "datetime", None)
        if not isinstance(told, datetime):
            return None
        with suppress(ValueError, OverflowError):
            return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
        return None

    def _automatic(self, sender: str) -> Automatic:
        message = self._message
        is_report = message.get_content_type() == "multipart/report"
        returns = self._line("return-path")
        if is_report or returns == "<>" or "x-failed-recipients" in message:
            return "bounce"
        if sender.partition("@")[0] in _DAEMONS:
            return "bounce"
        precedence = self._line("precedence").lower()
        if any(name in message for name in _LISTS) or precedence in _BULK:
            return "list"
        told = self._line("auto-submitted").partition(";")[0].strip().lower()
        if told not in {"", "no"} or precedence == "auto_reply" or any(name in message for name in _REPLIES):
            return "reply"
        return ""


def _known(addresses: tuple[HeaderAddress, ...]) -> list[Address]:
    found = []
    for one in addresses[:MOST_ADDRESSES]:
        with suppress(ValueError, IndexError):
            found.append(Address(_line(one.display_name), _line(one.addr_spec).lower()))
    return found


def _guessed(header: str) -> list[Address]:
    with suppress(Exception):
        return [Address(_line(name), _line(email).lower()) for name, email in getaddresses([header])]
    return []


def _text(part: EmailMessage) -> str:
    content = _content(part)
    charset = "utf-8"
    with suppress(Exception):
        charset = str(part.get_param("charset", "utf-8"))
    return _sound(_decoded(content, charset)).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes, charset: str) -> str:
    """Text in the charset that the sender names; UTF-8 where nobody knows it or it was ASCII that is none."""
    try:
        if charset.lower() not in {"us-ascii", "ascii"}:
            return content.decode(charset, errors="replace")
    except (LookupError, ValueError, UnicodeError):
        pass
    return content.decode("utf-8", errors="replace")


def _content(part: EmailMessage) -> bytes:
    """The bytes of a part; of a mail within the mail its source. Nothing where neither can be had."""
    with suppress(Exception):
        if part.is_multipart():
            return b"\n".join(inner.as_bytes() for inner in part.get_payload())  # type: ignore[union-attr]
        return bytes(part.get_payload(decode=True) or b"")
    return b""


def _content_id(part: EmailMessage) -> str:
    return _line(str(part.get("content-id", ""))).strip("<>")[:255]


def _line(text: str) -> str:
    return _sound(_LINE_END.sub(" ", text)).replace("\t", " ").strip()


def _sound(text: str) -> str:
    """`text` without what cannot be stored or shown."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
