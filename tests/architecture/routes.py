"""Every route of the workspace with addresses filled in from what a company owns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Insert, insert, select, text
from werkzeug.routing import Rule

from app.core.actor import Actor
from app.domain import catalogue
from app.domain.apps import actions as apps
from app.domain.apps import consents
from app.domain.apps.actions import Wanted
from app.domain.files.models import File
from app.domain.jobs.models import Job
from app.domain.letters.models import Letter
from app.domain.members import roles, teams
from app.domain.members.models import Grant
from app.domain.messages import actions as talk
from app.domain.messages.models import Mailbox
from app.domain.operators.models import SupportAccess
from app.domain.views import actions as views
from app.domain.views.actions import Wish
from app.records import writing
from tenants.context import current, entered
from tenants.session import session, unit_of_work
from tests.cast import Person, Workspace

DOOR = "workspace."
FIELD_OF = {"order_lines": "quantity", "incidents": "severity", "activities": "subject", "cases": "subject"}


@dataclass(frozen=True)
class Owned:
    """Ids of one thing of each kind that a company has; `records` by object."""

    records: Mapping[str, UUID]
    others: Mapping[str, UUID]

    @classmethod
    def nothing(cls) -> "Owned":
        """Ids that nobody has."""
        return cls({each.name: uuid4() for each in catalogue.OBJECTS}, dict.fromkeys(OTHERS, uuid4()))


TALK = ("thread_id", "message_id", "letter_id")
OTHERS = (
    "fact_id",
    "job_id",
    "file_id",
    "member_id",
    "invitation_id",
    "session_id",
    "app_id",
    "consent_id",
    "mailbox_id",
    "access_id",
    "role_id",
    "team_id",
    "view_id",
    *TALK,
)


@dataclass(frozen=True)
class Request:
    """One request to make: route, method and path."""

    endpoint: str
    method: str
    path: str
    names_a_thing: bool


def rules(app: Flask) -> list[Rule]:
    """The workspace's routes."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(DOOR)]


def requests(app: Flask, owned: Owned) -> Iterator[Request]:
    """Every route with every method, once for each object where it is about records."""
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            names = rule.arguments - {"slug"}
            for described in catalogue.OBJECTS if "described" in names else (None,):
                values = {name: _value(name, described.name if described else "", owned) for name in names}
                path = app.url_map.bind("localhost:8000").build(
                    rule.endpoint, values | {"slug": "x"}, method=method, force_external=True
                )
                known = bool(names & {"record_id", "activity_id", "incident_id", "contact_id", *OTHERS})
                yield Request(rule.endpoint.removeprefix(DOOR), method, path.split("8000", 1)[1], known)


def _value(name: str, object_name: str, owned: Owned) -> object:
    match name:
        case "described":
            return object_name
        case "record_id":
            return owned.records[object_name]
        case "field_name":
            return FIELD_OF.get(object_name, "description")
        case "target" | "name":
            return "companies"
        case "action":
            return "edit"
        case "row_number":
            return 1
        case "activity_id":
            return owned.records["activities"]
        case "incident_id":
            return owned.records["incidents"]
        case "invoice_number":
            return "2026-00001"
        case "contact_id":
            return owned.records["contacts"]
    if name in owned.others:
        return owned.others[name]
    raise KeyError(f"routes have a new argument {name}: say in tests/architecture/routes.py what it names")


