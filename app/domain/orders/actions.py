"""An order's total follows its lines."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from app.records.computed import marking
from tenants.session import session

# Whoever changes lines of the same order waits here, and the sum that follows sees the lines of both.
# Not FOR UPDATE: that would wait for those who hold the order by a line of theirs, and they for us.
_LOCK = text("SELECT id FROM orders WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE")
# Neither version nor updated_at moves: a sum is no edit.
_TOTALS = text("""
UPDATE orders AS o
   SET total = coalesce(lines.total, o.stated_total, 0)
  FROM (SELECT wanted.id, sum(l.amount) AS total
          FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
          LEFT JOIN line_items l ON l.order_id = wanted.id AND l.deleted_at IS NULL
         GROUP BY wanted.id) AS lines
 WHERE o.id = lines.id AND o.total IS DISTINCT FROM coalesce(lines.total, o.stated_total, 0)
""")


def recompute_totals(order_ids: Collection[UUID]) -> None:
    """Set these orders' totals to the sums of their lines, or where there are none to what was stated."""
    if order_ids:
        session.execute(_LOCK, {"ids": list(order_ids)})
        session.execute(_TOTALS, {"ids": list(order_ids)})
        marking.touched("orders", order_ids, ("total",))
