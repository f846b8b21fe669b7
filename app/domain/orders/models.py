"""Orders, their lines, and the description of both."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Computed, Numeric, and_
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import Actor
from app.core.text import N_
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import Amount, Instant, RecordColumns, Words, table_of, to
from app.records.types import Choice, Customers, Field, Inherit, ObjectType, Related
from tenants.base import TenantBase


class Order(RecordColumns, TenantBase):
    """What a customer ordered at one time."""

    __tablename__ = "orders"

    number: Mapped[Words]
    placed_at: Mapped[Instant | None]
    status: Mapped[Words] = mapped_column(server_default="placed")
    total: Mapped[Amount] = mapped_column(server_default="0")
    stated_total: Mapped[Amount | None]
    difference: Mapped[Decimal | None] = mapped_column(
        Numeric(19, 4),
        Computed("nullif(round(stated_total, 2) - round(total, 2), 0)", persisted=True),
    )
    shipping_cost: Mapped[Amount | None]
    currency: Mapped[Words | None]
    required_on: Mapped[date | None]
    ship_to: Mapped[Words | None]
    description: Mapped[Words | None]
    company_id: Mapped[UUID | None] = to("companies")
    contact_id: Mapped[UUID | None] = to("contacts")
    owner_id: Mapped[UUID | None] = to("members")


class LineItem(RecordColumns, TenantBase):
    """A product in an order or a deal, with quantity and price."""

    __tablename__ = "line_items"

    order_id: Mapped[UUID | None] = to("orders", "CASCADE")
    deal_id: Mapped[UUID | None] = to("deals", "CASCADE")
    product_id: Mapped[UUID | None] = to("products")
    position: Mapped[int] = mapped_column(server_default="0")
    description: Mapped[Words | None]
    quantity: Mapped[Amount] = mapped_column(server_default="1")
    unit_price: Mapped[Amount] = mapped_column(server_default="0")
    discount: Mapped[Decimal] = mapped_column(Numeric(7, 6), server_default="0")
    amount: Mapped[Decimal] = mapped_column(
        Numeric(19, 4), Computed("round(quantity * unit_price * (1 - discount), 4)", persisted=True)
    )


ORDER_STATUS = (
    Choice("draft", N_("Draft"), "quiet", ("entwurf",)),
    Choice("placed", N_("Placed"), "info", ("bestellt", "new", "neu", "open", "offen")),
    Choice("confirmed", N_("Confirmed"), "info", ("bestätigt",)),
    Choice("shipped", N_("Shipped"), "info", ("versandt", "versendet")),
    Choice("delivered", N_("Delivered"), "good", ("geliefert", "completed", "abgeschlossen")),
    Choice("cancelled", N_("Cancelled"), "quiet", ("storniert", "canceled")),
    Choice("returned", N_("Returned"), "warn", ("zurückgesandt", "retourniert")),
)


def _placed(actor: Actor, table: Any) -> ColumnElement[bool]:
    """A draft is nothing that a customer has ordered yet."""
    return and_(scope.dealings(actor, table), table.c.status != "draft")


ORDERS = register(
    ObjectType(
        name="orders",
        parents=("company_id", "contact_id"),
        position=50,
        singular=N_("Order"),
        plural=N_("Orders"),
        icon="shopping-cart",
        table=table_of(Order),
        title="number",
        default_sort="-placed_at",
        numbered="number",
        inherits=(Inherit("company_id", "contact_id", "company_id"),),
        fields=(
            Field(
                "number",
                "text",
                N_("Order number"),
                required=True,
                unique=True,
                searchable=True,
                sortable=True,
                in_table=True,
                limit=100,
                help=N_("Left empty, the next number is taken."),
            ),
            Field("placed_at", "datetime", N_("Placed"), sortable=True, in_table=True),
            Field("status", "choice", N_("Status"), choices=ORDER_STATUS, default="placed", in_table=True),
            Field(
                "total",
                "money",
                N_("Total"),
                currency="currency",
                sortable=True,
                in_table=True,
                default=Decimal(0),
                help=N_("The sum of the lines."),
            ),
            Field(
                "stated_total",
                "money",
                N_("Total as imported"),
                currency="currency",
                readonly=True,
                help=N_("Kept where it differs from the sum of the lines."),
            ),
            Field(
                "difference",
                "money",
                N_("Differs by"),
                currency="currency",
                readonly=True,
                generated=True,
                help=N_("How far the total as imported is from the sum of the lines."),
            ),
            Field("shipping_cost", "money", N_("Shipping cost"), currency="currency"),
            fields.currency(),
            Field("required_on", "date", N_("Wanted by")),
            Field("ship_to", "longtext", N_("Ship to"), group=fields.ADDRESS),
            fields.relation("company_id", "companies", N_("Company"), in_table=True),
            fields.relation("contact_id", "contacts", N_("Contact"), in_table=True),
            fields.owner(),
            fields.description(),
            fields.external_ids(),
        ),
        related=(
            Related("lines", "order_lines", "order_id", N_("Lines")),
            Related("deliveries", "deliveries", "order_id", N_("Deliveries")),
            Related("incidents", "incidents", "order_id", N_("Incidents")),
            Related("cases", "cases", "order_id", N_("Cases")),
            Related("activities", "activities", "order_id", N_("Activities")),
        ),
        customers=Customers(_placed),
    )
)

ORDER_LINES = register(
    ObjectType(
        name="order_lines",
        parents=("order_id", "deal_id"),
        is_part=True,
        position=60,
        singular=N_("Order line"),
        plural=N_("Order lines"),
        icon="list",
        table=table_of(LineItem),
        title="description",
        findable=False,
        require_any=("order_id", "deal_id"),
        inherits=(
            Inherit("description", "product_id", "name"),
            Inherit("unit_price", "product_id", "price"),
        ),
        fields=(
            fields.relation("order_id", "orders", N_("Order"), in_table=True),
            fields.relation("deal_id", "deals", N_("Deal")),
            fields.relation("product_id", "products", N_("Product"), in_table=True),
            Field("description", "text", N_("Description"), searchable=True, in_table=True),
            Field("quantity", "number", N_("Quantity"), default=Decimal(1), in_table=True),
            Field("unit_price", "money", N_("Unit price"), default=Decimal(0), in_table=True),
            Field(
                "discount",
                "percent",
                N_("Discount"),
                default=Decimal(0),
                in_table=True,
                help=N_("A part of one, such as 0.15, or 15 %."),
            ),
            Field("amount", "money", N_("Amount"), readonly=True, generated=True, in_table=True),
            Field("position", "number", N_("Position"), decimals=0, minimum=0, maximum=1_000_000, default=0),
            fields.external_ids(),
        ),
        customers=Customers(scope.within("order_id", "orders")),
    )
)
