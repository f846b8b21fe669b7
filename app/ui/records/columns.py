"""Which columns a table shows by default, in their order: what fits a screen without scrolling sideways."""

from collections.abc import Sequence

from app.records.types import ObjectType

# Objects without a line here show the fields whose description says so.
SHOWN = {
    "companies": ("city", "phone", "owner_id"),
    "contacts": ("title", "company_id", "email", "phone"),
    "deals": ("company_id", "stage_id", "amount", "close_on", "outcome", "next_step", "owner_id"),
    "orders": ("company_id", "contact_id", "status", "placed_at", "total", "owner_id"),
    "order_lines": ("order_id", "product_id", "quantity", "unit_price", "discount", "amount"),
    "deliveries": ("order_id", "company_id", "status", "promised_on", "delivered_at", "carrier", "owner_id"),
    "incidents": ("kind", "severity", "company_id", "contact_id", "opened_at", "resolved_at", "owner_id"),
    "cases": ("number", "company_id", "contact_id", "status", "priority", "resolution_due_at", "owner_id"),
    "products": ("sku", "category", "unit", "price", "is_active"),
    "activities": ("type", "due_at", "done_at", "company_id", "contact_id", "is_promise", "owner_id"),
}
# What the cells of other columns are computed from.
NEEDED = {"deliveries": ("due_at", "shipped_at", "is_history")}


def shown(described: ObjectType) -> Sequence[str]:
    """Names of the fields that are columns; the title stands before them."""
    names = SHOWN.get(described.name, described.in_table)
    return [name for name in names if name != described.title]


def needed(described: ObjectType) -> Sequence[str]:
    """Names of all fields that the table's rows must hold, the currencies of amounts included."""
    names = [described.title, *shown(described), *NEEDED.get(described.name, ())]
    currencies = [described.by_name[name].currency for name in names]
    return list(dict.fromkeys([*names, *(each for each in currencies if each)]))
