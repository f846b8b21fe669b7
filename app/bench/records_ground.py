"""The company on which the record engine is measured: very many contacts, fields of its own, a program."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import func, make_url, select

from app.bench import records_fill, tenancy_ground
from app.bench.records_spent import Server
from app.bench.records_words import SEGMENTS
from app.bench.tenancy_ground import Ground
from app.core import collector
from app.core.actor import Actor
from app.core.clock import now
from app.core.ids import new_id
from app.core.permissions import EVERYTHING, SCOPES
from app.domain.apps import actions as apps
from app.domain.apps import consents, tokens
from app.domain.identities.models import Identity
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members import sessions
from app.domain.members.models import Member
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.domain.workspace import actions as workspaces
from app.domain.workspace.rules import Workspace
from app.factory import create_app
from app.records import registry
from app.ui import cookies
from tenants.context import Tenant, entered
from tenants.engines import engines
from tenants.session import session, unit_of_work

SLUG, BASE = "figures", "http://localhost:8000"
_READ = """
SELECT public.pg_prewarm(oid::regclass) FROM pg_class
 WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'i')
"""
MEMBERS = 8
_CHOICES = tuple({"value": each, "labels": {"en": each.title()}} for each in SEGMENTS)
# One of each way to be found: sortable, searchable, neither.
FIELDS = {
    "score": FieldWish("number", {"en": "Score"}, is_sortable=True, decimals=0),
    "renewal": FieldWish("date", {"en": "Renewal"}, is_sortable=True),
    "segment": FieldWish("choice", {"en": "Segment"}, choices=_CHOICES),
    "badge": FieldWish("text", {"en": "Badge"}, is_searchable=True),
}


@dataclass(frozen=True)
class Office:
    """The company, a member of it with browser's cookie and program's token; what the `server` spends."""

    app: Flask
    ground: Ground
    tenant: Tenant
    member: Actor
    token: str
    cookie: str
    contacts: int
    server: Server | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Within the block this process works for the company."""
        with self.app.app_context(), entered(self.tenant):
            yield


@contextmanager
def laid(contacts: int, kept: Path | None) -> Iterator[Office]:
    """The company with so many contacts and a fifth as many companies; in `kept` it is found again."""
    with tenancy_ground.laid(1, 1, kept=kept) as ground:
        app = create_app(ground.settings)
        tenant = ground.claimed(1, SLUG)[0]
        with app.app_context(), entered(tenant):
            people = _people()
            if not _count():
                _describe(people[0])
                records_fill.fill(tenant, contacts, max(contacts // 5, 1), people)
                _index()
            found = _count()
            _read(ground, tenant)
            actor = _actor(people[0])
            collector.settle()  # as every process that serves does
            yield Office(app, ground, tenant, actor, _token(actor), _cookie(app, tenant, people[0]), found)


def signed_in(office: Office, member_id: UUID) -> Office:
    """The same for another member."""
    with office.at_work():
        with unit_of_work(read_only=True):
            actor = sessions.actor_of(session.get_one(Member, member_id), door="web", language="de")
        token = _token(office.member, member_id)
        cookie = _cookie(office.app, office.tenant, member_id)
    return replace(office, member=actor, token=token, cookie=cookie)


def _read(ground: Ground, tenant: Tenant) -> None:
    """Into memory with what a server that has been at work has there: else the first to ask pays for it."""
    cell = make_url(engines().cell_url(tenant.cell))
    url = make_url(ground.admin_url).set(database=cell.database).render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm SCHEMA public")
        admin.execute(_READ, [tenant.schema])
        admin.execute("DROP EXTENSION pg_prewarm")


def _people() -> list[UUID]:
    with unit_of_work():
        known = list(session.scalars(select(Member.id).order_by(Member.email)))
        if known:
            return known
        workspaces.seed(
            Workspace("Figures", time_zone="Europe/Berlin", language="de", currency="EUR", country="DE")
        )
        members = [
            Member(
                id=new_id(), identity_id=new_id(), email=f"{number}@figures.example",
                name=f"Member {number}", role="admin" if number else "owner",
            )
            for number in range(MEMBERS)
        ]  # fmt: skip
        session.add_all(members)
        return [each.id for each in members]


def _actor(member_id: UUID) -> Actor:
    return Actor("member", member_id, "Member 0", "web", EVERYTHING, role="owner", time_zone="Europe/Berlin")


def _count() -> int:
    with unit_of_work(read_only=True):
        registry.forget()
        return session.scalar(select(func.count()).select_from(registry.get("contacts").base)) or 0


def _describe(member_id: UUID) -> None:
    with unit_of_work():
        for name, wish in FIELDS.items():
            modelling.add_field(_actor(member_id), "contacts", wish_named(wish, name))


def wish_named(wish: FieldWish, name: str) -> FieldWish:
    """The wish for a field of that name."""
    return FieldWish(**{**vars(wish), "name": name})


def _index() -> None:
    """As its job does it; what has no index first, because the table is counted after each that has."""
    for name in sorted(FIELDS, key=lambda each: FIELDS[each].is_sortable):
        with unit_of_work():
            modelling.index("contacts", f"x_{name}")


def _cookie(app: Flask, tenant: Tenant, member_id: UUID) -> str:
    """What the member's browser sends."""
    with unit_of_work():
        member = session.get_one(Member, member_id)
        identity = Identity(id=member.identity_id, email=member.email, confirmed_at=now())
        parent = SignedIn(identity, new_id())
        secret = sessions.begin(member, tenant, grant_id=new_id(), parent=parent, where=Where())
    return f"{cookies.name_of('session', app.extensions['kith'])}={secret}"


def _token(actor: Actor, member_id: UUID | None = None) -> str:
    """Of a program that acts by itself, or for the member."""
    scopes = tuple(SCOPES)
    wanted = apps.Wanted(
        name="Figures", kind="confidential", grant_types=("client_credentials",), scopes=scopes,
        redirect_uris=(),
    )  # fmt: skip
    with unit_of_work():
        made, _ = apps.register(actor, wanted)
        return tokens.issue(consents.give(actor, made, member_id, list(scopes)), list(scopes)).access_token
