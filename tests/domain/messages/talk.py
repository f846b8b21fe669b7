"""The scene of the tests of talk: Meyer is a customer of Nordwind, Carol and Carl work there."""

from dataclasses import dataclass, replace
from uuid import UUID

from app.core.actor import Actor
from app.core.permissions import CUSTOMER
from app.records import writing
from app.records.record import Record


@dataclass(frozen=True)
class Scene:
    """A company with two people and an order of one of them."""

    company: Record
    carol: Record
    carl: Record
    order: Record

    def customer(self, contact: Record, *, sees_company: bool = False) -> Actor:
        """A contact in the portal."""
        return Actor(
            kind="customer",
            id=contact.id,
            name=contact.title,
            door="portal",
            permissions=CUSTOMER,
            company_id=self.company.id,
            sees_company=sees_company,
        )

    @property
    def as_carol(self) -> Actor:
        return self.customer(self.carol)

    @property
    def as_carl(self) -> Actor:
        return self.customer(self.carl)


def scene(actor: Actor, owner_id: UUID | None = None) -> Scene:
    """The scene, made by a member."""
    quiet = replace(actor)
    company = writing.create(quiet, "companies", {"name": "Meyer Maschinenbau", "owner_id": owner_id})
    carol = _person(actor, "Carol", "carol@meyer-maschinenbau.example", company, "de")
    carl = _person(actor, "Carl", "carl@meyer-maschinenbau.example", company, "en")
    order = writing.create(
        actor, "orders", {"number": "10248", "company_id": company.id, "contact_id": carol.id}
    )
    return Scene(company, carol, carl, order)


def _person(actor: Actor, name: str, email: str, company: Record, language: str) -> Record:
    values = {"first_name": name, "last_name": "Meyer", "email": email, "company_id": company.id}
    return writing.create(actor, "contacts", values | {"language": language})
