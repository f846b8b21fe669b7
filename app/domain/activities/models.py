"""The table of activities and their description."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.records import fields
from app.records.registry import register
from app.records.tables import Instant, RecordColumns, Words, table_of, to
from app.records.types import Choice, Field, Inherit, ObjectType
from tenants.base import TenantBase


class Activity(RecordColumns, TenantBase):
    """Something that somebody does for a customer, or did."""

    __tablename__ = "activities"

    type: Mapped[Words] = mapped_column(server_default="task")
    subject: Mapped[Words]
    description: Mapped[Words | None]
    due_at: Mapped[Instant | None]
    remind_at: Mapped[Instant | None]
    done_at: Mapped[Instant | None]
    is_promise: Mapped[bool] = mapped_column(server_default="false")
    company_id: Mapped[UUID | None] = to("companies")
    contact_id: Mapped[UUID | None] = to("contacts")
    deal_id: Mapped[UUID | None] = to("deals")
    order_id: Mapped[UUID | None] = to("orders")
    case_id: Mapped[UUID | None] = to("cases")
    owner_id: Mapped[UUID | None] = to("members")


TYPES = (
    Choice("task", N_("Task"), aliases=("aufgabe", "to-do", "todo")),
    Choice("call", N_("Call"), aliases=("anruf", "telefonat")),
    Choice("meeting", N_("Meeting"), aliases=("termin", "treffen", "besprechung")),
    Choice("note", N_("Note"), aliases=("notiz",)),
)

ACTIVITIES = register(
    ObjectType(
        name="activities",
        parents=("company_id", "contact_id", "deal_id", "order_id", "case_id"),
        is_part=True,
        closed_by="done_at",
        position=40,
        singular=N_("Activity"),
        plural=N_("Activities"),
        icon="calendar-check",
        table=table_of(Activity),
        title="subject",
        default_sort="due_at",
        inherits=(
            Inherit("company_id", "deal_id", "company_id"),
            Inherit("contact_id", "deal_id", "contact_id"),
            Inherit("company_id", "order_id", "company_id"),
            Inherit("contact_id", "order_id", "contact_id"),
            Inherit("company_id", "case_id", "company_id"),
            Inherit("contact_id", "case_id", "contact_id"),
            Inherit("company_id", "contact_id", "company_id"),
        ),
        fields=(
            Field("type", "choice", N_("Type"), choices=TYPES, default="task", in_table=True),
            Field(
                "subject", "text", N_("Subject"), required=True, searchable=True, sortable=True, in_table=True
            ),
            Field("due_at", "datetime", N_("Due"), sortable=True, in_table=True),
            Field("remind_at", "datetime", N_("Remind me")),
            Field("done_at", "datetime", N_("Done"), in_table=True),
            Field(
                "is_promise",
                "boolean",
                N_("Promised to the customer"),
                default=False,
                in_table=True,
                help=N_("A promise that is not kept in time stands on top of the customer's page."),
            ),
            fields.relation("company_id", "companies", N_("Company"), in_table=True),
            fields.relation("contact_id", "contacts", N_("Contact"), in_table=True),
            fields.relation("deal_id", "deals", N_("Deal")),
            fields.relation("order_id", "orders", N_("Order")),
            fields.relation("case_id", "cases", N_("Case")),
            fields.owner(),
            fields.description(),
            fields.external_ids(),
        ),
    )
)
