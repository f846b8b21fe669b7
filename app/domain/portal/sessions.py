"""Sessions of customers: one query finds who comes in; a blocked account is out with its next request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update

from app.core import signals, spool
from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import CUSTOMER
from app.core.tokens import hashed, new_secret
from app.domain.identities.sessions import Where
from app.domain.members.models import Grant
from app.domain.portal.models import PortalAccount
from app.domain.workspace.rules import KEYS, LANGUAGES, Workspace, from_values
from app.records import registry
from tenants.context import Tenant
from tenants.session import session

KIND = "portal_session"
IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=60)
TOUCH_AFTER = timedelta(minutes=10)

_ENTER = text("""
SELECT g.id AS grant_id, g.last_used_at, a.id AS account_id, a.email, a.sees,
       a.language AS chosen, a.password_hash IS NOT NULL AS has_password,
       c.language, c.id, c.name, c.company_id, pg_current_snapshot()::text AS snapshot,
       (SELECT json_object_agg(key, value) FROM settings WHERE key = ANY(:keys)) AS settings
  FROM grants g
  JOIN portal_accounts a ON a.id = g.account_id AND a.state = 'active'
  JOIN contacts c ON c.id = a.contact_id AND c.deleted_at IS NULL
 WHERE g.secret_hash = :secret AND g.kind = 'portal_session' AND g.revoked_at IS NULL
   AND g.expires_at > :now AND coalesce(g.last_used_at, g.created_at) > :active
""")


@dataclass(frozen=True)
class Entry:
    """A customer who is in, by which session of which account; the company's settings; what this reads."""

    actor: Actor
    grant_id: UUID
    account_id: UUID
    email: str
    has_password: bool
    is_stale: bool
    settings: Workspace
    snapshot: str


def enter(cookie: str, tenant: Tenant, *, request_id: str | None = None) -> Entry | None:
    """The customer whose session the cookie `<opaque tenant>.<secret>` is, with the rights of this moment."""
    opaque, _, secret = cookie.partition(".")
    if opaque != tenant.id.hex or not secret:
        return None
    values = {"secret": hashed(secret), "now": now(), "active": now() - IDLE, "keys": [*KEYS, registry.KEY]}
    row = session.execute(_ENTER, values).one_or_none()
    if row is None:
        return None
    settings = from_values(row.settings or {})
    registry.prime((row.settings or {}).get(registry.KEY))
    actor = Actor(
        kind="customer",
        id=row.id,
        name=row.name or row.email,
        door="portal",
        permissions=CUSTOMER,
        request_id=request_id,
        language=language_of(row.chosen, row.language, settings.language),
        time_zone=settings.time_zone,
        company_id=row.company_id,
        sees_company=row.sees == "company",
    )
    is_stale = row.last_used_at is None or row.last_used_at < now() - TOUCH_AFTER
    return Entry(
        actor, row.grant_id, row.account_id, row.email, row.has_password, is_stale, settings, row.snapshot
    )


def language_of(*wishes: str | None) -> str:
    """The first of these tags that is spoken here."""
    tags = (wish[:2].lower() for wish in wishes if wish)
    return next((tag for tag in tags if tag in LANGUAGES), LANGUAGES[0])


def begin(account: PortalAccount, tenant: Tenant, where: Where) -> str:
    """Begin a session of the account; its cookie."""
    secret = new_secret()
    session.add(
        Grant(
            kind=KIND,
            secret_hash=hashed(secret),
            account_id=account.id,
            contact_id=account.contact_id,
            user_agent=where.user_agent[:300],
            address=where.address,
            created_at=now(),
            last_used_at=now(),
            expires_at=now() + ABSOLUTE,
        )
    )
    account.last_seen_at = now()
    session.flush()
    return f"{tenant.id.hex}.{secret}"


def of_account(account_id: UUID) -> list[Grant]:
    """The living sessions of an account, the last used first."""
    alive = (Grant.revoked_at.is_(None), Grant.expires_at > now(), Grant.last_used_at > now() - IDLE)
    mine = select(Grant).where(Grant.kind == KIND, Grant.account_id == account_id, *alive)
    return list(session.scalars(mine.order_by(Grant.last_used_at.desc(), Grant.id.desc())))


def end(account_id: UUID, grant_id: UUID) -> None:
    """End one session of an account."""
    _end(account_id, Grant.id == grant_id)


def end_all(account_id: UUID, but: UUID | None = None) -> None:
    """End all sessions of an account but one."""
    _end(account_id, *([Grant.id != but] if but else []))


def _end(account_id: UUID, *conditions: object) -> None:
    mine = (Grant.kind == KIND, Grant.account_id == account_id, Grant.revoked_at.is_(None))
    session.execute(update(Grant).where(*mine, *conditions).values(revoked_at=now()))  # type: ignore[arg-type]
    signals.announce()


def note_use(entry: Entry) -> None:
    """Remember that a session is in use; written within seconds, because a GET writes nothing itself."""
    if entry.is_stale:
        spool.note_use("portal", str(entry.grant_id))


@spool.writes("portal")
def _store_use(news: Mapping[str, str]) -> None:
    for grant_id, at in news.items():
        grant = session.get(Grant, UUID(grant_id))
        if grant is not None:
            grant.last_used_at = datetime.fromisoformat(at)
            account = session.get(PortalAccount, grant.account_id)
            if account is not None:
                account.last_seen_at = grant.last_used_at
