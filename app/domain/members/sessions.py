"""Sessions of a workspace: one query finds who comes in; ends by idling, by age and by being revoked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, text
from sqlalchemy.dialects.postgresql import insert

from app.core import spool
from app.core.actor import Actor, Door
from app.core.clock import now
from app.core.tokens import hashed, new_secret
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members import rights
from app.domain.members.models import Grant, Member
from app.domain.members.rights import Held
from app.domain.workspace.rules import KEYS, Workspace, from_values
from app.records import registry
from tenants import direct
from tenants.context import Tenant
from tenants.session import session

IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
TOUCH_AFTER = timedelta(minutes=10)
# In the session's own data, so that no page asks the control database whether the address is confirmed.
UNCONFIRMED = "unconfirmed"
# The setting that tells who of Kith's support may be in, and until when.
SUPPORT = "support"
_KEYS = [*KEYS, SUPPORT, registry.KEY]


# Sent with every page, so it is written out: composing it would cost more than running it.
_ENTER = text(f"""
SELECT g.id AS grant_id, g.parent_id, g.last_used_at, g.data,
       m.id, m.identity_id, m.email, m.name, m.role, m.language, m.time_zone, m.theme, m.density, m.columns,
       {rights.COLUMNS},
       (SELECT json_object_agg(key, value) FROM settings WHERE key = ANY(:keys)) AS settings,
       pg_current_snapshot()::text AS snapshot
  FROM grants g JOIN members m ON m.id = g.member_id
 WHERE g.secret_hash = :secret AND g.kind = 'session' AND g.revoked_at IS NULL AND g.expires_at > :now
   AND coalesce(g.last_used_at, g.created_at) > :active AND m.removed_at IS NULL
""")  # noqa: S608 - the columns are our own


@dataclass(frozen=True)
class Support:
    """Kith's support, which the company has let in until then; whether it may change anything."""

    name: str
    until: datetime
    may_write: bool


@dataclass(frozen=True)
class Entry:
    """A member who is in, by which session, whether its use should be noted, and the workspace's settings.

    `columns` are those that the member's own lists have, by object.

    All that `snapshot` sees, whatever the page reads after it sees too.
    """

    actor: Actor
    grant_id: UUID
    email: str
    theme: str
    density: str
    is_stale: bool
    is_unconfirmed: bool
    parent_id: UUID | None
    settings: Workspace
    snapshot: str
    support: Support | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)


def enter(cookie: str, tenant: Tenant, *, door: Door, request_id: str | None = None) -> Entry | None:
    """The member whose session the cookie `<opaque tenant>.<secret>` is, with the rights of this moment."""
    opaque, _, secret = cookie.partition(".")
    if opaque != tenant.id.hex or not secret:
        return None
    values = {"secret": hashed(secret), "now": now(), "active": now() - IDLE, "keys": _KEYS}
    found = direct.rows(_ENTER, values)
    if not found:
        return None
    row = found[0]
    settings = from_values(row.settings or {})
    registry.prime((row.settings or {}).get(registry.KEY))
    return Entry(
        actor=actor_of(
            row,
            rights.held(row.role, row.own_roles, row.mates),
            door=door,
            request_id=request_id,
            language=settings.language,
            time_zone=settings.time_zone,
        ),
        grant_id=row.grant_id,
        email=row.email,
        theme=row.theme,
        density=row.density,
        is_stale=row.last_used_at is None or row.last_used_at < now() - TOUCH_AFTER,
        is_unconfirmed=bool(row.data.get(UNCONFIRMED)),
        parent_id=row.parent_id,
        settings=settings,
        snapshot=row.snapshot,
        support=told_of(row.settings),
        columns=row.columns,
    )


def told_of(settings: Mapping[str, Any] | None) -> Support | None:
    """Who of support may be in at this moment, as the settings tell."""
    told = (settings or {}).get(SUPPORT)
    if not told or datetime.fromisoformat(told["until"]) <= now():
        return None
    return Support(told["name"], datetime.fromisoformat(told["until"]), bool(told["write"]))


def actor_of(
    member: Member | Row[Any],
    holds: Held | None = None,
    *,
    door: Door,
    request_id: str | None = None,
    language: str = "en",
    time_zone: str | None = None,
) -> Actor:
    """The member as one who acts; `language` and zone where none is his own.

    What the member `holds` is asked for where it is not known.
    """
    holds = holds or rights.of(member)
    return Actor(
        kind="member",
        id=member.id,
        name=member.name,
        door=door,
        permissions=holds.permissions,
        grants=holds.grants,
        role=member.role,
        identity_id=member.identity_id,
        request_id=request_id,
        language=member.language or language or "en",
        time_zone=member.time_zone or time_zone,
    )


def alive(at: datetime | None = None) -> tuple[ColumnElement[bool], ...]:
    """What holds for a session that still lets in."""
    moment = at or now()
    return (
        Grant.kind == "session",
        Grant.revoked_at.is_(None),
        Grant.expires_at > moment,
        func.coalesce(Grant.last_used_at, Grant.created_at) > moment - IDLE,
    )


def begin(member: Member, tenant: Tenant, *, grant_id: UUID, parent: SignedIn, where: Where) -> str | None:
    """Begin a session of `member` under `grant_id`; its cookie, or None where that id was used before."""
    secret = new_secret()
    statement = insert(Grant).values(
        id=grant_id,
        kind="session",
        secret_hash=hashed(secret),
        member_id=member.id,
        identity_id=member.identity_id,
        parent_id=parent.session_id,
        data={} if parent.identity.confirmed_at else {UNCONFIRMED: True},
        user_agent=where.user_agent[:300],
        address=where.address,
        created_at=now(),
        last_used_at=now(),
        expires_at=now() + ABSOLUTE,
    )
    begun = session.scalar(statement.on_conflict_do_nothing(index_elements=["id"]).returning(Grant.id))
    return f"{tenant.id.hex}.{secret}" if begun else None


def note_use(entry: Entry) -> None:
    """Remember that a session is in use; written within seconds, because a GET writes nothing itself."""
    if entry.is_stale:
        spool.note_use("grant", str(entry.grant_id))


@spool.writes("grant")
def _store_use(news: Mapping[str, str]) -> None:
    for grant_id, at in news.items():
        moment = datetime.fromisoformat(at)
        grant = session.get(Grant, UUID(grant_id))
        if grant is None:
            continue
        grant.last_used_at = moment
        if grant.member_id and (member := session.get(Member, grant.member_id)):
            member.last_seen_at = moment
