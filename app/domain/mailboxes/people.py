"""Who is who in a mail: ours, known contacts and companies, and those somebody decided about."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, or_, select, text

from app.domain.mailboxes.models import Correspondent, MailboxItem
from app.domain.mailboxes.rules import FREE_MAIL, Contact, Known, company_domain, domain_of
from app.records.tables import identifiers
from tenants.session import session

_OURS = text("""
SELECT id, lower(email) AS address, name FROM members WHERE removed_at IS NULL
 UNION ALL
SELECT member_id, lower(address), '' FROM mailboxes WHERE removed_at IS NULL
""")
_KNOWN = text("""
SELECT i.object, i.value, i.record_id, c.name, c.company_id
  FROM identifiers i LEFT JOIN contacts c ON i.object = 'contacts' AND c.id = i.record_id
 WHERE i.is_live
   AND ((i.kind = 'email' AND i.object IN ('contacts', 'companies') AND i.value = ANY(:addresses))
        OR (i.kind = 'domain' AND i.object = 'companies' AND i.value = ANY(:domains)))
 ORDER BY i.record_id DESC
""")


def waits() -> ColumnElement[bool]:
    """Whether a mail waits for its people to become known."""
    return or_(
        MailboxItem.state == "unknown", and_(MailboxItem.state == "ignored", MailboxItem.reason == "ignored")
    )


def has_contact() -> ColumnElement[bool]:
    """Whether somebody in a mail is a contact by now."""
    known = identifiers.c
    return (
        select(known.value)
        .where(
            known.object == "contacts",
            known.kind == "email",
            known.is_live,
            known.value == any_(MailboxItem.participants),
        )
        .exists()
    )


@dataclass(frozen=True)
class Ours:
    """Our own addresses with whose they are, and the domains at which only we are."""

    members: dict[str, UUID]
    names: dict[UUID, str]
    domains: frozenset[str]


def ours() -> Ours:
    """The addresses of members and of connected mailboxes."""
    rows = session.execute(_OURS).all()
    members = {row.address: row.id for row in rows}
    return Ours(
        members,
        {row.id: row.name for row in rows if row.name},
        frozenset(map(domain_of, members)) - FREE_MAIL,
    )


def known(addresses: Iterable[str], member_id: UUID) -> Known:
    """Contacts and companies with these addresses in one statement, and what the member decided."""
    wanted = sorted(set(addresses))
    domains = sorted({domain for each in wanted if (domain := company_domain(each))})
    contacts: dict[str, Contact] = {}
    companies: dict[str, UUID] = {}
    for row in session.execute(_KNOWN, {"addresses": wanted, "domains": domains}):
        if row.object == "contacts":
            contacts[row.value] = Contact(row.record_id, row.name or row.value, row.company_id)
        else:
            companies[row.value] = row.record_id
    return Known(contacts, companies, _decisions(wanted, member_id))


def _decisions(addresses: list[str], member_id: UUID) -> dict[str, str]:
    keys = {*addresses, *(f"@{domain_of(each)}" for each in addresses)}
    statement = select(Correspondent.address, Correspondent.decision).where(
        Correspondent.member_id == member_id, Correspondent.address.in_(keys)
    )
    return {row.address: row.decision for row in session.execute(statement)}
