"""Deals, their pipelines and stages, and the deals' description."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.records import fields
from app.records.registry import register, register_target
from app.records.tables import Amount, Created, Instant, Key, RecordColumns, Small, Words, table_of, to
from app.records.types import Choice, Field, Inherit, ObjectType, Related, Target
from tenants.base import TenantBase


class Pipeline(TenantBase):
    """An order of stages that deals go through."""

    __tablename__ = "pipelines"

    id: Mapped[Key]
    name: Mapped[Words]
    position: Mapped[int] = mapped_column(server_default="0")
    is_default: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]


class Stage(TenantBase):
    """One step of a pipeline; its `outcome` closes the deals that reach it."""

    __tablename__ = "stages"

    id: Mapped[Key]
    pipeline_id: Mapped[UUID] = to("pipelines", "CASCADE")
    name: Mapped[Words]
    position: Mapped[int] = mapped_column(server_default="0")
    probability: Mapped[Small] = mapped_column(server_default="0")
    outcome: Mapped[Words] = mapped_column(server_default="open")


class Deal(RecordColumns, TenantBase):
    """Something a customer may buy."""

    __tablename__ = "deals"

    name: Mapped[Words]
    amount: Mapped[Amount | None]
    currency: Mapped[Words | None]
    stage_id: Mapped[UUID | None] = to("stages")
    probability: Mapped[Small | None]
    close_on: Mapped[date | None]
    outcome: Mapped[Words] = mapped_column(server_default="open")
    outcome_reason: Mapped[Words | None]
    closed_at: Mapped[Instant | None]
    next_step: Mapped[Words | None]
    description: Mapped[Words | None]
    company_id: Mapped[UUID | None] = to("companies")
    contact_id: Mapped[UUID | None] = to("contacts")
    owner_id: Mapped[UUID | None] = to("members")


OUTCOMES = (
    Choice("open", N_("Open"), "info", ("offen",)),
    Choice("won", N_("Won"), "good", ("gewonnen",)),
    Choice("lost", N_("Lost"), "bad", ("verloren",)),
)
_stages = table_of(Stage)

register_target(
    Target(
        "stages",
        _stages,
        lambda table: table.c.name,
        "deals:read",
        _stages.c.id.is_not(None),
        (_stages.c.position,),
    )
)

DEALS = register(
    ObjectType(
        name="deals",
        parents=("company_id", "contact_id"),
        closed_by="closed_at",
        position=30,
        singular=N_("Deal"),
        plural=N_("Deals"),
        icon="handshake",
        table=table_of(Deal),
        inherits=(Inherit("company_id", "contact_id", "company_id"),),
        fields=(
            Field("name", "text", N_("Name"), required=True, searchable=True, sortable=True, in_table=True),
            Field("amount", "money", N_("Amount"), currency="currency", sortable=True, in_table=True),
            fields.currency(),
            fields.relation("stage_id", "stages", N_("Stage"), in_table=True, group=N_("Details")),
            Field(
                "probability",
                "number",
                N_("Probability in percent"),
                decimals=0,
                minimum=0,
                maximum=100,
            ),
            Field("close_on", "date", N_("Expected close"), sortable=True, in_table=True),
            Field("outcome", "choice", N_("Outcome"), choices=OUTCOMES, default="open", in_table=True),
            Field("outcome_reason", "text", N_("Reason"), help=N_("Why the deal was won or lost.")),
            Field("closed_at", "datetime", N_("Closed"), readonly=True),
            Field("next_step", "text", N_("Next step")),
            fields.relation("company_id", "companies", N_("Company"), in_table=True),
            fields.relation("contact_id", "contacts", N_("Contact")),
            fields.owner(),
            fields.description(),
            fields.external_ids(),
        ),
        related=(
            Related("activities", "activities", "deal_id", N_("Activities")),
            Related("lines", "order_lines", "deal_id", N_("Line items")),
        ),
    )
)
