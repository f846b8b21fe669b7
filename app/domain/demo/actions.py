"""Filling a workspace with samples, clearing them again, and the demo company."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.ids import new_id
from app.core.permissions import EVERYTHING, require
from app.core.text import N_
from app.domain.demo import filling, outside, samples
from app.domain.demo.outside import Customer
from app.domain.identities import actions as identities
from app.domain.identities import queries as identity_queries
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.members.models import Member
from app.domain.members.sessions import actor_of
from app.domain.signup.actions import create_workspace
from app.domain.signup.rules import Request
from app.domain.standing import today
from app.domain.workspace.rules import Workspace
from app.records import facts
from tenants.catalogue import by_slug
from tenants.context import Tenant, entered
from tenants.session import session

FILL_JOB = "demo.fill"
CLEAR_JOB = "demo.clear"
SLUG = "nordwind"
COMPANY = "Nordwind GmbH"
PASSWORD = "pump valve seal kit"  # noqa: S105 - printed for everybody who looks at the samples
_SIGNUP = UUID("6f0a4a53-2b52-4f0f-8f0e-0d3f5a4b9c11")
_WORKSPACE = Workspace(time_zone="Europe/Berlin", language="en", currency="EUR", country="DE")


@dataclass(frozen=True)
class Person:
    """A member of the demo company."""

    name: str
    email: str
    role: str


PEOPLE = (
    Person("Jule Petersen", "jule@nordwind.example", "owner"),
    Person("Omar Haddad", "omar@nordwind.example", "admin"),
    Person("Tess Whitaker", "tess@nordwind.example", "member"),
    Person("Piet Lorenz", "piet@nordwind.example", "reader"),
)


@dataclass(frozen=True)
class Demo:
    """How to enter the demo company and its portal; `is_new` where it was made just now."""

    tenant: Tenant
    people: Sequence[Person]
    customers: Sequence[Customer]
    password: str
    is_new: bool


def create_demo(password: str = PASSWORD) -> Demo:
    """The demo company with its people and samples; where its address is taken already, nothing is done."""
    known = by_slug(SLUG)
    if known is not None:
        with entered(known):
            return Demo(known, PEOPLE, outside.customers(), password, is_new=False)
    owner = PEOPLE[0]
    request = Request(COMPANY, owner.name, owner.email, password, SLUG, _WORKSPACE)
    made = create_workspace(request, signup_id=_SIGNUP, is_confirmed=True)
    others = [_join(made.tenant, person, password) for person in PEOPLE[1:]]
    with entered(made.tenant):
        session.add_all(others)
        session.flush()
        workers = [made.member.id, *(member.id for member in others if member.role != "reader")]
        filling.fill(_demonstrator(), workers)
        outside.open_portal(password)
        outside.register_app(actor_of(made.member, door="demo"))
        customers = outside.customers()
    return Demo(made.tenant, PEOPLE, customers, password, is_new=True)


def start_filling(actor: Actor) -> Job:
    """The job that fills an empty workspace with samples; Conflict where there is something already."""
    require(actor, "demo:clear")
    if not today.is_empty():
        raise Conflict(N_("There are records already: samples are for an empty workspace."))
    return jobs.start(actor, FILL_JOB, N_("Fill with sample data"), {"member_id": str(actor.member_id)})


def start_clearing(actor: Actor) -> Job:
    """The job that removes the samples, and nothing but the samples."""
    require(actor, "demo:clear")
    return jobs.start(actor, CLEAR_JOB, N_("Clear the sample data"))


def fill(job_id: UUID) -> None:
    """Carry out a filling."""
    job = slices.enter(job_id)
    if job is None:
        return
    if today.is_empty():
        filling.fill(_demonstrator(), [UUID(job.params["member_id"])])
    slices.progress(job, done=samples.count(), total=samples.count())
    slices.finish(job)


def clear(job_id: UUID) -> bool:
    """Carry out a slice of a clearing; whether there is more to do."""
    job = slices.enter(job_id)
    if job is None:
        return False
    samples.mark_clocked()
    total = job.rows_total or samples.count()
    budget, done = slices.Budget(), 0
    for name in samples.CLEARED:
        done += samples.remove(name)
        if budget.is_spent():
            break
    slices.progress(job, done=done, total=total)
    if samples.exist():
        return True
    facts.record(_demonstrator(), "demo_cleared", None, None, data={"records": total})
    slices.finish(job, {"records": total})
    return False


def _join(tenant: Tenant, person: Person, password: str) -> Member:
    """A colleague without the invitation that usually leads here."""
    identity = identity_queries.owner_of(person.email) or identities.register(
        person.email,
        person.name,
        password,
        _WORKSPACE.language,
        identity_id=uuid5(_SIGNUP, person.email),
        is_confirmed=True,
    )
    identities.join(identity, tenant)
    return Member(
        id=new_id(), identity_id=identity.id, email=person.email, name=person.name, role=person.role
    )


def _demonstrator() -> Actor:
    return Actor("system", None, "Kith", "demo", EVERYTHING)
