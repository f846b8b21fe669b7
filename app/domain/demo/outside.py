"""Who comes to the demo company from outside: customers with portal accounts, and a developer's app."""

from dataclasses import dataclass

from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.domain.apps import actions as apps
from app.domain.apps.actions import Wanted
from app.domain.apps.rules import SHAPES
from app.domain.identities import passwords
from app.domain.portal.models import PortalAccount
from tenants.session import session

# Companies by their names and what their first person sees; the first two have a delivery that is late.
_ACCOUNTS = (("Hartmann Maschinenbau", "company"), ("Brückner Anlagenbau", "own"), ("Cordes & Söhne", "own"))
_APP = Wanted(
    name="Order monitor",
    kind=SHAPES["server"].kind,
    grant_types=SHAPES["server"].grant_types,
    scopes=("companies:read", "contacts:read", "orders:read", "deliveries:read", "incidents:read"),
    description="Shows late deliveries on a screen in the warehouse.",
)

_SPEAKER = text("""
SELECT p.id, p.email, p.language
  FROM contacts p JOIN companies c ON c.id = p.company_id
 WHERE c.name = :company AND p.deleted_at IS NULL AND p.email IS NOT NULL
   AND p.id IN (SELECT contact_id FROM orders)
 ORDER BY p.id LIMIT 1
""")
_CUSTOMERS = text("""
SELECT p.name, a.email, c.name AS company
  FROM portal_accounts a JOIN contacts p ON p.id = a.contact_id JOIN companies c ON c.id = p.company_id
  JOIN links l ON l.kind = 'demo' AND l.from_object = 'contacts' AND l.from_id = p.id
 WHERE a.state = 'active' ORDER BY a.created_at, a.id
""")


@dataclass(frozen=True)
class Customer:
    """A customer who may sign in to the demo company's portal."""

    name: str
    email: str
    company: str


def open_portal(password: str) -> None:
    """Accounts for the first person of three companies; they go with the samples."""
    kept = passwords.hash_password(password)
    for company, sees in _ACCOUNTS:
        person = session.execute(_SPEAKER, {"company": company}).one()
        account = PortalAccount(
            contact_id=person.id,
            email=person.email,
            password_hash=kept,
            state="active",
            sees=sees,
            language=person.language,
            confirmed_at=now(),
            password_changed_at=now(),
        )
        session.add(account)
        session.flush()


def register_app(owner: Actor) -> None:
    """An app that reads what is late."""
    apps.register(owner, _APP)


def customers() -> list[Customer]:
    """The samples' customers with an account."""
    return [Customer(row.name, row.email, row.company) for row in session.execute(_CUSTOMERS)]
