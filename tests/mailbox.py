"""The mails that wait in the outboxes, before the relay fetches them."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.ui.mail import Rendered, render
from tenants.engines import engines


@dataclass(frozen=True)
class Waiting:
    """A staged mail: its template, whom it goes to, and what it is filled with."""

    template: str
    to: str
    values: dict[str, Any]
    language: str

    def read(self, app: Flask) -> Rendered:
        """The mail in words."""
        with app.app_context():
            return render(f"mail/{self.template}", self.values, self.language)


def control_mails() -> list[Waiting]:
    """Mails that belong to no workspace, in the order they were staged."""
    query = text("SELECT payload FROM kith.control_outbox WHERE name = 'mail.send' ORDER BY id")
    with engines().control.begin() as connection:
        return [_waiting(payload) for payload in connection.scalars(query)]


def tenant_mails(connection: Any) -> list[Waiting]:
    """Mails of the tenant that `connection` (or the session) is in."""
    query = text("SELECT payload FROM kith.outbox WHERE name = 'mail.send' ORDER BY id")
    return [_waiting(payload) for payload in connection.execute(query).scalars()]


def _waiting(payload: dict[str, Any]) -> Waiting:
    return Waiting(
        payload["template"].removeprefix("mail/"), payload["to"], payload["values"], payload["language"]
    )
