"""Customers of the cast, with one of everything that a portal shows, and their browsers."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import CUSTOMER
from app.domain.files.models import File
from app.domain.identities.sessions import Where
from app.domain.letters import actions as letters
from app.domain.letters.models import Letter
from app.domain.messages import actions as talking
from app.domain.portal import entering, queries, sessions
from app.domain.portal.models import PortalAccount
from app.records import habits, reading, writing
from tenants import catalogue
from tenants.context import current, entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import Workspace, password_hash
from tests.visitor import Visitor

WHERE = Where("203.0.113.9", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605")


@dataclass(frozen=True)
class Customer:
    """A contact with a portal account, and the ids of what is his."""

    workspace: Workspace
    name: str
    email: str
    contact_id: UUID
    company_id: UUID
    account_id: UUID
    records: dict[str, UUID]
    thread_id: UUID
    file_id: UUID

    def actor(self, *, sees_company: bool = False) -> Actor:
        return Actor(
            "customer", self.contact_id, self.name, "portal", CUSTOMER,
            company_id=self.company_id, sees_company=sees_company,
        )  # fmt: skip

    @property
    def host(self) -> str:
        return f"http://{self.workspace.tenant.slug}-portal.localhost:8000"


def company(app: Flask, workspace: Workspace, name: str) -> UUID:
    """A company that buys from the workspace."""
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        return writing.create(workspace.actor(workspace.company.owner), "companies", {"name": name}).id


def settle(app: Flask, workspace: Workspace, name: str, company_id: UUID) -> Customer:
    """A customer with a late order, its line and delivery, an incident, a case, a conversation and a file."""
    first, last = name.split()
    email = f"{first.lower()}.{last.lower()}@customer.example"
    owner = workspace.actor(workspace.company.owner)

    def made(object_name: str, **values: Any) -> UUID:
        return writing.create(owner, object_name, values).id

    with app.app_context(), entered(workspace.tenant), unit_of_work():
        person = {"first_name": first, "last_name": last, "email": email, "language": "en"}
        contact = made("contacts", **person, company_id=company_id)
        product = made("products", name=f"Pump of {name}", price="10", currency="EUR")
        order = made("orders", contact_id=contact, placed_at=now() - timedelta(days=9), owner_id=owner.id)
        line = made("order_lines", order_id=order, product_id=product, quantity=6)
        delivery = made("deliveries", order_id=order, promised_on=habits.of(owner).today() - timedelta(3))
        incident = made(
            "incidents", kind="quality", order_id=order, subject=f"Scratches of {name}", cost="77"
        )
        case = made("cases", subject=f"Question of {name}", contact_id=contact)
        account = PortalAccount(
            contact_id=contact, email=email, password_hash=password_hash(), state="active", confirmed_at=now()
        )
        session.add(account)
        session.flush()
        actor = Actor("customer", contact, name, "portal", CUSTOMER, company_id=company_id)
        thread = talking.write(actor, about=("orders", order), body=f"Where is it? asks {name}").thread_id
        talking.write(owner, thread_id=thread, body=f"On its way, {first}.")
        talking.write(owner, thread_id=thread, body=f"Internal: {name} is difficult", note=True)
        records = {
            "contacts": contact, "companies": company_id, "products": product, "orders": order,
            "order_lines": line, "deliveries": delivery, "incidents": incident, "cases": case,
        }  # fmt: skip
        file = _file(owner, incident, f"photo of {name}.png")
        return Customer(workspace, name, email, contact, company_id, account.id, records, thread, file)


def visit(app: Flask, customer: Customer) -> Visitor:
    """A browser in which the customer is signed in."""
    visitor = Visitor(app, customer.host)
    with app.app_context(), entered(customer.workspace.tenant), unit_of_work():
        account = queries.account(customer.account_id)
        visitor.keep(customer.host, sessions.begin(account, customer.workspace.tenant, WHERE), "customer")
    return visitor


def work_off_links(app: Flask, workspace: Workspace) -> None:
    """Do the jobs that look who is known by an address; the mails that they stage wait to be read."""
    taken = text("DELETE FROM kith.outbox WHERE name = :name RETURNING payload")
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        for payload in session.scalars(taken, {"name": entering.JOB}).all():
            entering.send_link(payload)


@dataclass(frozen=True)
class Mail:
    """A mail to a customer that waits: which, to whom, and the path of its link."""

    kind: str
    to: str
    path: str


def mails(app: Flask, workspace: Workspace) -> list[Mail]:
    """The mails to customers that wait in the workspace's outbox, letters among them, in their order."""
    query = text("SELECT id, name, payload FROM kith.outbox WHERE name IN ('mail.send', :letter) ORDER BY id")
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        rows = session.execute(query, {"letter": letters.JOB}).all()
        found = [_mail(row.name, row.payload) for row in rows]
    return [mail for mail in found if mail.kind in {"invitation", "sign_in", *_PLAIN}]


_PLAIN = {"portal_register", "portal_reset", "portal_password_changed"}


def _mail(job: str, payload: Any) -> Mail:
    path = re.sub(r"^https?://[^/]+", "", str(payload["values"].get("url", "")))
    if job == letters.JOB:
        letter = session.get_one(Letter, UUID(payload["letter_id"]))
        return Mail(letter.kind, letter.address, path)
    return Mail(payload["template"].removeprefix("mail/"), payload["to"], path)


def stored(app: Flask, customer: Customer, name: str, record_id: UUID) -> Any:
    """A record as its owner sees it."""
    owner = customer.workspace.actor(customer.workspace.company.owner)
    with app.app_context(), entered(customer.workspace.tenant), unit_of_work(read_only=True):
        return reading.fetch(owner, name, record_id)


def _file(owner: Actor, incident: UUID, name: str) -> UUID:
    file = File(
        id=uuid4(),
        object="incidents",
        record_id=incident,
        name=name,
        storage_key=f"{current().schema}/{uuid4()}",
        state="ready",
        size=1,
        created_by=owner.id,
        is_customer_visible=True,
    )
    session.add(file)
    session.flush()
    return file.id


def seen(app: Flask, customer: Customer, name: str, record_id: UUID) -> Any:
    """A record as the customer sees it."""
    with app.app_context(), entered(customer.workspace.tenant), unit_of_work(read_only=True):
        return reading.fetch(customer.actor(), name, record_id)


def contact(app: Flask, workspace: Workspace, name: str, email: str, company_id: UUID) -> UUID:
    """A contact without an account."""
    first, last = name.split()
    values = {"first_name": first, "last_name": last, "email": email, "company_id": company_id}
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        return writing.create(workspace.actor(workspace.company.owner), "contacts", values).id


def link_in(app: Flask, workspace: Workspace, kind: str) -> str:
    """The path of the link in the last mail of this kind."""
    found = [mail.path for mail in mails(app, workspace) if mail.kind == kind]
    assert found, kind
    return found[-1]


def set_state(workspace: Workspace, state: str) -> None:
    """Let the operator open or close the workspace."""
    with engines().control.begin() as connection:
        change = text("UPDATE kith.tenants SET state = :state WHERE id = :id")
        connection.execute(change, {"state": state, "id": workspace.tenant.id})
    catalogue.forget()
