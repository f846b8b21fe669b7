"""The table of companies and their description."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import RecordColumns, Words, table_of, to
from app.records.types import Beside, Customers, Field, ObjectType, Related
from tenants.base import TenantBase


class Company(RecordColumns, TenantBase):
    """An organisation that buys, may buy or bought."""

    __tablename__ = "companies"

    name: Mapped[Words]
    number: Mapped[Words | None]
    domain: Mapped[Words | None]
    email: Mapped[Words | None]
    phone: Mapped[Words | None]
    industry: Mapped[Words | None]
    street: Mapped[Words | None]
    postcode: Mapped[Words | None]
    city: Mapped[Words | None]
    region: Mapped[Words | None]
    country: Mapped[Words | None]
    lifecycle: Mapped[Words] = mapped_column(server_default="customer")
    customer_since: Mapped[date | None]
    legal_basis: Mapped[Words | None]
    description: Mapped[Words | None]
    parent_id: Mapped[UUID | None] = to("companies")
    owner_id: Mapped[UUID | None] = to("members")


COMPANIES = register(
    ObjectType(
        name="companies",
        position=10,
        singular=N_("Company"),
        plural=N_("Companies"),
        icon="building-2",
        table=table_of(Company),
        subtitle=("city", "domain"),
        default_sort="name",
        fields=(
            Field("name", "text", N_("Name"), required=True, searchable=True, sortable=True, in_table=True),
            Field(
                "number",
                "text",
                N_("Customer number"),
                unique=True,
                searchable=True,
                limit=100,
                help=N_("Your own number for this customer."),
            ),
            Field("domain", "domain", N_("Website"), searchable=True, in_table=True, group=fields.REACH),
            *fields.reach(exclusive=False),
            *fields.address(),
            Field("industry", "text", N_("Industry"), group=fields.RELATION),
            Field(
                "lifecycle",
                "choice",
                N_("Life cycle"),
                choices=fields.LIFECYCLE,
                default="customer",
                in_table=True,
                group=fields.RELATION,
            ),
            Field("customer_since", "date", N_("Customer since"), group=fields.RELATION),
            fields.relation("parent_id", "companies", N_("Parent company"), group=fields.RELATION),
            fields.owner(),
            Field(
                "legal_basis",
                "choice",
                N_("Legal basis"),
                choices=fields.LEGAL_BASES,
                visibility="legal",
                group=fields.CONSENT,
            ),
            fields.opinion(),
            fields.external_ids(),
        ),
        related=(
            Related("contacts", "contacts", "company_id", N_("People")),
            Related("incidents", "incidents", "company_id", N_("Incidents")),
            Related("orders", "orders", "company_id", N_("Orders")),
            Related("deliveries", "deliveries", "company_id", N_("Deliveries")),
            Related("cases", "cases", "company_id", N_("Cases")),
            Related("deals", "deals", "company_id", N_("Deals")),
            Related("activities", "activities", "company_id", N_("Activities")),
            Related("subsidiaries", "companies", "parent_id", N_("Subsidiaries")),
        ),
        customers=Customers(scope.employer),
        beside=(
            *fields.STANDING,
            Beside("bought", N_("Bought, 12 months"), "money", "orders:read", is_last=True),
            Beside("talked", N_("Last talk"), permission="activities:read", is_last=True),
        ),
    )
)
