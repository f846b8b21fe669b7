"""Strangers who write: a member makes contacts of them, ignores or blocks them, one or many at once."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid
from app.core.permissions import require
from app.core.text import N_
from app.domain.mailboxes import people, queries, syncing
from app.domain.mailboxes.models import Correspondent, MailboxItem
from app.domain.mailboxes.rules import company_domain, domain_of, name_from
from app.domain.messages.models import Mailbox
from app.records import writing
from tenants.session import session

MOST = 200
SHARED = N_("Everybody can have an address at %(domain)s: block the address alone.")


def accept(actor: Actor, addresses: Sequence[str]) -> list[UUID]:
    """Make a contact of each stranger, at the company whose domain the address has, and fetch their mails.

    A company that nobody knows is made with its domain. Who is a contact by now is taken as he is.
    """
    require(actor, "mailboxes:use")
    made = [_contact(actor, address, name) for address, name in _waiting(actor, addresses).items()]
    _look_again(actor)
    return made


def ignore(actor: Actor, addresses: Sequence[str]) -> int:
    """Ask no more about these; should one become a contact, the mails come with them. How many mails."""
    return _decide(actor, list(_waiting(actor, addresses)), "ignored")


def block(actor: Actor, addresses: Sequence[str], *, whole_domain: bool = False) -> int:
    """Take nothing more from these addresses, or from everybody at their domains; known contacts too."""
    told = list(_waiting(actor, addresses))
    if whole_domain:
        shared = [each for each in told if company_domain(each) is None]
        if shared:
            raise Invalid.one("domain", "shared", SHARED, domain=domain_of(shared[0]))
        told = list(dict.fromkeys(f"@{domain_of(each)}" for each in told))
    return _decide(actor, told, "blocked")


def reconsider(actor: Actor, address: str) -> None:
    """Take a decision back: the mails that are still there are met anew."""
    require(actor, "mailboxes:use")
    mine = (Correspondent.member_id == actor.member_id, Correspondent.address == address)
    session.execute(delete(Correspondent).where(*mine))
    session.execute(
        delete(MailboxItem).where(
            MailboxItem.state == "ignored",
            MailboxItem.reason.in_(("ignored", "blocked")),
            MailboxItem.mailbox_id.in_(_own(actor)),
        ),
        execution_options={"synchronize_session": False},
    )
    for mailbox in queries.own(actor):
        # Folders are looked through from their start; what was met otherwise is passed over.
        mailbox.folders = [{**place, "complete": False} for place in mailbox.folders]
    session.flush()
    _look_again(actor)


def _contact(actor: Actor, address: str, called: str) -> UUID:
    known = people.known([address], actor.member_id or UUID(int=0))
    if contact := known.contacts.get(address):
        return contact.id
    first, last = name_from(address, called)
    company = known.company(address) or _company(actor, address)
    values = {"first_name": first, "last_name": last, "email": address, "company_id": company}
    return writing.create(actor, "contacts", {name: value for name, value in values.items() if value}).id


def _company(actor: Actor, address: str) -> UUID | None:
    domain = company_domain(address)
    if domain is None:
        return None
    name = domain.partition(".")[0].replace("-", " ").title()
    return writing.create(actor, "companies", {"name": name, "domain": domain}).id


def _waiting(actor: Actor, addresses: Sequence[str]) -> dict[str, str]:
    """Those of the addresses that wait for this actor's decision, with what they are called."""
    require(actor, "mailboxes:use")
    if len(addresses) > MOST:
        raise Invalid.one("addresses", "too_many", N_("Decide about at most %(most)s at once."), most=MOST)
    statement = (
        select(MailboxItem.correspondent, MailboxItem.correspondent_name)
        .where(
            MailboxItem.state == "unknown",
            MailboxItem.correspondent.in_(list(addresses)),
            MailboxItem.mailbox_id.in_(_own(actor)),
        )
        .ext(distinct_on(MailboxItem.correspondent))
        .order_by(MailboxItem.correspondent, MailboxItem.sent_at.desc(), MailboxItem.id.desc())
    )
    return {row.correspondent: row.correspondent_name or "" for row in session.execute(statement)}


def _decide(actor: Actor, addresses: Sequence[str], decision: str) -> int:
    rows = [
        {"member_id": actor.member_id, "address": each, "decision": decision, "decided_at": now()}
        for each in addresses
    ]
    if not rows:
        return 0
    statement = insert(Correspondent)
    changed = {"decision": statement.excluded.decision, "decided_at": statement.excluded.decided_at}
    session.execute(
        statement.on_conflict_do_update(index_elements=["member_id", "address"], set_=changed), rows
    )
    return _put_aside(actor, addresses, decision)


def _put_aside(actor: Actor, addresses: Iterable[str], decision: str) -> int:
    """Their waiting mails wait no more; of blocked ones nothing is kept but that they were met."""
    told = list(addresses)
    theirs = or_(
        MailboxItem.correspondent.in_(told),
        *(MailboxItem.correspondent.endswith(each, autoescape=True) for each in told if each.startswith("@")),
    )
    nothing: dict[str, Any] = {"correspondent": None, "correspondent_name": None, "participants": []}
    kept = {} if decision == "ignored" else nothing
    done = session.execute(
        update(MailboxItem)
        .where(MailboxItem.state == "unknown", MailboxItem.mailbox_id.in_(_own(actor)), theirs)
        .values(state="ignored", reason=decision, subject="", **kept)
        .returning(MailboxItem.id),
        execution_options={"synchronize_session": False},
    ).all()
    return len(done)


def _own(actor: Actor) -> Select[UUID]:
    return select(Mailbox.id).where(Mailbox.member_id == actor.member_id, Mailbox.removed_at.is_(None))


def _look_again(actor: Actor) -> None:
    for mailbox in queries.own(actor):
        if mailbox.state in {"idle", "failing"}:
            syncing.stage(mailbox.id)
