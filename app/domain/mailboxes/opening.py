"""Into a member's mailbox: its password out of the vault, its servers by the guarded way."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core import imap, smtp
from app.core.egress import for_mail
from app.core.imap import Session
from app.core.mailserver import Server
from app.domain.messages.models import Mailbox
from tenants.engines import engines

LOOK_SECONDS = 30.0


@contextmanager
def inbox(mailbox: Mailbox, seconds: float = LOOK_SECONDS) -> Iterator[Session]:
    """The mailbox by IMAP for so many seconds at most; raises Faulty."""
    server, password = Server.from_json(mailbox.imap), engines().vault.open(mailbox.secret_encrypted)
    with imap.signed_in(for_mail(), server, mailbox.username, password, seconds) as session:
        yield session


@contextmanager
def outbox(mailbox: Mailbox) -> Iterator[smtp.Session]:
    """The member's server for mail that goes out; raises Faulty."""
    server, password = Server.from_json(mailbox.smtp), engines().vault.open(mailbox.secret_encrypted)
    with smtp.signed_in(for_mail(), server, mailbox.username, password) as session:
        yield session
