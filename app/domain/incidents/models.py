"""The table of incidents and their description."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.text import N_
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import Amount, Created, Instant, RecordColumns, Small, Words, table_of, to
from app.records.types import Choice, Customers, Field, Inherit, ObjectType
from tenants.base import TenantBase


class Incident(RecordColumns, TenantBase):
    """Something that went wrong for a customer."""

    __tablename__ = "incidents"

    kind: Mapped[Words]
    severity: Mapped[Small] = mapped_column(server_default="2")
    subject: Mapped[Words] = mapped_column(server_default="")
    description: Mapped[Words | None]
    cause: Mapped[Words | None]
    remedy: Mapped[Words | None]
    remedy_due_on: Mapped[date | None]
    cost: Mapped[Amount | None]
    currency: Mapped[Words | None]
    opened_door: Mapped[Words] = mapped_column(server_default="web")
    opened_at: Mapped[Created]
    resolved_at: Mapped[Instant | None]
    delivery_id: Mapped[UUID | None] = to("deliveries")
    order_line_id: Mapped[UUID | None] = to("line_items")
    order_id: Mapped[UUID | None] = to("orders")
    company_id: Mapped[UUID | None] = to("companies")
    contact_id: Mapped[UUID | None] = to("contacts")
    owner_id: Mapped[UUID | None] = to("members")


KINDS = (
    Choice("late", N_("Late delivery"), "bad", ("late", "verspätung", "zu spät", "lieferverzug")),
    Choice("wrong_item", N_("Wrong item"), "bad", ("wrong item", "falscher artikel", "falschlieferung")),
    Choice("quality", N_("Poor quality"), "bad", ("quality", "qualität", "qualitätsmangel")),
    Choice("damage", N_("Damage"), "bad", ("damaged", "schaden", "beschädigt")),
    Choice("billing", N_("Billing"), "warn", ("invoice", "rechnung", "abrechnung")),
    Choice("silence", N_("No answer"), "bad", ("unanswered", "keine antwort")),
    Choice("other", N_("Other"), "warn", ("sonstiges", "andere")),
)
SEVERITIES = (
    Choice(1, N_("Slight"), "info", ("low", "gering", "leicht")),
    Choice(2, N_("Noticeable"), "warn", ("medium", "normal", "spürbar", "mittel")),
    Choice(3, N_("Serious"), "bad", ("high", "hoch", "ernst", "schwer")),
    Choice(4, N_("Critical"), "bad", ("critical", "kritisch")),
)

# What a customer says who reports one; what it costs whom is decided here.
REPORTED = frozenset({"kind", "subject", "description", "delivery_id", "order_id", "order_line_id"})

INCIDENTS = register(
    ObjectType(
        name="incidents",
        parents=("delivery_id", "order_id", "company_id", "contact_id"),
        closed_by="resolved_at",
        position=80,
        singular=N_("Incident"),
        plural=N_("Incidents"),
        icon="triangle-alert",
        table=table_of(Incident),
        title="subject",
        title_else=("kind",),
        default_sort="-opened_at",
        inherits=(
            Inherit("order_id", "delivery_id", "order_id"),
            Inherit("company_id", "delivery_id", "company_id"),
            Inherit("contact_id", "delivery_id", "contact_id"),
            Inherit("order_id", "order_line_id", "order_id"),
            Inherit("company_id", "order_id", "company_id"),
            Inherit("contact_id", "order_id", "contact_id"),
            Inherit("currency", "order_id", "currency"),
            Inherit("owner_id", "delivery_id", "owner_id"),
            Inherit("owner_id", "order_id", "owner_id"),
            Inherit("company_id", "contact_id", "company_id"),
            Inherit("owner_id", "contact_id", "owner_id"),
            Inherit("owner_id", "company_id", "owner_id"),
        ),
        customers=Customers(scope.dealings, creates=REPORTED),
        fields=(
            Field("kind", "choice", N_("Kind"), required=True, choices=KINDS, in_table=True),
            Field(
                "severity",
                "choice",
                N_("Severity"),
                choices=SEVERITIES,
                default=2,
                sortable=True,
                in_table=True,
            ),
            Field("subject", "text", N_("Subject"), searchable=True, in_table=True, default=""),
            Field("cause", "longtext", N_("Cause")),
            Field("remedy", "longtext", N_("Remedy"), help=N_("What is done to make it good.")),
            Field("remedy_due_on", "date", N_("Remedy by")),
            Field("cost", "money", N_("Cost"), currency="currency", visibility="opinion"),
            fields.currency(),
            Field("opened_at", "datetime", N_("Opened"), default=now, sortable=True, in_table=True),
            Field("resolved_at", "datetime", N_("Resolved"), in_table=True),
            Field("opened_door", "text", N_("Opened through"), readonly=True, default="web"),
            fields.relation("company_id", "companies", N_("Company"), in_table=True),
            fields.relation("contact_id", "contacts", N_("Contact"), in_table=True),
            fields.relation("order_id", "orders", N_("Order")),
            fields.relation("delivery_id", "deliveries", N_("Delivery")),
            fields.relation("order_line_id", "order_lines", N_("Order line")),
            fields.owner(),
            fields.description(),
            fields.external_ids(),
        ),
    )
)
