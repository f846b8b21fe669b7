"""The links in letters: each opens one thing, without a password, for a while; and addresses for replies."""

import base64
import secrets
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, text

from app.config import subdomain
from app.core import process
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import parse_id
from app.core.mail import host
from app.core.tokens import hashed, new_secret
from app.domain.members.models import Grant
from tenants.catalogue import by_id
from tenants.context import Tenant, current
from tenants.session import session

LINK, REPLY = "letter_link", "reply"
LINK_LIFE = timedelta(days=60)
REPLY_LIFE = timedelta(days=400)
# reply+ and a tenant's 26 letters leave 32 of the 64 that RFC 5321 gives the part before the @.
_SECRET_BYTES = 20
_ID_LETTERS = 26
_PREFIX = "reply+"

# A contact in the trash opens nothing any more.
_GRANT = text("""
SELECT g.id, g.contact_id, g.email, g.data
  FROM grants g JOIN contacts c ON c.id = g.contact_id AND c.deleted_at IS NULL
 WHERE g.kind = :kind AND g.secret_hash = :hash AND g.revoked_at IS NULL AND g.expires_at > :now
""")


class Opened(NamedTuple):
    """What a link opens for whom; `address` is where its letter went."""

    contact_id: UUID
    object: str
    record_id: UUID
    letter_id: UUID
    address: str


def make(contact_id: UUID, about: tuple[str, UUID], letter_id: UUID, address: str) -> str:
    """A fresh code that opens what the letter is about, and nothing else, for 60 days."""
    code = new_secret()
    _grant(LINK, code, LINK_LIFE, Opened(contact_id, *about, letter_id, address))
    return code


def open(code: str) -> Opened:  # noqa: A001 - what one does to a letter
    """What the code of a letter opens; NotFound where it never was one, has run out or was revoked."""
    return _opened(_found(LINK, code))


def url(code: str, tail: str = "") -> str:
    """The address at the portal behind a code."""
    return f"{subdomain(process.settings().base_url, f'{current().slug}-portal')}/l/{code}{tail}"


def make_reply_address(contact_id: UUID, about: tuple[str, UUID], letter_id: UUID, address: str) -> str:
    """A fresh address; what is sent to it lands in the conversation about that thing with that contact."""
    raw = secrets.token_bytes(_SECRET_BYTES)
    token = _letters(current().id.bytes) + _letters(raw)
    _grant(REPLY, token, REPLY_LIFE, Opened(contact_id, *about, letter_id, address))
    return f"{_PREFIX}{token}@{host()}"


def tenant_of(address: str) -> tuple[Tenant, str]:
    """Whose reply address this is, and its token; NotFound where it is nobody's. Case does not count."""
    token = address.strip().lower().partition("@")[0].removeprefix(_PREFIX)
    try:
        tenant = by_id(UUID(bytes=base64.b32decode(token[:_ID_LETTERS].upper() + "=" * 6)))
    except ValueError:
        raise NotFound("letters") from None
    if tenant is None:
        raise NotFound("letters")
    return tenant, token


def replied(token: str) -> Opened:
    """Whom a reply to this address is from, and what it is about; NotFound."""
    return _opened(_found(REPLY, token))


def _found(kind: str, secret: str) -> Row[tuple[UUID, UUID, str, dict[str, str]]]:
    values = {"kind": kind, "hash": hashed(secret), "now": now()}
    found = session.execute(_GRANT, values).one_or_none()
    if found is None:
        raise NotFound("letters")
    return found


def _opened(row: Row[tuple[UUID, UUID, str, dict[str, str]]]) -> Opened:
    data = row.data
    record_id, letter_id = parse_id(data["record_id"]), parse_id(data["letter_id"])
    assert record_id is not None
    assert letter_id is not None
    return Opened(row.contact_id, data["object"], record_id, letter_id, row.email)


def _grant(kind: str, secret: str, life: timedelta, to: Opened) -> None:
    data = {"object": to.object, "record_id": str(to.record_id), "letter_id": str(to.letter_id)}
    session.add(
        Grant(
            kind=kind,
            secret_hash=hashed(secret),
            contact_id=to.contact_id,
            email=to.address,
            data=data,
            created_at=now(),
            expires_at=now() + life,
        )
    )
    session.flush()


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
