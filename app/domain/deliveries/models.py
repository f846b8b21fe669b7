"""The table of deliveries and their description."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import Instant, RecordColumns, Words, table_of, to
from app.records.types import Beside, Choice, Customers, Field, Inherit, ObjectType, Related
from tenants.base import TenantBase


class Delivery(RecordColumns, TenantBase):
    """Goods on their way to a customer."""

    __tablename__ = "deliveries"

    number: Mapped[Words | None]
    order_id: Mapped[UUID | None] = to("orders", "CASCADE")
    company_id: Mapped[UUID | None] = to("companies")
    contact_id: Mapped[UUID | None] = to("contacts")
    status: Mapped[Words] = mapped_column(server_default="planned")
    promised_on: Mapped[date | None]
    due_at: Mapped[Instant | None]
    shipped_at: Mapped[Instant | None]
    delivered_at: Mapped[Instant | None]
    carrier: Mapped[Words | None]
    tracking: Mapped[Words | None]
    description: Mapped[Words | None]
    is_history: Mapped[bool] = mapped_column(server_default="false")
    owner_id: Mapped[UUID | None] = to("members")


STATUS = (
    Choice("planned", N_("Planned"), "quiet", ("geplant", "open", "offen")),
    Choice("shipped", N_("Shipped"), "info", ("versandt", "versendet", "in transit", "unterwegs")),
    Choice("delivered", N_("Delivered"), "good", ("geliefert", "zugestellt")),
    Choice("cancelled", N_("Cancelled"), "quiet", ("storniert", "canceled")),
    Choice("returned", N_("Returned"), "warn", ("zurückgesandt", "retourniert")),
)

DELIVERIES = register(
    ObjectType(
        name="deliveries",
        parents=("order_id", "company_id", "contact_id"),
        closed_by="delivered_at",
        position=70,
        singular=N_("Delivery"),
        plural=N_("Deliveries"),
        icon="truck",
        table=table_of(Delivery),
        title="number",
        title_else=("tracking",),
        subtitle=("carrier", "tracking"),
        default_sort="-promised_on",
        numbered="number",
        inherits=(
            Inherit("company_id", "order_id", "company_id"),
            Inherit("contact_id", "order_id", "contact_id"),
            Inherit("owner_id", "order_id", "owner_id"),
            Inherit("company_id", "contact_id", "company_id"),
        ),
        fields=(
            Field(
                "number",
                "text",
                N_("Delivery number"),
                searchable=True,
                in_table=True,
                limit=100,
                help=N_("Left empty, the next number is taken."),
            ),
            fields.relation("order_id", "orders", N_("Order"), in_table=True),
            Field("status", "choice", N_("Status"), choices=STATUS, default="planned", in_table=True),
            Field("promised_on", "date", N_("Promised"), sortable=True, in_table=True),
            Field("due_at", "datetime", N_("Counts as late from"), readonly=True),
            Field("shipped_at", "datetime", N_("Shipped on")),
            Field("delivered_at", "datetime", N_("Delivered on"), sortable=True, in_table=True),
            Field("carrier", "text", N_("Carrier"), in_table=True),
            Field("tracking", "text", N_("Tracking number"), searchable=True),
            Field("is_history", "boolean", N_("Imported history"), readonly=True, default=False),
            fields.relation("company_id", "companies", N_("Company"), in_table=True),
            fields.relation("contact_id", "contacts", N_("Contact")),
            fields.owner(),
            fields.description(),
            fields.external_ids(),
        ),
        related=(Related("incidents", "incidents", "delivery_id", N_("Incidents")),),
        customers=Customers(scope.dealings),
        beside=(
            Beside(
                "promise",
                N_("Promise"),
                needs=("due_at", "delivered_at", "status", "shipped_at", "is_history"),
            ),
        ),
    )
)
