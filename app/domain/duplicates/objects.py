"""Which objects have duplicates."""

from app.records.types import ObjectType

# What happened twice is told twice.
DEALINGS = frozenset({"orders", "order_lines", "deliveries", "incidents"})
# By these one record of a person or an organisation is like another.
_TRAITS = frozenset({"emails", "phones", "city", "birthday"})
_LISTS = frozenset({"emails", "phones"})


def may_merge(described: ObjectType) -> bool:
    """Whether two records of the object may become one."""
    return described.name not in DEALINGS


def is_compared(described: ObjectType) -> bool:
    """Whether duplicates of the object are looked for: it says more of a record than its name."""
    has_list = any(each.kind in _LISTS for each in described.identified)
    return may_merge(described) and (has_list or bool(_TRAITS & described.by_name.keys()))