def fill(app: Flask, workspace: Workspace, owner: Person, other: Person) -> Owned:
    """Give the company one of everything and tell the ids; names carry the company's own name."""
    actor, name = workspace.actor(owner), workspace.company.name
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        company = writing.create(actor, "companies", {"name": f"Customer of {name}"}).id
        order = writing.create(actor, "orders", {"company_id": company}).id
        records = {
            "companies": company,
            "orders": order,
            "contacts": writing.create(actor, "contacts", {"last_name": f"Person of {name}"}).id,
            "deals": writing.create(actor, "deals", {"name": f"Deal of {name}"}).id,
            "activities": writing.create(actor, "activities", {"subject": f"Call of {name}"}).id,
            "order_lines": writing.create(actor, "order_lines", {"order_id": order}).id,
            "deliveries": writing.create(actor, "deliveries", {"order_id": order}).id,
            "incidents": writing.create(actor, "incidents", {"kind": "quality"}).id,
            "cases": writing.create(actor, "cases", {"subject": f"Case of {name}"}).id,
            "products": writing.create(actor, "products", {"name": f"Product of {name}"}).id,
        }
        fact = session.scalar(text("SELECT id FROM facts WHERE record_id = :id"), {"id": company})
        job, invitation = uuid4(), uuid4()
        session.execute(insert(Job).values(id=job, kind="none", state="failed", started_by=actor.id))
        session.execute(_invitation(invitation))
        own = session.scalar(select(Grant.id).where(Grant.kind == "session"))
        others = {
            "fact_id": fact,
            "job_id": job,
            "file_id": file_of(actor, company),
            "member_id": workspace.members[other.email],
            "invitation_id": invitation,
            "session_id": own or uuid4(),
            **_app(actor, name),
            "mailbox_id": _mailbox(actor, name),
            "access_id": _support(actor, name),
            "role_id": roles.create(actor, roles.Told(f"Role of {name}")).id,
            "team_id": teams.create(actor, f"Team of {name}").id,
            "view_id": views.create(actor, "companies", Wish(f"View of {name}", shared="everyone")).id,
            **talk_with(actor, records["contacts"]),
        }
    return Owned(records, others)


def file_of(actor: Actor, company: UUID) -> UUID:
    """A file of the company that its colleagues may load."""
    file = File(
        id=uuid4(),
        object="companies",
        record_id=company,
        name="offer.pdf",
        storage_key=f"{current().schema}/{uuid4()}",
        state="ready",
        size=1,
        created_by=actor.id,
    )
    session.add(file)
    session.flush()
    return file.id


def talk_with(actor: Actor, contact_id: UUID) -> dict[str, UUID]:
    """A mail of a customer, and a letter that waits for a yes."""
    written = talk.write(actor, contact_id=contact_id, body="An internal word", note=True)
    written.html = "<p>As it was designed</p>"
    letter = Letter(
        id=uuid4(),
        kind="delay",
        key=f"delay:{contact_id}",
        state="waiting",
        contact_id=contact_id,
        object="contacts",
        record_id=contact_id,
        address="customer@example.org",
        language="en",
    )
    session.add(letter)
    session.flush()
    return {"thread_id": written.thread_id, "message_id": written.id, "letter_id": letter.id}


def _app(actor: Actor, name: str) -> dict[str, UUID]:
    wanted = Wanted(f"App of {name}", "confidential", ("client_credentials",), ("contacts:read",))
    made, _secret = apps.register(actor, wanted)
    consent = consents.of_company(made)
    assert consent
    return {"app_id": made.id, "consent_id": consent.id}


def _mailbox(actor: Actor, name: str) -> UUID:
    servers = {
        kind: {"host": "mail.example.com", "port": 993, "security": "tls"} for kind in ("imap", "smtp")
    }
    mailbox = Mailbox(
        member_id=actor.id,
        address=f"ann@{name}",
        username="ann",
        secret_encrypted="",
        state="paused",
        **servers,
    )
    session.add(mailbox)
    session.flush()
    return mailbox.id


def _support(actor: Actor, name: str) -> UUID:
    access = SupportAccess(
        id=uuid4(),
        tenant_id=current().id,
        operator_id=actor.identity_id,
        reason=f"To help {name}",
        minutes=60,
    )
    session.add(access)
    session.flush()
    return access.id


def _invitation(invitation_id: UUID) -> Insert:
    return insert(Grant).values(
        id=invitation_id,
        kind="invitation",
        secret_hash=invitation_id.bytes,
        email="guest@example.org",
        data={"role": "member"},
        expires_at=text("now() + interval '1 day'"),
    )
