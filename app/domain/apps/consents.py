"""What a workspace lets an app do: the root that all its tokens there hang on, so ending it ends them.

A consent is a grant of kind `consent` that nobody can present: its secret is thrown away. Without a member
it is the company's own, for an app that acts by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Update, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.permissions import require
from app.core.tokens import hashed, new_secret
from app.domain.apps import facts, queries
from app.domain.apps.models import App, AppTenant
from app.domain.apps.rules import CONSENT_LIFETIME
from app.domain.members.models import Grant, Member
from tenants.context import current, entered, maybe_current
from tenants.engines import engines
from tenants.session import session

FOR_GOOD = timedelta(days=36_500)


@dataclass(frozen=True)
class Connection:
    """An app that was let in: by whom (None: it acts by itself), with which scopes, used when."""

    id: UUID
    app_id: UUID
    app_name: str
    member_id: UUID | None
    member_name: str
    scopes: tuple[str, ...]
    since: datetime
    last_used_at: datetime | None


def give(actor: Actor, app: App, member_id: UUID | None, scopes: Sequence[str]) -> Grant:
    """Let `app` in for a member or, without one, for the company; scopes given earlier stay."""
    found = session.scalar(_living(app.id, member_id).with_for_update())
    if found is not None:
        return _extend(actor, app, found, scopes)
    consent = Grant(
        kind="consent",
        secret_hash=hashed(new_secret()),
        member_id=member_id,
        identity_id=actor.identity_id if member_id else None,
        app_id=app.id,
        data={"scopes": sorted(set(scopes)), "app": app.name, "client_id": app.client_id},
        created_at=now(),
        created_by=actor.member_id,
        expires_at=now() + (CONSENT_LIFETIME if member_id else FOR_GOOD),
    )
    session.add(consent)
    session.flush()
    known = insert(AppTenant).values(app_id=app.id, tenant_id=current().id)
    session.execute(known.on_conflict_do_nothing())
    facts.note(actor, "app.consented", app, scopes=sorted(set(scopes)), by_company=member_id is None)
    return consent


def _extend(actor: Actor, app: App, consent: Grant, scopes: Sequence[str]) -> Grant:
    given = set(consent.data["scopes"])
    if consent.member_id:
        consent.expires_at = now() + CONSENT_LIFETIME
    if not set(scopes) <= given:
        consent.data = consent.data | {"scopes": sorted(given | set(scopes))}
        facts.note(actor, "app.consented", app, scopes=sorted(set(scopes) - given), by_company=False)
    session.flush()
    return consent


def remembered(app: App, member: Member, scopes: Sequence[str]) -> Grant | None:
    """The consent that makes asking again needless; of an app that keeps no secret nobody can be sure."""
    if app.kind != "confidential":
        return None
    found = session.scalar(_living(app.id, member.id))
    is_enough = found is not None and set(scopes) <= set(found.data["scopes"]) and found.expires_at > now()
    return found if is_enough else None


def of_company(app: App) -> Grant | None:
    """What the current company itself lets `app` do, if it does."""
    return session.scalar(_living(app.id, None))


def connections(actor: Actor, *, everybodys: bool = False) -> list[Connection]:
    """The apps that the actor has let in; with `everybodys`, for who manages apps, those of all members."""
    if everybodys:
        require(actor, "apps:manage")
    mine = () if everybodys else (Grant.member_id == actor.member_id,)
    statement = (
        select(Grant, Member.name)
        .outerjoin(Member, Member.id == Grant.member_id)
        .where(Grant.kind == "consent", Grant.revoked_at.is_(None), Member.removed_at.is_(None), *mine)
        .order_by(func.coalesce(Grant.last_used_at, Grant.created_at).desc(), Grant.id)
    )
    return [_connection(consent, name) for consent, name in session.execute(statement)]


def end(actor: Actor, consent_id: UUID) -> str:
    """Take back what an app was let do, with all its tokens; the app's name.

    Everybody ends what he gave; who manages apps ends all.
    """
    consent = session.get(Grant, consent_id)
    if consent is None or consent.kind != "consent" or consent.revoked_at is not None:
        raise NotFound
    if consent.member_id is None or consent.member_id != actor.member_id:
        require(actor, "apps:manage")
    session.execute(_ending(Grant.id == consent.id, Grant.parent_id == consent.id))
    app = session.get(App, consent.app_id)
    if app is not None:
        facts.note(actor, "app.disconnected", app, member_id=str(consent.member_id or ""))
    return str(consent.data["app"])


def end_everywhere(app: App) -> None:
    """End all that any workspace lets `app` do; other workspaces at once, the current one with this act."""
    statement = _ending(Grant.app_id == app.id)
    present = maybe_current()
    for tenant in queries.tenants_of(app):
        if present is not None and present.schema == tenant.schema:
            session.execute(statement)
            continue
        with entered(tenant), engines().tenant(tenant).begin() as connection:
            connection.execute(statement)


def _ending(*conditions: ColumnElement[bool]) -> Update:
    return update(Grant).where(or_(*conditions), Grant.revoked_at.is_(None)).values(revoked_at=now())


def _living(app_id: UUID, member_id: UUID | None) -> Select[Grant]:
    whose = Grant.member_id.is_(None) if member_id is None else Grant.member_id == member_id
    return (
        select(Grant)
        .where(Grant.app_id == app_id, Grant.kind == "consent", Grant.revoked_at.is_(None), whose)
        .order_by(Grant.created_at, Grant.id)
        .limit(1)
    )


def _connection(consent: Grant, member: str | None) -> Connection:
    return Connection(
        id=consent.id,
        app_id=consent.app_id,  # type: ignore[arg-type]
        app_name=str(consent.data["app"]),
        member_id=consent.member_id,
        member_name=member or "",
        scopes=tuple(consent.data["scopes"]),
        since=consent.created_at,
        last_used_at=consent.last_used_at,
    )
