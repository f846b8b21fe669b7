"""Codes sent by mail: they work once, for one purpose, for a while."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, insert, select, update

from app.core.clock import now
from app.core.ids import new_id
from app.core.statements import Part, part
from app.core.tokens import hashed, new_secret
from app.domain.identities.models import Identity, OneTimeCode, Purpose
from tenants.session import session

LIFETIMES: dict[Purpose, timedelta] = {
    "confirm": timedelta(days=7),
    "reset": timedelta(hours=1),
    "change_email": timedelta(days=1),
}


def issue(purpose: Purpose, identity: Identity, **data: Any) -> str:
    """A fresh code; earlier ones for the same purpose stop working."""
    secret = new_secret()
    earlier = _cancelling(identity, OneTimeCode.purpose == purpose).cte("earlier")
    session.execute(insert(OneTimeCode).values(_fresh(purpose, identity, secret, data)).add_cte(earlier))
    return secret


def issuing_first(purpose: Purpose, identity: Identity) -> tuple[str, Part]:
    """The first code of an identity, and what stores it as a part of another statement."""
    secret = new_secret()
    return secret, part(OneTimeCode, _fresh(purpose, identity, secret, {}))


def _fresh(purpose: Purpose, identity: Identity, secret: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "purpose": purpose,
        "secret_hash": hashed(secret),
        "identity_id": identity.id,
        "data": data,
        "created_at": now(),
        "expires_at": now() + LIFETIMES[purpose],
    }


def peek(purpose: Purpose, secret: str) -> OneTimeCode | None:
    """The code, if it still works; looking does not use it up."""
    return session.scalar(select(OneTimeCode).where(*_works(purpose, secret)))


def redeem(purpose: Purpose, secret: str) -> OneTimeCode | None:
    """The code, used up by this call; None where it does not work (any more). One of many callers gets it."""
    statement = (
        update(OneTimeCode).where(*_works(purpose, secret)).values(used_at=now()).returning(OneTimeCode)
    )
    return session.scalar(statement)


def cancel(purpose: Purpose, identity: Identity) -> None:
    """Make the codes of an identity for a purpose stop working."""
    _cancel(identity, OneTimeCode.purpose == purpose)


def cancel_all(identity: Identity) -> None:
    """Make every code of an identity stop working: who reads its old mailbox proves no new one."""
    _cancel(identity)


def _cancel(identity: Identity, *conditions: ColumnElement[bool]) -> None:
    session.execute(_cancelling(identity, *conditions))


def _cancelling(identity: Identity, *conditions: ColumnElement[bool]) -> Update:
    mine = (OneTimeCode.identity_id == identity.id, OneTimeCode.used_at.is_(None))
    return update(OneTimeCode).where(*mine, *conditions).values(used_at=now())


def _works(purpose: Purpose, secret: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeCode.secret_hash == hashed(secret),
        OneTimeCode.purpose == purpose,
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > now(),
    )
