"""What the behaviour of orders asks of many orders at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from tenants.session import session

_WITH_LINES = text("""
SELECT DISTINCT order_id FROM line_items
 WHERE order_id = ANY(CAST(:ids AS uuid[])) AND deleted_at IS NULL
""")
_LAST_POSITIONS = text("""
SELECT coalesce(order_id, deal_id) AS parent, max(position) AS last
  FROM line_items
 WHERE order_id = ANY(CAST(:ids AS uuid[])) OR deal_id = ANY(CAST(:ids AS uuid[]))
 GROUP BY 1
""")


def with_lines(order_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the orders that have lines."""
    if not order_ids:
        return frozenset()
    return frozenset(session.scalars(_WITH_LINES, {"ids": list(order_ids)}))


def last_positions(parent_ids: Collection[UUID]) -> dict[UUID, int]:
    """The highest position among the lines of each order or deal that has any."""
    if not parent_ids:
        return {}
    return {row.parent: row.last for row in session.execute(_LAST_POSITIONS, {"ids": list(parent_ids)})}
