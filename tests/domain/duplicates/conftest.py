"""Carol Meyer, typed in twice, with something of everything that can belong to a contact."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.ids import new_id
from app.records import writing
from tenants.session import session
from tests.office import ann, bob, office, ralf

__all__ = ["ann", "bob", "office", "ralf"]


@dataclass(frozen=True)
class Two:
    """The contact to keep, the one to drop, and the company of the latter."""

    keep: UUID
    drop: UUID
    company: UUID


@pytest.fixture
def two(ann: Actor) -> Two:
    """Carol twice."""
    return carol_twice(ann)


def carol_twice(actor: Actor) -> Two:
    """Carol, and Carol as somebody typed her in again at her company."""
    company = writing.create(actor, "companies", {"name": "Meyer Maschinenbau", "city": "Köln"})
    keep = writing.create(
        actor,
        "contacts",
        {
            "first_name": "Carol",
            "last_name": "Meyer",
            "email": "carol@meyer.example",
            "city": "Köln",
            "external_ids": {"sap": "1"},
        },
    )
    drop = writing.create(
        actor,
        "contacts",
        {
            "first_name": "Carol",
            "last_name": "Meier",
            "email": "c.meier@meyer.example",
            "phone": "+49 221 4711",
            "company_id": str(company.id),
            "title": "Buyer",
            "external_ids": {"sap": "2", "shop": "77"},
        },
    )
    return Two(keep.id, drop.id, company.id)


def belongings(actor: Actor, contact_id: UUID) -> dict[str, UUID]:
    """One record or row of each kind that points to the contact."""
    given = {"contact_id": str(contact_id)}
    made: dict[str, UUID] = {}
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("deals", {"name": "Presses"}),
        ("orders", {"number": f"N-{new_id().hex[-8:]}"}),
        ("deliveries", {}),
        ("incidents", {"kind": "quality", "subject": "Scratched"}),
        ("cases", {"subject": "How do I clean it?"}),
        ("activities", {"subject": "Call her"}),
    )
    for name, values in rows:
        made[name] = writing.create(actor, name, {**values, **given}).id
    trashed = writing.create(actor, "activities", {"subject": "Old call", **given})
    writing.trash(actor, "activities", trashed.id)
    made["trashed activities"] = trashed.id
    for table, sql in _ROWS.items():
        made[table] = new_id()
        session.execute(
            text(sql),
            {"id": made[table], "contact": contact_id, "member": actor.id, "thread": made.get("threads")},
        )
    return made


_ROWS = {
    "threads": "INSERT INTO threads (id, subject, object, record_id, contact_id)"
    " VALUES (:id, 'Hello', 'contacts', :contact, :contact)",
    "messages": "INSERT INTO messages (id, thread_id, kind, direction, author_kind, contact_id)"
    " VALUES (:id, :thread, 'mail', 'in', 'customer', :contact)",
    "files": "INSERT INTO files (id, object, record_id, name, storage_key, created_by, created_by_kind)"
    " VALUES (:id, 'contacts', :contact, 'plan.pdf', CAST(:id AS text), :contact, 'customer')",
    "letters": "INSERT INTO letters (id, kind, key, state, contact_id, object, record_id, address, language)"
    " VALUES (:id, 'delay', CAST(:id AS text), 'sent', :contact, 'contacts', :contact, 'c@x.example', 'de')",
    "mail_stops": "INSERT INTO mail_stops (address, scope, reason, contact_id)"
    " VALUES (CAST(:id AS text), 'notices', 'asked', :contact)",
    "consents": "INSERT INTO consents (id, contact_id, purpose, state, door)"
    " VALUES (:id, :contact, 'mail', 'granted', 'portal')",
    "notices": "INSERT INTO notices (id, key, member_id, kind, object, record_id)"
    " VALUES (:id, CAST(:id AS text), :member, 'late', 'contacts', :contact)",
    "links": "INSERT INTO links (id, kind, from_object, from_id, to_object, to_id)"
    " VALUES (:id, 'knows ' || CAST(:id AS text), 'contacts', :contact, 'members', :member)",
    "grants": "INSERT INTO grants (id, kind, secret_hash, contact_id, expires_at)"
    " VALUES (:id, 'portal_session', CAST(CAST(:id AS text) AS bytea), :contact, now())",
}
