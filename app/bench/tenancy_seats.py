"""Members who sit in many companies at once, each company's rows carrying its own name and no other."""

import re
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, insert, select
from werkzeug.test import create_environ, run_wsgi_app

from app.core.clock import now
from app.core.ids import new_id
from app.domain.contacts.models import CONTACTS
from app.domain.identities import actions as identities
from app.domain.identities import sessions as identity_sessions
from app.domain.identities.models import Identity
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members import sessions
from app.domain.members.models import Member
from app.domain.workspace import actions as workspaces
from app.domain.workspace.rules import Workspace
from app.ui import cookies
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work

WHERE = Where("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
# Whatever belongs to a company carries the name of its schema.
MARK = re.compile(rb"t_[a-z2-7]{16}")
_CONTACTS = CONTACTS.base
_OWNER = "Ada Berg"


@dataclass(frozen=True)
class Seat:
    """A signed-in member of one company."""

    tenant: Tenant
    cookie: str


@dataclass(frozen=True)
class Answer:
    """What came back, down to the bytes."""

    status: int
    head: bytes
    body: bytes

    def strangers(self, seat: Seat) -> list[bytes]:
        """Marks of other companies in head or body."""
        own = seat.tenant.schema.encode()
        return [mark for mark in MARK.findall(self.head + self.body) if mark != own]

    def own(self, seat: Seat) -> int:
        """How often the company's own mark is in the body."""
        return self.body.count(seat.tenant.schema.encode())


class Seats:
    """Takes seats, all for one identity."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        with app.app_context(), unit_of_work():
            identity = Identity(
                id=new_id(), email="ada@bench.example", name=_OWNER, confirmed_at=now(),
                created_at=now(), password_hash="", password_changed_at=now(),
            )  # fmt: skip
            known = session.scalar(select(Identity).where(Identity.email == identity.email))
            session.add(known or identity)
            session.flush()
            self._identity = known or identity
            self._parent: SignedIn = identity_sessions.begin(self._identity, WHERE)[1]

    def take(self, tenant: Tenant, contacts: int) -> Seat:
        """An owner's seat in a company with its settings and so many contacts."""
        with self._app.app_context(), entered(tenant), unit_of_work():
            member = session.scalar(select(Member).where(Member.identity_id == self._identity.id))
            if member is None:
                member = self._move_in(tenant, contacts)
            cookie = sessions.begin(member, tenant, grant_id=new_id(), parent=self._parent, where=WHERE)
        assert cookie
        return Seat(tenant, cookie)

    def _move_in(self, tenant: Tenant, contacts: int) -> Member:
        workspaces.seed(
            Workspace(tenant.schema, time_zone="Europe/Berlin", language="en", currency="EUR", country="DE")
        )
        member = Member(
            id=new_id(), identity_id=self._identity.id, email="ada@bench.example", name=_OWNER, role="owner"
        )
        session.add(member)
        identities.join(self._identity, tenant)
        session.flush()
        fill_contacts(tenant, contacts)
        return member


def fill_contacts(tenant: Tenant, number: int) -> None:
    """So many contacts that carry the company's own name, where it has none."""
    rows = [
        {"first_name": tenant.schema, "last_name": str(index), "city": tenant.schema}
        for index in range(number)
    ]
    if rows and not session.scalar(select(func.count()).select_from(_CONTACTS)):
        session.execute(insert(_CONTACTS), rows)


def ask(app: Flask, seat: Seat, path: str) -> Answer:
    """What a member's browser gets for a GET, through the whole application."""
    cookie = f"{cookies.name_of('session', app.extensions['kith'])}={seat.cookie}"
    environ = create_environ(
        path, f"http://{seat.tenant.slug}.localhost:8000", headers={"Cookie": cookie, "Accept": "text/html"}
    )
    pieces, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return Answer(int(status[:3]), str(headers).encode(), b"".join(pieces))
