"""What members do with a customer's way into the portal: invite, block, let in again, choose its sight."""

from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import require
from app.core.text import N_
from app.domain.portal import attempts, links, mails, queries, sessions
from app.domain.portal.models import PortalAccount
from app.domain.portal.rules import Sees
from app.records import facts, pointing, reading, registry, scope
from app.records.record import Record
from tenants.session import session

NO_ADDRESS = N_("This contact has no e-mail address. Add one, then invite.")
TAKEN = N_("Another contact uses the portal with this address.")


def invite(actor: Actor, contact_id: UUID, *, sees: Sees = "own") -> PortalAccount:
    """Mail the contact a link into the portal, for the first time or again; earlier links stop working.

    Raises Invalid where the contact has no address or another contact's account has it, Conflict where the
    account is in use or blocked.
    """
    contact = _contact(actor, contact_id)
    account = queries.of_contact(contact_id)
    if account is not None and account.state != "invited":
        raise Conflict(N_("This contact has an account already."))
    email = (contact["email"] or "").lower()
    if not email:
        raise Invalid.one("email", "required", NO_ADDRESS)
    if _is_taken(email, contact_id):
        raise Invalid.one("email", "taken", TAKEN)
    attempts.invitation()
    account = account or PortalAccount(contact_id=contact_id, state="invited")
    if account.email and account.email != email:
        links.cancel(account.email)
    account.email, account.sees, account.invited_by = email, sees, actor.member_id
    session.add(account)
    session.flush()
    facts.record(
        actor,
        "portal_invited",
        "contacts",
        contact_id,
        contact.title,
        about=_about(contact),
        data={"email": email},
    )
    mails.invitation(account)
    return account


def block(actor: Actor, contact_id: UUID) -> PortalAccount:
    """Shut the contact out: every session and link ends with its next request."""
    account, contact = _account(actor, contact_id)
    account.state = "blocked"
    sessions.end_all(account.id)
    links.cancel(account.email)
    session.flush()
    facts.record(actor, "portal_blocked", "contacts", contact_id, contact.title, about=_about(contact))
    return account


def unblock(actor: Actor, contact_id: UUID) -> PortalAccount:
    """Let the contact in again."""
    account, contact = _account(actor, contact_id)
    if account.state == "blocked":
        account.state = "active" if account.confirmed_at else "invited"
        session.flush()
        facts.record(actor, "portal_unblocked", "contacts", contact_id, contact.title, about=_about(contact))
    return account


def let_see(actor: Actor, contact_id: UUID, sees: Sees) -> PortalAccount:
    """Choose whether the account shows the contact's own dealings or the whole company's."""
    account, contact = _account(actor, contact_id)
    if account.sees != sees:
        account.sees = sees
        session.flush()
        data = {"sees": sees}
        facts.record(
            actor,
            "portal_sight_changed",
            "contacts",
            contact_id,
            contact.title,
            about=_about(contact),
            data=data,
        )
    return account


def _account(actor: Actor, contact_id: UUID) -> tuple[PortalAccount, Record]:
    contact = _contact(actor, contact_id)
    account = queries.of_contact(contact_id)
    if account is None:
        raise NotFound("portal_accounts")
    return account, contact


def _contact(actor: Actor, contact_id: UUID) -> Record:
    """The contact, where `actor` may change it."""
    require(actor, "contacts:write")
    contact = reading.fetch(actor, "contacts", contact_id)
    scope.permit(actor, registry.get("contacts"), "update", [contact_id])
    return contact


def _is_taken(email: str, contact_id: UUID) -> bool:
    other = queries.by_email(email)
    return other is not None and other.contact_id != contact_id


def _about(contact: Record) -> list[UUID]:
    company_id = pointing.whole(registry.get("contacts"), contact.id).get("company_id")
    return [contact.id, *([company_id] if company_id else [])]
