"""The columns of a list: those that it shows where nobody chose, and what is said of those that were."""

from functools import lru_cache

from app.core.actor import Actor
from app.records import columns, registry
from app.records.columns import MOST, Chosen
from app.records.types import Field, ObjectType
from app.ui.say import gettext, ngettext

# What fits a screen without scrolling sideways.
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


def usual(actor: Actor, described: ObjectType) -> tuple[str, ...]:
    """The columns of a list for which nobody chose any, the title first."""
    others = columns.beside(actor, described)
    first = (each.name for each in others if not each.is_last)
    return (described.title, *first, *shown(described), *(each.name for each in others if each.is_last))


@lru_cache(maxsize=512)
def shown(described: ObjectType) -> tuple[str, ...]:
    """Those of them that are fields."""
    names = list(described.in_table)
    if described.name in SHOWN:
        own = registry.standard().get(described.name).by_name
        usual = [*SHOWN[described.name], *(name for name in names if name not in own)]
        names = [name for name in usual if _is_wanted(described.by_name.get(name), own.get(name))]
        names += [name for name in described.in_table if name in own and not own[name].in_table]
    return tuple([name for name in dict.fromkeys(names) if name != described.title])


def counted(number: int) -> str:
    """How the button is called that opens their choice: 9 columns."""
    return ngettext("%(num)s column", "%(num)s columns", number)


def notes(found: Chosen) -> list[str]:
    """What is to be said above the rows of columns that were asked for and are not shown."""
    said = []
    if found.lost:
        said.append(
            ngettext(
                "%(num)s column is left out: it is not there, or not for you to see.",
                "%(num)s columns are left out: they are not there, or not for you to see.",
                found.lost,
            )
        )
    if found.beyond:
        said.append(gettext("A list has at most %(most)s columns; those beyond are left out.", most=MOST))
    return said


def _is_wanted(field: Field | None, standard: Field | None) -> bool:
    """Whether a usual column stays: what the company took out of the table or hides does not."""
    if field is None or field.hidden:
        return False
    return field.in_table or standard is None or not standard.in_table
