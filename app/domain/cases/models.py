"""The table of cases and their description."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import Instant, RecordColumns, Words, table_of, to
from app.records.types import Choice, Customers, Field, Inherit, ObjectType, Related
from tenants.base import TenantBase


class Case(RecordColumns, TenantBase):
    """A customer's request."""

    __tablename__ = "cases"

    number: Mapped[Words]
    subject: Mapped[Words]
    description: Mapped[Words | None]
    status: Mapped[Words] = mapped_column(server_default="open")
    priority: Mapped[Words] = mapped_column(server_default="normal")
    first_answer_due_at: Mapped[Instant | None]
    first_answered_at: Mapped[Instant | None]
    resolution_due_at: Mapped[Instant | None]
    resolved_at: Mapped[Instant | None]
    order_id: Mapped[UUID | None] = to("orders")
    company_id: Mapped[UUID | None] = to("companies")
    contact_id: Mapped[UUID | None] = to("contacts")
    owner_id: Mapped[UUID | None] = to("members")


STATUS = (
    Choice("open", N_("Open"), "warn", ("offen", "new", "neu")),
    Choice("waiting", N_("Waiting for the customer"), "info", ("wartend", "pending", "waiting")),
    Choice("resolved", N_("Resolved"), "good", ("gelöst", "solved", "erledigt")),
    Choice("closed", N_("Closed"), "quiet", ("geschlossen",)),
)
PRIORITIES = (
    Choice("low", N_("Low"), "quiet", ("niedrig",)),
    Choice("normal", N_("Normal"), aliases=("medium", "mittel")),
    Choice("high", N_("High"), "warn", ("hoch",)),
    Choice("urgent", N_("Urgent"), "bad", ("dringend", "critical")),
)

CASES = register(
    ObjectType(
        name="cases",
        parents=("company_id", "contact_id", "order_id"),
        closed_by="resolved_at",
        position=90,
        singular=N_("Case"),
        plural=N_("Cases"),
        icon="life-buoy",
        table=table_of(Case),
        title="subject",
        title_else=("number",),
        subtitle=("number",),
        default_sort="-created_at",
        numbered="number",
        inherits=(
            Inherit("company_id", "order_id", "company_id"),
            Inherit("contact_id", "order_id", "contact_id"),
            Inherit("company_id", "contact_id", "company_id"),
        ),
        fields=(
            Field(
                "number",
                "text",
                N_("Case number"),
                required=True,
                unique=True,
                searchable=True,
                sortable=True,
                in_table=True,
                limit=100,
                help=N_("Left empty, the next number is taken."),
            ),
            Field("subject", "text", N_("Subject"), required=True, searchable=True, in_table=True),
            Field("status", "choice", N_("Status"), choices=STATUS, default="open", in_table=True),
            Field("priority", "choice", N_("Priority"), choices=PRIORITIES, default="normal", in_table=True),
            Field("first_answer_due_at", "datetime", N_("First answer due")),
            Field("first_answered_at", "datetime", N_("First answered")),
            Field("resolution_due_at", "datetime", N_("Solution due"), in_table=True),
            Field("resolved_at", "datetime", N_("Resolved on")),
            fields.relation("company_id", "companies", N_("Company"), in_table=True),
            fields.relation("contact_id", "contacts", N_("Contact"), in_table=True),
            fields.relation("order_id", "orders", N_("Order")),
            fields.owner(),
            fields.description(),
            fields.external_ids(),
        ),
        related=(Related("activities", "activities", "case_id", N_("Activities")),),
        customers=Customers(scope.dealings),
    )
)
