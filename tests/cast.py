"""The cast: two companies, their people, and customers who keep turning up."""

from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from flask import Flask

from app.core.actor import Actor, Door
from app.core.clock import now
from app.core.ids import new_id
from app.core.permissions import ROLES
from app.domain.identities import actions as identities
from app.domain.identities.models import Identity
from app.domain.members.models import Member
from app.domain.workspace import actions as workspaces
from app.domain.workspace.rules import Workspace as Settings
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work

PASSWORD = "four friendly words together"


@dataclass(frozen=True)
class Person:
    """A member: which company, who, with which role."""

    name: str
    email: str
    role: str


@dataclass(frozen=True)
class Company:
    """A company that uses Kith, as it would sign up; the first of its people is its owner."""

    slug: str
    name: str
    language: str
    time_zone: str
    currency: str
    country: str
    people: tuple[Person, ...]

    @property
    def owner(self) -> Person:
        return self.people[0]


ANN = Person("Ann Berg", "ann.berg@nordwind.example", "owner")
BOB = Person("Bob Lind", "bob.lind@nordwind.example", "member")
RITA = Person("Rita Vogt", "rita.vogt@nordwind.example", "admin")
RALF = Person("Ralf Reiter", "ralf.reiter@nordwind.example", "reader")
NORDWIND = Company("nordwind", "Nordwind GmbH", "de", "Europe/Berlin", "EUR", "DE", (ANN, BOB, RITA, RALF))

KIM = Person("Kim Park", "kim.park@kestrel.example", "owner")
LEO = Person("Leo Hart", "leo.hart@kestrel.example", "member")
KESTREL = Company("kestrel", "Kestrel Ltd", "en", "Europe/London", "GBP", "GB", (KIM, LEO))


@dataclass(frozen=True)
class Customer:
    """A contact of a company, and where they work."""

    first_name: str
    last_name: str
    email: str
    company: str
    city: str
    country: str = "DE"


CAROL = Customer("Carol", "Meyer", "carol@meyer-maschinenbau.example", "Meyer Maschinenbau", "Köln")
DAN = Customer("Dan", "Otto", "dan@wandernde-kuh.example", "Die Wandernde Kuh", "Stuttgart")


@dataclass(frozen=True)
class Workspace:
    """A company that has signed up, and the ids of its people by e-mail."""

    company: Company
    tenant: Tenant
    members: dict[str, UUID] = field(default_factory=dict)
    identities: dict[str, UUID] = field(default_factory=dict)

    def actor(self, person: Person, door: Door = "web") -> Actor:
        """`person` at work, with the rights of the role."""
        return Actor(
            kind="member",
            id=self.members[person.email],
            name=person.name,
            door=door,
            permissions=ROLES[person.role],
            role=person.role,
            identity_id=self.identities[person.email],
            language=self.company.language,
            time_zone=self.company.time_zone,
        )


def settle(app: Flask, company: Company, tenant: Tenant) -> Workspace:
    """The company's settings and people, written into its fresh tenant; everybody's password is PASSWORD."""
    workspace = Workspace(company, tenant)
    chosen = Settings(
        company=company.name,
        time_zone=company.time_zone,
        language=company.language,
        currency=company.currency,
        country=company.country,
    )
    with app.app_context(), entered(tenant), unit_of_work():
        workspaces.seed(chosen)
        for person in company.people:
            _join(workspace, person)
    return workspace


def _join(workspace: Workspace, person: Person) -> None:
    """`person` as a member with a confirmed identity, without the invitation that leads there."""
    language = workspace.company.language
    identity = Identity(
        id=new_id(), email=person.email, name=person.name, password_hash=password_hash(),
        confirmed_at=now(), language=language, created_at=now(), password_changed_at=now(),
    )  # fmt: skip
    member = Member(
        id=new_id(), identity_id=identity.id, email=person.email, name=person.name, role=person.role
    )
    session.add_all((identity, member))
    identities.join(identity, workspace.tenant)
    workspace.identities[person.email] = identity.id
    workspace.members[person.email] = member.id


@lru_cache
def password_hash() -> str:
    """The hash of PASSWORD, cheap to make and to check: the cost is tested elsewhere."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
