"""What is known of letters and of whom they are for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, text

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.domain.letters.models import Letter
from app.records import scope
from tenants.session import session

ABOUT_INCIDENTS = ("delay", "received", "solved")
_RECEIVERS = text("""
SELECT c.id, c.name, c.first_name, c.last_name, c.salutation, c.email, c.language, c.mail_consent,
       c.company_id, coalesce(c.owner_id, k.owner_id) AS owner_id
  FROM contacts c LEFT JOIN companies k ON k.id = c.company_id
 WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.deleted_at IS NULL
""")
_STOP = text("SELECT scope FROM mail_stops WHERE address = lower(:address)")
_OWNERS = text("SELECT id FROM members WHERE role = 'owner' AND removed_at IS NULL ORDER BY id")
_ACTIVE = text("SELECT id FROM members WHERE id = :id AND removed_at IS NULL")
_FIRST = (Letter.created_at, Letter.id)


@dataclass(frozen=True)
class Receiver:
    """A contact as somebody to write to; `owner_id` is who looks after the relation."""

    id: UUID
    name: str
    first_name: str
    last_name: str
    salutation: str | None
    email: str | None
    language: str | None
    mail_consent: str
    company_id: UUID | None
    owner_id: UUID | None


@dataclass(frozen=True)
class Carried:
    """What became of the mail that carried a message; the states are a letter's."""

    state: str
    error: str | None
    sent_at: datetime | None
    address: str


def receiver(contact_id: UUID) -> Receiver | None:
    """The contact, or None where there is none (any more)."""
    return receivers([contact_id]).get(contact_id)


def receivers(contact_ids: Collection[UUID]) -> dict[UUID, Receiver]:
    """Those of the contacts that are there."""
    if not contact_ids:
        return {}
    rows = session.execute(_RECEIVERS, {"ids": list(contact_ids)}).mappings()
    return {row["id"]: Receiver(**row) for row in rows}


def stop_of(address: str) -> str | None:
    """What the address has stopped: all, notices, or None."""
    found: str | None = session.scalar(_STOP, {"address": address})
    return found


def waiting(actor: Actor, limit: int = 20) -> Sequence[Letter]:
    """Letters that wait for a yes, the oldest first."""
    require(actor, "messages:read")
    statement = select(Letter).where(Letter.state == "waiting").order_by(*_FIRST).limit(limit)
    if (theirs := scope.among(actor, ["contacts"], literal("contacts"), Letter.contact_id)) is not None:
        statement = statement.where(theirs)
    return session.scalars(statement).all()


def of_incident(actor: Actor, incident_id: UUID) -> Sequence[Letter]:
    """Letters to the customer about an incident, the earliest first."""
    require(actor, "messages:read")
    keys = [key_of(kind, incident_id) for kind in ABOUT_INCIDENTS]
    return session.scalars(select(Letter).where(Letter.key.in_(keys)).order_by(*_FIRST)).all()


def key_of(kind: str, incident_id: UUID) -> str:
    """What makes a letter about an incident the only one of its kind."""
    return f"{kind}:{incident_id}"


def of_messages(message_ids: Collection[UUID]) -> dict[UUID | None, Carried]:
    """What became of the mails that carried these messages, by message."""
    if not message_ids:
        return {}
    columns = (Letter.message_id, Letter.state, Letter.error, Letter.sent_at, Letter.address)
    rows = session.execute(select(*columns).where(Letter.message_id.in_(list(message_ids))))
    return {row.message_id: Carried(row.state, row.error, row.sent_at, row.address) for row in rows}


def get(letter_id: UUID, *, hold: bool = False) -> Letter:
    """A letter, locked with `hold`; raises NotFound."""
    statement = select(Letter).where(Letter.id == letter_id)
    found = session.scalar(statement.with_for_update() if hold else statement)
    if found is None:
        raise NotFound("letters")
    return found


def who_to_tell(owner_id: UUID | None) -> list[UUID]:
    """Who looks after the relation, or where there is nobody (any more) the owners of the workspace."""
    if owner_id is not None and session.scalar(_ACTIVE, {"id": owner_id}):
        return [owner_id]
    return list(session.scalars(_OWNERS))
