"""The standing of customers, read from the view `promises`, incidents, orders and talks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.standing.rules.assess import Person, Standing, assess
from app.domain.standing.rules.events import Events, Incident, Promise, Sign
from app.records import fences
from app.records.fences import within
from app.records.record import Record
from tenants.session import session

HORIZON = timedelta(days=180)


_SOURCES = ("deliveries", "cases", "activities", "threads")
fences.register(
    "promises",
    lambda _: " OR ".join(
        f"(source = '{name}' AND (SELECT true FROM {name} WHERE {name}.id = promises.id))"  # noqa: S608
        for name in _SOURCES
    ),
    *_SOURCES,
)


@dataclass(frozen=True)
class Customer:
    """Whose standing is meant: a company, a contact, or a contact within a company."""

    company_id: UUID | None
    contact_id: UUID | None = None


# One shape for all that happens; a company's customer is the company, a lone contact's the contact.
_EVENTS = text("""
SELECT 'promise' AS what, id, source AS kind, label, due_on AS day, due_at AS begins, kept_at AS ends,
       started_at AS started, is_history AS past, order_id AS other, 0 AS severity, company_id, contact_id
  FROM promises
 WHERE (company_id = ANY(CAST(:companies AS uuid[])) OR contact_id = ANY(CAST(:contacts AS uuid[])))
   AND (due_at > :since OR (kept_at IS NULL AND NOT is_history))
UNION ALL
SELECT 'incident', i.id, i.kind, i.subject, i.remedy_due_on, i.opened_at, i.resolved_at,
       NULL, coalesce(o.number = i.subject, false), i.delivery_id, i.severity, i.company_id, i.contact_id
  FROM incidents i LEFT JOIN orders o ON o.id = i.order_id
 WHERE (i.company_id = ANY(CAST(:companies AS uuid[])) OR i.contact_id = ANY(CAST(:contacts AS uuid[])))
   AND i.deleted_at IS NULL AND (i.resolved_at IS NULL OR i.opened_at > :since)
UNION ALL
SELECT 'sign', id, 'orders', number, NULL, placed_at, NULL, NULL, false, NULL, 0, company_id, contact_id
  FROM orders
 WHERE (company_id = ANY(CAST(:companies AS uuid[])) OR contact_id = ANY(CAST(:contacts AS uuid[])))
   AND deleted_at IS NULL AND placed_at > :since AND placed_at <= :now AND status <> 'draft'
UNION ALL
SELECT 'sign', id, 'activities', subject, NULL, done_at, NULL, NULL, false, NULL, 0, company_id, contact_id
  FROM activities
 WHERE (company_id = ANY(CAST(:companies AS uuid[])) OR contact_id = ANY(CAST(:contacts AS uuid[])))
   AND deleted_at IS NULL AND done_at > :since AND done_at <= :now
""")

# The person of the record itself first, then whoever can be reached, of these who ordered last.
_PERSON = text("""
SELECT id, name, first_name, phone, email, call_consent, mail_consent
  FROM contacts
 WHERE (id = :contact OR company_id = :company) AND deleted_at IS NULL
 ORDER BY id = :contact DESC NULLS LAST, phone IS NULL, email IS NULL,
          (SELECT max(placed_at) FROM orders WHERE contact_id = contacts.id) DESC NULLS LAST, id
 LIMIT 1
""")


def customer_of(record: Record) -> Customer | None:
    """The customer that a record is about; None where it is about none."""
    if record.object == "companies":
        return Customer(record.id)
    if record.object == "contacts":
        return Customer(record.get("company_id"), record.id)
    company_id, contact_id = record.get("company_id"), record.get("contact_id")
    return Customer(company_id, contact_id) if company_id or contact_id else None


def standing(customer: Customer, actor: Actor | None = None) -> Standing:
    """The customer's standing now as `actor` sees it, in at most three statements."""
    events = events_of([customer], actor)[customer]
    return assess(events, _person(customer, actor), now(), calendars.current())


def standing_of(actor: Actor) -> Standing:
    """A customer's own standing, or his company's where he sees that, as the company sees it."""
    customer = Customer(actor.company_id if actor.sees_company else None, actor.id)
    return assess(_for_customer(events_of([customer])[customer]), None, now(), calendars.current())


def events_of(customers: Collection[Customer], actor: Actor | None = None) -> dict[Customer, Events]:
    """What `actor` sees of what happened to these customers in the last 180 days and is still open.

    It is one statement for all of them.
    """
    values = {
        "companies": [one.company_id for one in customers if one.company_id],
        "contacts": [one.contact_id for one in customers if one.contact_id],
        "since": now() - HORIZON,
        "now": now(),
    }
    by_company: dict[UUID, list[Row[Any]]] = defaultdict(list)
    by_contact: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(within(actor, _EVENTS), values):
        if row.company_id:
            by_company[row.company_id].append(row)
        if row.contact_id:
            by_contact[row.contact_id].append(row)
    return {one: _events(_rows(one, by_company, by_contact)) for one in customers}


def _for_customer(events: Events) -> Events:
    """Without what members noted about their work: talks, and the words of their own promises."""
    promises = [replace(each, label="") if each.source == "activities" else each for each in events.promises]
    return Events(promises, events.incidents, [sign for sign in events.signs if sign.object == "orders"])


def _rows(
    customer: Customer, by_company: dict[UUID, list[Row[Any]]], by_contact: dict[UUID, list[Row[Any]]]
) -> Collection[Row[Any]]:
    companys = by_company[customer.company_id] if customer.company_id else []
    contacts = by_contact[customer.contact_id] if customer.contact_id else []
    return {row.id: row for row in (*companys, *contacts)}.values()


def _events(rows: Collection[Row[Any]]) -> Events:
    return Events(
        [_promise(row) for row in rows if row.what == "promise"],
        [_incident(row) for row in rows if row.what == "incident"],
        [Sign(row.id, row.kind, row.label, row.begins) for row in rows if row.what == "sign"],
    )


def _promise(row: Row[Any]) -> Promise:
    return Promise(
        row.id,
        row.kind,
        row.label,
        row.begins,
        row.day,
        row.ends,
        row.started,
        row.past,
        row.other is not None,
    )


def _incident(row: Row[Any]) -> Incident:
    return Incident(
        row.id, row.kind, row.severity, row.label, row.begins, row.ends, row.other, row.day, row.past
    )


def _person(customer: Customer, actor: Actor | None) -> Person | None:
    values = {"company": customer.company_id, "contact": customer.contact_id}
    row = session.execute(within(actor, _PERSON), values).one_or_none()
    return person(row) if row else None


def person(row: Row[Any]) -> Person:
    """A contact's row as somebody to turn to."""
    return Person(
        row.id,
        row.name,
        row.first_name,
        row.phone,
        row.email,
        row.call_consent != "refused",
        row.mail_consent != "refused",
    )
