"""The links by which customers come in: invited, to sign in, to choose a password. Each works once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from app.config import subdomain
from app.core import process
from app.core.clock import now
from app.core.tokens import hashed, new_secret
from app.domain.members.models import Grant
from app.domain.portal.rules import Purpose
from tenants.context import Tenant, current
from tenants.session import session

KIND = "portal_link"
LIFETIMES: dict[Purpose, timedelta] = {
    "invited": timedelta(days=14),
    "register": timedelta(days=1),
    "sign_in": timedelta(hours=1),
    "reset": timedelta(hours=1),
}


def issue(purpose: Purpose, email: str, *, account_id: UUID | None = None, **data: Any) -> str:
    """The address of a fresh link; earlier ones for the same purpose and address stop working."""
    mine = (Grant.kind == KIND, Grant.email == email, Grant.data["purpose"].astext == purpose)
    session.execute(update(Grant).where(*mine, Grant.revoked_at.is_(None)).values(revoked_at=now()))
    secret = new_secret()
    session.add(
        Grant(
            kind=KIND,
            secret_hash=hashed(secret),
            account_id=account_id,
            email=email,
            data={"purpose": purpose, **data},
            created_at=now(),
            expires_at=now() + LIFETIMES[purpose],
        )
    )
    session.flush()
    return f"{address(current())}/enter/{current().id.hex}.{secret}"


def address(tenant: Tenant) -> str:
    """The address of a company's portal."""
    return subdomain(process.settings().base_url, f"{tenant.slug}-portal")


def peek(token: str) -> Grant | None:
    """The link, if it still works; looking does not use it up."""
    return session.scalar(select(Grant).where(*_works(token)))


def redeem(token: str) -> Grant | None:
    """The link, used up by this call; one of many callers gets it."""
    return session.scalar(update(Grant).where(*_works(token)).values(revoked_at=now()).returning(Grant))


def cancel(email: str) -> None:
    """Make every link that went to this address stop working."""
    mine = (Grant.kind == KIND, Grant.email == email, Grant.revoked_at.is_(None))
    session.execute(update(Grant).where(*mine).values(revoked_at=now()))


def _works(token: str) -> tuple[ColumnElement[bool], ...]:
    opaque, _, secret = token.partition(".")
    known = secret if opaque == current().id.hex else ""
    return (
        Grant.secret_hash == hashed(known),
        Grant.kind == KIND,
        Grant.revoked_at.is_(None),
        Grant.expires_at > now(),
    )
