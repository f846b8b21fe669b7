"""A real Dovecot for the tests, and mails to put into it."""

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from imaplib import IMAP4
from pathlib import Path

import pytest

from app.core.mailserver import Server
from stack import dovecot
from stack.dovecot import Dovecot

PASSWORD = "the mailbox's own"
# So many mailboxes may the tests of one process use.
USERS = 200
SENT_AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


numbers = itertools.count()


@dataclass(frozen=True)
class Mailbox:
    """One user's mailbox on the run's IMAP server."""

    server: Dovecot
    user: str

    @property
    def imap(self) -> Server:
        """Where it is."""
        return Server(self.server.host, self.server.port, "none")

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Let these mails lie in `folder`."""
        with self.signed_in() as client:
            for mail in mails:
                assert client.append(folder, None, None, mail)[0] == "OK"

    def create(self, *folders: str) -> None:
        """Make folders."""
        with self.signed_in() as client:
            for folder in folders:
                assert client.create(folder)[0] == "OK"

    def renumber(self) -> None:
        """Give the inbox's mails new numbers, as a server does that lost its lists."""
        place = self.server.mail / self.user
        before = self.uidvalidity()
        while self.uidvalidity() == before:
            for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
                (place / name).unlink(missing_ok=True)

    def uidvalidity(self) -> int:
        """What the inbox's numbers hold for."""
        with self.signed_in() as client:
            told = client.status("INBOX", "(UIDVALIDITY)")[1][0]
        assert isinstance(told, bytes)
        return int(told.rpartition(b" ")[2].rstrip(b")"))

    def remove(self, folder: str) -> None:
        """Delete a folder."""
        with self.signed_in() as client:
            assert client.delete(folder)[0] == "OK"

    def lies_in(self, folder: str) -> list[bytes]:
        """The whole mails in `folder`."""
        with self.signed_in() as client:
            client.select(folder, readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            return [client.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index,misc]

    @contextmanager
    def signed_in(self) -> Iterator[IMAP4]:
        """A connection of the user's own."""
        with IMAP4(self.server.host, self.server.port) as client:
            client.login(self.user, PASSWORD)
            yield client


@contextmanager
def start_dovecot(_: Path) -> Iterator[dict[str, str]]:
    """The server with many users, each test takes one of its own."""
    with dovecot.running({f"user{number}": PASSWORD for number in range(8 * USERS)}) as server:
        yield {"port": str(server.port), "mail": str(server.mail)}


def missing() -> None:
    """Skip where there is no Dovecot; under CI nothing may be skipped."""
    if dovecot.find() is None:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(dovecot.REMEDY)
        pytest.skip(dovecot.REMEDY)


def mail(
    sender: str,
    to: str | Sequence[str],
    subject: str = "Your order",
    text: str = "Where is it?",
    *,
    mail_id: str = "",
    refs: Sequence[str] = (),
    html: str = "",
    at: datetime = SENT_AT,
    **headers: str,
) -> bytes:
    """A mail as it lies in a mailbox; `headers` by name with _ for -."""
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = sender, subject, format_datetime(at)
    message["To"] = to if isinstance(to, str) else ", ".join(to)
    if mail_id:
        message["Message-ID"] = mail_id
    if refs:
        message["References"], message["In-Reply-To"] = " ".join(refs), refs[-1]
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()
