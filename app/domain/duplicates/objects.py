"""Which objects have duplicates."""

from app.records.types import ObjectType

# What happened twice is told twice.
DEALINGS = frozenset({"orders", "order_lines", "deliveries", "incidents"})
# By these one record of a person or an organisation is like another.
_TRAITS = frozenset({"emails", "phones", "city", "birthday"})


def may_merge(described: ObjectType) -> bool:
    """Whether two records of the object may become one."""
    return described.name not in DEALINGS


def is_compared(described: ObjectType) -> bool:
    """Whether duplicates of the object are looked for: it says more of a record than its name."""
    return may_merge(described) and bool(_TRAITS & described.by_name.keys())
