"""The table of products and their description."""

from sqlalchemy.orm import Mapped, mapped_column

from app.core.text import N_
from app.records import fields, scope
from app.records.registry import register
from app.records.tables import Amount, RecordColumns, Words, table_of
from app.records.types import Customers, Field, ObjectType, Related
from tenants.base import TenantBase


class Product(RecordColumns, TenantBase):
    """Goods or a service with a price."""

    __tablename__ = "products"

    name: Mapped[Words]
    sku: Mapped[Words | None]
    category: Mapped[Words | None]
    unit: Mapped[Words | None]
    price: Mapped[Amount | None]
    currency: Mapped[Words | None]
    is_active: Mapped[bool] = mapped_column(server_default="true")
    description: Mapped[Words | None]


PRODUCTS = register(
    ObjectType(
        name="products",
        position=100,
        singular=N_("Product"),
        plural=N_("Products"),
        icon="package",
        table=table_of(Product),
        subtitle=("sku", "category"),
        default_sort="name",
        fields=(
            Field("name", "text", N_("Name"), required=True, searchable=True, sortable=True, in_table=True),
            Field(
                "sku",
                "text",
                N_("Article number"),
                unique=True,
                searchable=True,
                sortable=True,
                in_table=True,
                limit=100,
            ),
            Field("category", "text", N_("Category"), in_table=True, searchable=True),
            Field("unit", "text", N_("Unit"), help=N_("What one piece is, such as box or hour."), limit=100),
            Field("price", "money", N_("Price"), currency="currency", sortable=True, in_table=True),
            fields.currency(),
            Field("is_active", "boolean", N_("On sale"), default=True, in_table=True),
            fields.description(),
            fields.external_ids(),
        ),
        related=(Related("order_lines", "order_lines", "product_id", N_("Ordered")),),
        customers=Customers(scope.named_in("order_lines", "product_id")),
    )
)
