"""What a conversation is about: the record, its customer, and who looks after it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.text import N_
from app.domain.messages.models import Thread
from app.records import reading, registry, scope
from app.records.tables import search
from tenants.session import session

_CONTACT = text("""
SELECT p.id, p.name, p.company_id, coalesce(p.owner_id, k.owner_id) AS owner_id
  FROM contacts p LEFT JOIN companies k ON k.id = p.company_id
 WHERE p.id = :id AND p.deleted_at IS NULL
""")


@dataclass(frozen=True)
class About:
    """A record (None: the contact alone), its title, and the customer it belongs to."""

    object: str | None
    record_id: UUID | None
    title: str
    contact_id: UUID | None
    contact_name: str
    company_id: UUID | None
    owner_id: UUID | None

    @property
    def told_on(self) -> tuple[str, UUID] | None:
        """The record whose page tells of it; a contact's or a company's conversation stands on theirs."""
        if self.object and self.record_id:
            return self.object, self.record_id
        if self.contact_id:
            return "contacts", self.contact_id
        return ("companies", self.company_id) if self.company_id else None

    @property
    def concerned(self) -> list[UUID]:
        """Everything whose timeline tells of it."""
        return [each for each in (self.record_id, self.contact_id, self.company_id) if each]


def find(actor: Actor, about: tuple[str, UUID] | None, contact_id: UUID | None) -> About:
    """What `actor` wants to talk about; NotFound for what is not for him to see.

    Whom to talk to is named, or is the record's contact; a customer talks for himself.
    """
    if actor.kind == "customer":
        contact_id = actor.id
    values, title = _record(actor, about) if about else ({}, "")
    person = contact_id or values.get("contact_id")
    if about and about[0] == "contacts":
        person = contact_id or about[1]
    if contact_id and actor.kind != "customer":
        scope.check(actor, registry.get("contacts"), contact_id)
    row = session.execute(_CONTACT, {"id": person}).one_or_none() if person else None
    if contact_id and row is None:
        raise NotFound("contacts")
    company_id = values.get("company_id") or (row.company_id if row else None)
    if about and about[0] == "companies":
        company_id = about[1]
    return About(
        about[0] if about else None,
        about[1] if about else None,
        title,
        row.id if row else None,
        row.name if row else "",
        company_id,
        values.get("owner_id") or (row.owner_id if row else None),
    )


def of_thread(thread: Thread) -> About:
    """What a thread is about, as it was found when it began."""
    row = session.execute(_CONTACT, {"id": thread.contact_id}).one_or_none() if thread.contact_id else None
    title = ""
    if thread.object and thread.record_id and thread.object != "contacts":
        title = _title(thread.object, thread.record_id)
    return About(
        thread.object,
        thread.record_id,
        title,
        thread.contact_id,
        row.name if row else "",
        thread.company_id,
        thread.owner_id or (row.owner_id if row else None),
    )


def receiver_missing() -> Invalid:
    """A message that goes to nobody."""
    return Invalid.one("contact_id", "required", N_("Choose whom to write to."))


def _record(actor: Actor, about: tuple[str, UUID]) -> tuple[dict[str, UUID | None], str]:
    name, record_id = about
    record = reading.fetch(actor, name, record_id)
    # What hangs on a record that one sees belongs where the record belongs, whatever one sees of that.
    values = _columns(name, record_id)
    if actor.kind != "customer" and "contact_id" in values:
        # Nobody writes to whom he does not see.
        values["contact_id"] = record.get("contact_id")
    return values, record.title


def _columns(name: str, record_id: UUID) -> dict[str, UUID | None]:
    table = registry.get(name).table
    wanted = [table.c[each] for each in ("contact_id", "company_id", "owner_id") if each in table.c]
    if not wanted:
        return {}
    return dict(session.execute(select(*wanted).where(table.c.id == record_id)).mappings().one())


def _title(name: str, record_id: UUID) -> str:
    """What a record is called, as it is found; empty where it is gone."""
    wanted = select(search.c.title).where(search.c.object == name, search.c.record_id == record_id)
    return session.scalar(wanted) or ""
