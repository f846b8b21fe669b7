"""Support inside a workspace: in by a sealed code, asked at every request whether it still may be there."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import orjson
from cryptography.fernet import InvalidToken
from sqlalchemy import insert, select, text

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.permissions import SUPPORT_READS, SUPPORT_WRITES
from app.core.tokens import hashed, new_secret
from app.domain.identities.models import Identity, IdentitySession
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members.handover import LIFETIME
from app.domain.members.models import Grant
from app.domain.members.sessions import SUPPORT, Entry, told_of
from app.domain.operators.actions import By
from app.domain.operators.models import Operator, SupportAccess
from app.domain.operators.support import called
from app.domain.workspace.rules import KEYS, from_values
from app.records import registry
from app.records.facts import record
from tenants.context import Tenant
from tenants.engines import engines
from tenants.session import session

KIND = "support"

_ENTER = text("""
SELECT g.id AS grant_id, g.parent_id, g.data,
       (SELECT json_object_agg(key, value) FROM settings WHERE key = ANY(:keys)) AS settings,
       pg_current_snapshot()::text AS snapshot
  FROM grants g
 WHERE g.secret_hash = :secret AND g.kind = 'support' AND g.revoked_at IS NULL AND g.expires_at > :now
""")


def code(who: SignedIn, tenant: Tenant, access_id: UUID, mark: str) -> str:
    """A code that lets this operator into `tenant`, in the browser that bears `mark` there.

    Raises NotFound.
    """
    access = session.get(SupportAccess, access_id)
    if access is None or (access.tenant_id, access.operator_id) != (tenant.id, who.identity.id):
        raise NotFound(KIND)
    told = {
        "use": KIND, "tenant": tenant.id, "session": who.session_id, "access": access_id, "grant": new_id(),
        "mark": mark, "until": (now() + LIFETIME).isoformat(),
    }  # fmt: skip
    return engines().vault.seal(orjson.dumps(told).decode())


def redeem(text_: str, tenant: Tenant, where: Where, bears: Callable[[str], bool]) -> str | None:
    """The cookie of a visit begun by this code; None where it lets nobody in (any more)."""
    told = _opened(text_)
    if told is None or told["tenant"] != str(tenant.id) or datetime.fromisoformat(told["until"]) <= now():
        return None
    access_id, session_id = UUID(told["access"]), UUID(told["session"])
    found = _allowed(access_id, session_id, tenant)
    if found is None or not bears(told["mark"]) or session.get(Grant, UUID(told["grant"])) is not None:
        return None
    access, identity = found
    secret = new_secret()
    begun = insert(Grant).values(
        id=UUID(told["grant"]), kind=KIND, secret_hash=hashed(secret), identity_id=identity.id,
        parent_id=session_id, data={"access": str(access_id)}, user_agent=where.user_agent[:300],
        address=where.address, created_at=now(), last_used_at=now(), expires_at=access.expires_at,
    )  # fmt: skip
    session.execute(begun)
    record(_actor(access, identity), "support.entered", None, None, access.reason)
    By(identity.id, where.address).note("support.entered", tenant, access=str(access_id))
    return f"{tenant.id.hex}.{secret}"


def enter(cookie: str, tenant: Tenant, request_id: str | None = None) -> Entry | None:
    """Support whose visit the cookie is, as long as it is granted, in time, and its operator signed in."""
    opaque, _, secret = cookie.partition(".")
    if opaque != tenant.id.hex or not secret:
        return None
    values = {"secret": hashed(secret), "now": now(), "keys": [*KEYS, SUPPORT, registry.KEY]}
    row = session.execute(_ENTER, values).one_or_none()
    found = _allowed(UUID(row.data["access"]), row.parent_id, tenant) if row else None
    if row is None or found is None:
        return None
    access, identity = found
    settings = from_values(row.settings or {})
    registry.prime((row.settings or {}).get(registry.KEY))
    return Entry(
        actor=_actor(access, identity, request_id, settings.time_zone),
        grant_id=row.grant_id,
        email=identity.email,
        theme="system",
        density="comfortable",
        is_stale=False,
        is_unconfirmed=False,
        parent_id=row.parent_id,
        settings=settings,
        snapshot=row.snapshot,
        support=told_of(row.settings),
    )


def _allowed(access_id: UUID, session_id: UUID, tenant: Tenant) -> tuple[SupportAccess, Identity] | None:
    """The granted access and its operator: still one, and signed in by that session."""
    statement = (
        select(SupportAccess, Identity)
        .join(Operator, Operator.identity_id == SupportAccess.operator_id)
        .join(Identity, Identity.id == Operator.identity_id)
        .join(IdentitySession, IdentitySession.identity_id == Identity.id)
        .where(
            SupportAccess.id == access_id,
            SupportAccess.tenant_id == tenant.id,
            SupportAccess.state == "granted",
            SupportAccess.expires_at > now(),
            Identity.disabled_at.is_(None),
            IdentitySession.id == session_id,
            IdentitySession.revoked_at.is_(None),
            IdentitySession.expires_at > now(),
        )
    )
    row = session.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def _actor(
    access: SupportAccess, identity: Identity, request_id: str | None = None, time_zone: str | None = None
) -> Actor:
    return Actor(
        kind="support",
        id=access.id,
        name=called(identity.name),
        door="web",
        permissions=SUPPORT_WRITES if access.may_write else SUPPORT_READS,
        role=KIND,
        identity_id=identity.id,
        request_id=request_id,
        language=identity.language,
        time_zone=time_zone,
    )


def _opened(sealed: str) -> dict[str, str] | None:
    try:
        told = orjson.loads(engines().vault.open(sealed))
    except (InvalidToken, orjson.JSONDecodeError, UnicodeError):
        return None
    return told if isinstance(told, dict) and told.get("use") == KIND else None
