"""Tokens: who comes in with one, giving them out, exchanging them, ending them.

A token is `<opaque tenant>.<secret>`; only the secret's hash is kept. All that come from one authorization
are a family and end together when an old one of them is used again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, TextClause, or_, select, text, update

from app.core import spool
from app.core.actor import Actor, Door
from app.core.clock import now
from app.core.ids import new_id
from app.core.permissions import Rights
from app.core.tokens import hashed, new_secret
from app.domain.apps import facts
from app.domain.apps.models import App
from app.domain.apps.rules import ACCESS_LIFETIME, FAMILY_LIFETIME, REFRESH_LIFETIME
from app.domain.members import rights
from app.domain.members.models import Grant, Member
from app.domain.workspace.rules import KEYS, Workspace, from_values
from app.records import registry
from tenants import direct
from tenants.context import Tenant, current
from tenants.session import kept, session

TOUCH_AFTER = timedelta(minutes=5)

# Sent with every request of the API, so it is written out: composing it would cost more than running it.
_ENTER = """
SELECT g.id AS grant_id, g.parent_id AS consent_id, g.app_id, g.expires_at, g.last_used_at,
       g.data -> 'scopes' AS scopes, c.data AS consent,
       m.id AS member_id, m.identity_id, m.name, m.role, m.language, m.time_zone,
       {rights},
       (SELECT json_object_agg(key, value) FROM settings
         WHERE key IN ({keys})) AS settings{columns}
  FROM grants g
  JOIN grants c ON c.id = g.parent_id AND c.kind = 'consent' AND c.revoked_at IS NULL
  LEFT JOIN members m ON m.id = g.member_id{joins}
 WHERE g.secret_hash = :secret AND g.kind = 'access' AND g.revoked_at IS NULL AND g.expires_at > :now
   AND m.removed_at IS NULL
"""


@dataclass(frozen=True)
class Beside:
    """What else one statement may ask about the app of a token: columns and joins where `g` is the token."""

    columns: str
    joins: str
    values: Mapping[str, Any]


_NOTHING = Beside("", "", {})


@dataclass(frozen=True)
class Entry:
    """Who is in by a token: the actor with the rights of this moment, and the app that carries it."""

    actor: Actor
    app_id: UUID
    client_id: str
    app_name: str
    scopes: frozenset[str]
    expires_at: datetime
    grant_id: UUID
    consent_id: UUID
    is_stale: bool
    settings: Workspace
    beside: Any = None


@dataclass(frozen=True)
class Issued:
    """Fresh tokens as the app gets them: once, in clear."""

    access_token: str
    refresh_token: str | None
    expires_in: int
    scopes: tuple[str, ...]


def enter(
    token: str,
    tenant: Tenant,
    *,
    door: Door = "api",
    request_id: str | None = None,
    beside: Beside | None = None,
) -> Entry | None:
    """Who comes in with the access token `<opaque tenant>.<secret>`, in one statement; None: nobody.

    A member's rights are the token's scopes that the consent and the role hold at this moment; an app that
    acts by itself has the scopes the company gave it. What is asked `beside` is then in the entry's row.
    """
    opaque, _, secret = token.partition(".")
    if opaque != tenant.id.hex or not secret:
        return None
    also = beside or _NOTHING
    asked = {"secret": hashed(secret), "now": now(), **also.values}
    found = direct.rows(_entering(also.columns, also.joins), asked)
    return _entry(found[0], door, request_id) if found else None


@lru_cache(maxsize=8)
def _entering(columns: str, joins: str) -> TextClause:
    keys = ", ".join(repr(key) for key in (*KEYS, registry.KEY))
    return text(
        _ENTER.format(keys=keys, rights=rights.COLUMNS, columns=columns and f", {columns}", joins=joins)
    )


def _entry(row: Any, door: Door, request_id: str | None) -> Entry:
    settings = from_values(row.settings or {})
    registry.prime((row.settings or {}).get(registry.KEY))
    scopes = frozenset(row.scopes) & frozenset(row.consent["scopes"])
    return Entry(
        actor=_actor(row, scopes, settings, door, request_id),
        app_id=row.app_id,
        client_id=row.consent["client_id"],
        app_name=row.consent["app"],
        scopes=scopes,
        expires_at=row.expires_at,
        grant_id=row.grant_id,
        consent_id=row.consent_id,
        is_stale=row.last_used_at is None or row.last_used_at < now() - TOUCH_AFTER,
        settings=settings,
        beside=row,
    )


def _actor(
    row: Any, scopes: frozenset[str], settings: Workspace, door: Door, request_id: str | None
) -> Actor:
    if row.member_id is None:
        return Actor(
            kind="client",
            id=row.app_id,
            name=row.consent["app"],
            door=door,
            permissions=Rights(scopes),
            request_id=request_id,
            language=settings.language,
            time_zone=settings.time_zone,
        )
    holds = rights.held(row.role, row.own_roles, row.mates)
    return Actor(
        kind="member",
        id=row.member_id,
        name=row.name,
        door=door,
        permissions=scopes & holds.permissions,
        grants=holds.grants,
        role=row.role,
        identity_id=row.identity_id,
        request_id=request_id,
        language=row.language or settings.language,
        time_zone=row.time_zone or settings.time_zone,
    )


def issue(
    consent: Grant,
    scopes: Sequence[str],
    *,
    family_id: UUID | None = None,
    renewable: Sequence[str] | None = None,
    ends_at: datetime | None = None,
) -> Issued:
    """Tokens under a consent. `renewable` are the scopes of the refresh token, None for no such token.

    No refresh token of a family outlives `ends_at`.
    """
    family = family_id or new_id()
    end = ends_at or now() + FAMILY_LIFETIME
    access = _store(consent, "access", family, scopes, now() + ACCESS_LIFETIME)
    refresh = None
    if renewable is not None:
        until = min(now() + REFRESH_LIFETIME, end)
        refresh = _store(consent, "refresh", family, renewable, until, ends_at=end.isoformat())
    session.flush()
    return Issued(access, refresh, int(ACCESS_LIFETIME.total_seconds()), tuple(scopes))


def _store(
    consent: Grant, kind: str, family: UUID, scopes: Sequence[str], until: datetime, **data: Any
) -> str:
    token = fresh()
    session.add(
        Grant(
            kind=kind,
            secret_hash=hashed(secret_of(token)),
            member_id=consent.member_id,
            identity_id=consent.identity_id,
            parent_id=consent.id,
            app_id=consent.app_id,
            family_id=family,
            data={"scopes": list(scopes)} | data,
            created_at=now(),
            expires_at=until,
        )
    )
    return token


def fresh() -> str:
    """A token or code of the current tenant that nobody has yet."""
    return f"{current().id.hex}.{new_secret()}"


def secret_of(token: str) -> str:
    """The secret part of a token of the current tenant; of any other's nothing that anybody has."""
    opaque, _, secret = token.partition(".")
    return secret if opaque == current().id.hex else ""


