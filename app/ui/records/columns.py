"""Which columns a table shows by default, in their order: what fits a screen without scrolling sideways."""

from functools import lru_cache

from app.records import registry
from app.records.types import Field, ObjectType

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


@lru_cache(maxsize=512)
def shown(described: ObjectType) -> tuple[str, ...]:
    """Names of the fields that are columns; the title stands before them."""
    names = list(described.in_table)
    if described.name in SHOWN:
        own = registry.standard().get(described.name).by_name
        usual = [*SHOWN[described.name], *(name for name in names if name not in own)]
        names = [name for name in usual if _is_wanted(described.by_name.get(name), own.get(name))]
        names += [name for name in described.in_table if name in own and not own[name].in_table]
    return tuple([name for name in dict.fromkeys(names) if name != described.title])


def _is_wanted(field: Field | None, standard: Field | None) -> bool:
    """Whether a usual column stays: what the company took out of the table or hides does not."""
    if field is None or field.hidden:
        return False
    return field.in_table or standard is None or not standard.in_table


@lru_cache(maxsize=512)
def needed(described: ObjectType) -> tuple[str, ...]:
    """Names of all fields that the table's rows must hold, the currencies of amounts included."""
    names = [described.title, *shown(described), *NEEDED.get(described.name, ())]
    currencies = [described.by_name[name].currency for name in names]
    return tuple(dict.fromkeys([*names, *(each for each in currencies if each)]))
