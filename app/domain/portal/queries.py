"""Portal accounts, by what is known of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound
from app.domain.members.models import Grant
from app.domain.portal import links
from app.domain.portal.models import Consent, PortalAccount
from app.records import identifiers
from tenants.session import session


@dataclass(frozen=True)
class Access:
    """What members see of a contact's way into the portal; `state` none: nobody has invited the contact."""

    state: str
    email: str = ""
    sees: str = "own"
    last_seen_at: datetime | None = None
    invited_until: datetime | None = None


def access(contact_id: UUID) -> Access:
    """The contact's way into the portal."""
    account = of_contact(contact_id)
    if account is None:
        return Access("none")
    until = _invited_until(account) if account.state == "invited" else None
    return Access(account.state, account.email, account.sees, account.last_seen_at, until)


def account(account_id: UUID) -> PortalAccount:
    """An account; NotFound where there is none."""
    found = session.get(PortalAccount, account_id)
    if found is None:
        raise NotFound("portal_accounts")
    return found


def of_contact(contact_id: UUID) -> PortalAccount | None:
    """The account of a contact, or None."""
    return session.scalar(select(PortalAccount).where(PortalAccount.contact_id == contact_id))


def by_email(email: str) -> PortalAccount | None:
    """The account whose address this is, in any state."""
    return session.scalar(select(PortalAccount).where(PortalAccount.email == email))


def contact_with(email: str) -> UUID | None:
    """The contact of whom this is one of the addresses, or None."""
    return identifiers.match("contacts", "email", [email]).get(email)


def consents(contact_id: UUID) -> list[Consent]:
    """What the contact answered, the latest first."""
    mine = select(Consent).where(Consent.contact_id == contact_id)
    return list(session.scalars(mine.order_by(Consent.at.desc(), Consent.id.desc())))


def _invited_until(account: PortalAccount) -> datetime | None:
    mine = (Grant.kind == links.KIND, Grant.account_id == account.id, Grant.revoked_at.is_(None))
    return session.scalar(select(Grant.expires_at).where(*mine, Grant.expires_at > now()).limit(1))
