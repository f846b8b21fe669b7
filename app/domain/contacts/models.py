"""The table of contacts and their description."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.domain.contacts.choices import CONSENT, GENDERS, MARITAL_STATUS
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import Amount, RecordColumns, Words, table_of, to
from app.records.types import Customers, Field, ObjectType, Related
from tenants.base import TenantBase


class Contact(RecordColumns, TenantBase):
    """A person."""

    __tablename__ = "contacts"

    first_name: Mapped[Words] = mapped_column(server_default="")
    last_name: Mapped[Words] = mapped_column(server_default="")
    name: Mapped[str] = mapped_column(Text, Computed("btrim(first_name || ' ' || last_name)", persisted=True))
    salutation: Mapped[Words | None]
    title: Mapped[Words | None]
    email: Mapped[Words | None]
    phone: Mapped[Words | None]
    company_id: Mapped[UUID | None] = to("companies")
    street: Mapped[Words | None]
    postcode: Mapped[Words | None]
    city: Mapped[Words | None]
    region: Mapped[Words | None]
    country: Mapped[Words | None]
    language: Mapped[Words | None]
    lifecycle: Mapped[Words] = mapped_column(server_default="customer")
    legal_basis: Mapped[Words | None]
    mail_consent: Mapped[Words] = mapped_column(server_default="unknown")
    call_consent: Mapped[Words] = mapped_column(server_default="unknown")
    birthday: Mapped[date | None]
    gender: Mapped[Words | None]
    education: Mapped[Words | None]
    occupation: Mapped[Words | None]
    income: Mapped[Amount | None]
    income_currency: Mapped[Words | None]
    marital_status: Mapped[Words | None]
    children: Mapped[int | None]
    description: Mapped[Words | None]
    owner_id: Mapped[UUID | None] = to("members")


def _full_name(values: Mapping[str, Any]) -> str:
    return f"{values['first_name'] or ''} {values['last_name'] or ''}".strip(" ")


_NAME = (
    Field(
        "name",
        "text",
        N_("Name"),
        readonly=True,
        generated=True,
        derive=_full_name,
        sortable=True,
        in_table=True,
    ),
    Field("salutation", "text", N_("Salutation"), limit=50),
    Field("first_name", "text", N_("First name"), searchable=True, limit=200, default=""),
    Field("last_name", "text", N_("Last name"), searchable=True, sortable=True, limit=200, default=""),
    Field("title", "text", N_("Job title"), in_table=True, searchable=True),
    fields.relation("company_id", "companies", N_("Company"), in_table=True, group=N_("Details")),
)
_RELATION = (
    Field(
        "lifecycle",
        "choice",
        N_("Life cycle"),
        choices=fields.LIFECYCLE,
        default="customer",
        in_table=True,
        group=fields.RELATION,
    ),
    fields.owner(),
    Field("language", "text", N_("Language"), limit=35, group=fields.RELATION),
)


def _consent(name: str, label: str) -> Field:
    return Field(
        name,
        "choice",
        label,
        choices=CONSENT,
        default="unknown",
        group=fields.CONSENT,
        keeps_history=True,
    )


_CONSENT = (
    _consent("mail_consent", N_("May be mailed")),
    _consent("call_consent", N_("May be called")),
    Field(
        "legal_basis",
        "choice",
        N_("Legal basis"),
        choices=fields.LEGAL_BASES,
        visibility="legal",
        group=fields.CONSENT,
    ),
)
_PERSON = (
    Field("birthday", "date", N_("Birthday"), personal=True, group=fields.PERSON),
    Field("gender", "choice", N_("Gender"), choices=GENDERS, personal=True, group=fields.PERSON),
    Field("education", "text", N_("Education"), personal=True, group=fields.PERSON),
    Field("occupation", "text", N_("Occupation"), personal=True, group=fields.PERSON),
    Field("income", "money", N_("Income"), personal=True, currency="income_currency", group=fields.PERSON),
    fields.currency("income_currency", personal=True, group=fields.PERSON),
    Field(
        "marital_status",
        "choice",
        N_("Marital status"),
        choices=MARITAL_STATUS,
        personal=True,
        group=fields.PERSON,
    ),
    Field(
        "children",
        "number",
        N_("Children"),
        decimals=0,
        minimum=0,
        maximum=50,
        personal=True,
        group=fields.PERSON,
    ),
)

# What a customer keeps up to date by himself; an e-mail address must be proven first.
OWN_PROFILE = frozenset(
    "salutation first_name last_name title phone phones street postcode city region country language"
    " mail_consent call_consent birthday gender education occupation marital_status children".split()
)

CONTACTS = register(
    ObjectType(
        name="contacts",
        parents=("company_id",),
        position=20,
        singular=N_("Contact"),
        plural=N_("Contacts"),
        icon="user",
        table=table_of(Contact),
        title_else=("email", "phone"),
        subtitle=("title", "email"),
        default_sort="name",
        require_any=("last_name", "first_name", "email", "phone"),
        fields=(
            *_NAME,
            *fields.reach(exclusive=True),
            *fields.address(),
            *_RELATION,
            *_CONSENT,
            *_PERSON,
            fields.opinion(),
            fields.external_ids(),
        ),
        related=(
            Related("incidents", "incidents", "contact_id", N_("Incidents")),
            Related("orders", "orders", "contact_id", N_("Orders")),
            Related("deliveries", "deliveries", "contact_id", N_("Deliveries")),
            Related("cases", "cases", "contact_id", N_("Cases")),
            Related("deals", "deals", "contact_id", N_("Deals")),
            Related("activities", "activities", "contact_id", N_("Activities")),
        ),
        customers=Customers(scope.oneself, changes=OWN_PROFILE),
        beside=fields.STANDING,
    )
)
