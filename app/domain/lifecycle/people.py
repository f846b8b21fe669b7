"""Who belongs to a company and which apps it let in: what the control database knows of it, in and out."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.ids import new_id
from app.domain.apps.models import App, AppTenant
from app.domain.identities import actions as identities
from app.domain.identities import queries
from app.domain.identities.models import Identity, Membership
from app.domain.identities.rules import clean_name, normal_email
from app.domain.members.models import Grant, Member
from tenants.context import Tenant
from tenants.session import session

_APP = ("client_id", "name", "description", "homepage", "kind", "redirect_uris", "grant_types", "scopes")


def people(tenant: Tenant) -> list[dict[str, Any]]:
    """The identities that belong to the company: their addresses, nothing that lets anybody in."""
    mine = select(Identity).join(Membership, Membership.identity_id == Identity.id)
    found = session.scalars(mine.where(Membership.tenant_id == tenant.id).order_by(Identity.id))
    return [
        {
            "id": str(each.id),
            "email": each.email,
            "name": each.name,
            "language": each.language,
            "is_confirmed": each.confirmed_at is not None,
        }
        for each in found
    ]


def apps(tenant: Tenant) -> list[dict[str, Any]]:
    """The company's own apps and those it let in, without secrets."""
    let_in = select(AppTenant.app_id).where(AppTenant.tenant_id == tenant.id)
    found = session.scalars(
        select(App).where(or_(App.tenant_id == tenant.id, App.id.in_(let_in))).order_by(App.id)
    )
    return [
        {
            "id": str(each.id),
            "is_own": each.tenant_id == tenant.id,
            **{key: getattr(each, key) for key in _APP},
        }
        for each in found
    ]


def seat(tenant: Tenant, known: Iterable[Mapping[str, Any]]) -> None:
    """Let the members of the entered `tenant` sign in here.

    Whoever has confirmed the same address here is that person. Who is not known here gets an identity without
    a password, and comes in by a new one sent to the address.
    """
    by_id = {each["id"]: each for each in known}
    for member in session.scalars(select(Member)).all():
        told = by_id.get(str(member.identity_id))
        if told is None:  # was removed from the company before the export
            member.identity_id = new_id()
            continue
        identity = _here(UUID(told["id"]), told)
        member.identity_id = identity.id
        identities.join(identity, tenant)
    session.flush()


def settle_apps(tenant: Tenant, known: Iterable[Mapping[str, Any]]) -> None:
    """Enter the apps of the entered `tenant`; own ones that are not here yet come without a secret.

    What was allowed to an app that is not here is forgotten.
    """
    here = set()
    for each in known:
        app_id = UUID(each["id"])
        if session.get(App, app_id) is None:
            if not each["is_own"] or _has_client(each["client_id"]):
                continue
            session.add(App(id=app_id, tenant_id=tenant.id, **{key: each[key] for key in _APP}))
            session.flush()
        here.add(app_id)
        let_in = insert(AppTenant).values(app_id=app_id, tenant_id=tenant.id)
        session.execute(let_in.on_conflict_do_nothing())
    stays = Grant.app_id.in_(here) if here else Grant.app_id.is_(None)
    forgotten = update(Grant).where(Grant.kind == "consent", ~stays, Grant.revoked_at.is_(None))
    session.execute(forgotten.values(revoked_at=now()))


def _here(identity_id: UUID, told: Mapping[str, Any]) -> Identity:
    email = normal_email(told["email"]) or ""
    same = queries.by_id(identity_id)
    if same is not None and same.email == email:
        return same
    return queries.owner_of(email) or _newcomer(email, told)


def _newcomer(email: str, told: Mapping[str, Any]) -> Identity:
    identity = Identity(
        id=new_id(),
        email=email,
        name=clean_name(told["name"]),
        password_hash=None,
        # Nobody can use it but by a mail to the address, which is the proof that a confirmation asks for.
        confirmed_at=now() if told["is_confirmed"] else None,
        language=told["language"],
        created_at=now(),
        password_changed_at=now(),
    )
    session.add(identity)
    session.flush()
    return identity


def _has_client(client_id: str) -> bool:
    return session.scalar(select(App.id).where(App.client_id == client_id)) is not None
