"""Sessions of the base host: who is signed in there, since when, on what; and their end."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, insert, select, update

from app.core.clock import now
from app.core.ids import new_id
from app.core.statements import Part, part
from app.core.tokens import hashed, new_secret
from app.domain.identities.models import Identity, IdentitySession
from tenants.session import session

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=60)


@dataclass(frozen=True)
class Where:
    """The browser that asks: its network address and what it calls itself."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class SignedIn:
    """An identity that is signed in on the base host, and by which session."""

    identity: Identity
    session_id: UUID


def begin(identity: Identity, where: Where, fact: Insert | None = None) -> tuple[str, SignedIn]:
    """Begin a session, and write the `fact` of it in one go; the cookie for it and who is in."""
    secret, row = _fresh(identity, where)
    begun = insert(IdentitySession).values(row)
    session.execute(begun if fact is None else begun.add_cte(fact.cte("fact")))
    return f"0.{secret}", SignedIn(identity, row["id"])


def beginning(identity: Identity, where: Where) -> tuple[str, SignedIn, Part]:
    """What `begin` answers, and what stores the session as a part of another statement."""
    secret, row = _fresh(identity, where)
    return f"0.{secret}", SignedIn(identity, row["id"]), part(IdentitySession, row)


def _fresh(identity: Identity, where: Where) -> tuple[str, dict[str, Any]]:
    secret = new_secret()
    return secret, {
        "id": new_id(),
        "identity_id": identity.id,
        "secret_hash": hashed(secret),
        "user_agent": where.user_agent[:300],
        "address": where.address,
        "created_at": now(),
        "last_used_at": now(),
        "expires_at": now() + ABSOLUTE,
    }


def find(cookie: str) -> SignedIn | None:
    """Who is signed in by the cookie `0.<secret>`, or None."""
    kind, _, secret = cookie.partition(".")
    if kind != "0" or not secret:
        return None
    return _one(IdentitySession.secret_hash == hashed(secret))


def find_by_id(session_id: UUID) -> SignedIn | None:
    """Who is signed in by this session, if it still lives."""
    return _one(IdentitySession.id == session_id)


def touch(session_id: UUID) -> None:
    """Note that a session was used just now."""
    session.execute(
        update(IdentitySession).where(IdentitySession.id == session_id).values(last_used_at=now())
    )


def of_identity(identity_id: UUID) -> list[IdentitySession]:
    """The living sessions of an identity, the last used first."""
    statement = (
        select(IdentitySession)
        .where(IdentitySession.identity_id == identity_id, *_alive())
        .order_by(IdentitySession.last_used_at.desc(), IdentitySession.id.desc())
    )
    return list(session.scalars(statement))


def end(identity_id: UUID, session_id: UUID) -> bool:
    """End one session of an identity; whether there was one."""
    return bool(_end(IdentitySession.identity_id == identity_id, IdentitySession.id == session_id))


def end_all(identity_id: UUID, but: UUID | None = None) -> int:
    """End all sessions of an identity but one; how many."""
    keep = [IdentitySession.id != but] if but else []
    return _end(IdentitySession.identity_id == identity_id, *keep)


def _one(condition: ColumnElement[bool]) -> SignedIn | None:
    row = session.execute(
        select(Identity, IdentitySession.id)
        .join(IdentitySession, IdentitySession.identity_id == Identity.id)
        .where(condition, *_alive(), Identity.disabled_at.is_(None))
    ).one_or_none()
    return SignedIn(row[0], row[1]) if row else None


def _alive() -> tuple[ColumnElement[bool], ...]:
    moment = now()
    return (
        IdentitySession.revoked_at.is_(None),
        IdentitySession.expires_at > moment,
        IdentitySession.last_used_at > moment - IDLE,
    )


def _end(*conditions: ColumnElement[bool]) -> int:
    statement = (
        update(IdentitySession)
        .where(*conditions, IdentitySession.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(IdentitySession.id)
    )
    return len(session.scalars(statement).all())
