"""What is known of incidents and of what they are about."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from app.core.clock import now
from tenants.session import session

_NUMBERS = text("SELECT id, number FROM orders WHERE id = ANY(CAST(:ids AS uuid[]))")
_OPEN_LATE = text("""
SELECT id, delivery_id FROM incidents
 WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND kind = 'late'
   AND resolved_at IS NULL AND deleted_at IS NULL
""")
_EARLIER_LATE = text("""
SELECT count(*) FROM incidents
 WHERE company_id = :company AND kind = 'late' AND deleted_at IS NULL AND opened_at > :since
""")


def order_numbers(order_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of these orders."""
    if not order_ids:
        return {}
    return {row.id: row.number for row in session.execute(_NUMBERS, {"ids": list(order_ids)})}


def open_late(delivery_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The open incident of each of these deliveries that is late, by the delivery."""
    if not delivery_ids:
        return {}
    return {row.delivery_id: row.id for row in session.execute(_OPEN_LATE, {"ids": list(delivery_ids)})}


def late_in_90_days(company_id: UUID | None) -> int:
    """How many deliveries to the company were late in the last 90 days."""
    if company_id is None:
        return 0
    since = now() - timedelta(days=90)
    return session.scalar(_EARLIER_LATE, {"company": company_id, "since": since}) or 0
