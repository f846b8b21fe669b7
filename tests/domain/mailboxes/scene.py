"""The scene of the tests of mailboxes: Ann's mailbox, customers who write, and what Kith made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.mailserver import Server
from app.domain.mailboxes import actions, connecting, syncing
from app.domain.mailboxes.connecting import Login
from app.domain.mailboxes.models import MailboxItem
from app.domain.messages import models
from app.domain.messages.models import Message, Thread
from app.records import writing
from tenants.session import session
from tests.cast import ANN, CAROL, Customer
from tests.imap import PASSWORD, Mailbox, mail
from tests.post import Post

START = date(2026, 1, 1)


@dataclass
class Scene:
    """Ann, her mailbox on the server, and her server for outgoing mail."""

    ann: Actor
    post: Mailbox
    smtp: Post

    def login(self, **changed: Any) -> Login:
        """What Ann types to connect."""
        told: dict[str, Any] = {
            "address": ANN.email,
            "username": self.post.user,
            "password": PASSWORD,
            "imap": self.post.imap,
            "smtp": Server("127.0.0.1", self.smtp.port, "none"),
        }
        return Login(**{**told, **changed})

    def connected(self, folders: Sequence[str] = ("INBOX", "Sent"), privacy: str = "full") -> models.Mailbox:
        """The mailbox, connected and chosen, nothing read."""
        made = connecting.connect(self.ann, self.login())
        return actions.choose(self.ann, made.id, folders, START, privacy)

    def sync(self, mailbox: models.Mailbox) -> models.Mailbox:
        """Read until nothing is left."""
        for _ in range(50):
            syncing.advance(mailbox.id)
            session.refresh(mailbox)
            if mailbox.state != "syncing":
                return mailbox
        raise AssertionError("reading does not end")

    def customer(self, who: Customer = CAROL, company_id: UUID | None = None) -> UUID:
        """A contact that is known."""
        values = {"first_name": who.first_name, "last_name": who.last_name, "email": who.email}
        return writing.create(self.ann, "contacts", {**values, "company_id": company_id}).id

    def company(self, name: str, domain: str) -> UUID:
        """A company that is known by its domain."""
        return writing.create(self.ann, "companies", {"name": name, "domain": domain}).id

    def writes(self, who: Customer = CAROL, **more: Any) -> bytes:
        """A mail of a customer to Ann."""
        return mail(f"{who.first_name} {who.last_name} <{who.email}>", ANN.email, **more)

    def items(self) -> list[tuple[str, str | None]]:
        """State and reason of every mail that was met."""
        rows = session.execute(select(MailboxItem.state, MailboxItem.reason).order_by(MailboxItem.id))
        return [(row.state, row.reason) for row in rows]

    def messages(self) -> list[Message]:
        """All messages, the earliest first."""
        return list(session.scalars(select(Message).order_by(Message.sent_at, Message.id)))

    def threads(self) -> list[Thread]:
        """All conversations."""
        return list(session.scalars(select(Thread).order_by(Thread.id)))
