"""Into a member's mailbox: its password out of the vault, its servers by the guarded way."""

from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.fernet import InvalidToken

from app.core import imap, smtp
from app.core.egress import for_mail
from app.core.imap import Session
from app.core.mailserver import WRONG_PASSWORD, Server
from app.domain.messages.models import Mailbox
from tenants.engines import engines

LOOK_SECONDS = 30.0


@contextmanager
def inbox(mailbox: Mailbox, seconds: float = LOOK_SECONDS) -> Iterator[Session]:
    """The mailbox by IMAP for so many seconds at most; raises Faulty."""
    server = Server.from_json(mailbox.imap)
    password = _password(mailbox, server)
    with imap.signed_in(for_mail(), server, mailbox.username, password, seconds) as session:
        yield session


@contextmanager
def outbox(mailbox: Mailbox) -> Iterator[smtp.Session]:
    """The member's server for mail that goes out; raises Faulty."""
    server = Server.from_json(mailbox.smtp)
    password = _password(mailbox, server)
    with smtp.signed_in(for_mail(), server, mailbox.username, password) as session:
        yield session


def _password(mailbox: Mailbox, server: Server) -> str:
    """The password; sealed by a key that is gone it is asked for again, as a wrong one is."""
    try:
        return engines().vault.open(mailbox.secret_encrypted)
    except InvalidToken as error:
        raise server.fault("password", WRONG_PASSWORD) from error