def redeemable(token: str, app: App) -> Grant | None:
    """The refresh token's grant, held so that nobody else can exchange it; None where it is good no more.

    One that was exchanged before ends its whole family: two have it, one of them is a thief.
    """
    found = session.scalar(_by_secret(token, "refresh").with_for_update())
    if found is None or found.app_id != app.id:
        return None
    if found.revoked_at is not None:
        end_family(app, found.family_id, "refresh_token")
        return None
    return found if found.expires_at > now() and consent_of(found) is not None else None


def exchange(old: Grant, scopes: Sequence[str]) -> Issued:
    """New tokens for a refresh token, which ends; a narrower access token keeps the rest renewable."""
    consent = consent_of(old)
    assert consent is not None, "redeemable() has seen it"
    old.revoked_at = old.last_used_at = now()
    return issue(
        consent,
        scopes,
        family_id=old.family_id,
        renewable=old.data["scopes"],
        ends_at=datetime.fromisoformat(old.data["ends_at"]),
    )


def consent_of(grant: Grant) -> Grant | None:
    """The consent that a code or token hangs on, if it and the member still stand."""
    consent = session.get(Grant, grant.parent_id) if grant.parent_id else None
    if consent is None or consent.revoked_at is not None:
        return None
    member = session.get(Member, consent.member_id) if consent.member_id else None
    return None if member is not None and member.removed_at is not None else consent


def find(token: str, app: App) -> Grant | None:
    """The living access or refresh token of `app`; another app's is none."""
    statement = _by_secret(token, "access", "refresh").where(
        Grant.app_id == app.id, Grant.revoked_at.is_(None), Grant.expires_at > now()
    )
    found = session.scalar(statement)
    return found if found is not None and consent_of(found) is not None else None


def revoke(grant: Grant) -> None:
    """End a token; a refresh token takes its family along (RFC 7009 section 2.1)."""
    family = (Grant.family_id == grant.family_id,) if grant.kind == "refresh" else ()
    ended = update(Grant).where(or_(Grant.id == grant.id, *family), Grant.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=now()))


def end_family(app: App, family_id: UUID | None, what: str) -> None:
    """End all tokens of an authorization because `what` of it was used twice; stays though it is refused."""
    with kept():
        ended = update(Grant).where(Grant.family_id == family_id, Grant.revoked_at.is_(None))
        count = len(session.execute(ended.values(revoked_at=now()).returning(Grant.id)).all())
        if count:
            facts.note(facts.KITH, "app.tokens_revoked", app, reused=what, tokens=count)


def _by_secret(token: str, *kinds: str) -> Select[Grant]:
    return select(Grant).where(Grant.secret_hash == hashed(secret_of(token)), Grant.kind.in_(kinds))


def note_use(entry: Entry) -> None:
    """Remember that a token is in use; written within seconds, because a GET writes nothing itself."""
    if entry.is_stale:
        spool.note_use("token", str(entry.grant_id), str(entry.consent_id))


@spool.writes("token")
def _store_use(news: Mapping[str, str]) -> None:
    for grant_id, at in news.items():
        used = update(Grant).where(Grant.id == UUID(grant_id)).values(last_used_at=datetime.fromisoformat(at))
        session.execute(used)
