"""What is known of deliveries beyond their own row."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.session import session

# The row is locked, so that of two timers for one delivery the second sees what the first did.
_PROMISED = text("""
SELECT d.id, d.number, d.order_id, d.company_id, d.contact_id, d.status, d.promised_on, d.due_at,
       d.shipped_at, d.delivered_at, d.deleted_at, d.is_history,
       coalesce(d.owner_id, o.owner_id, c.owner_id) AS owner_id,
       coalesce(o.number, d.number, '') AS label
  FROM deliveries d
  LEFT JOIN orders o ON o.id = d.order_id
  LEFT JOIN companies c ON c.id = d.company_id
 WHERE d.id = :id
   FOR NO KEY UPDATE OF d
""")
_OWNERS = text("SELECT id FROM members WHERE role = 'owner' AND removed_at IS NULL ORDER BY id")
_ACTIVE = text("SELECT id FROM members WHERE id = :id AND removed_at IS NULL")


def promised(delivery_id: UUID) -> dict[str, Any] | None:
    """The delivery with its order's number as `label` and the relation's owner, locked; None if unknown."""
    found = session.execute(_PROMISED, {"id": delivery_id}).mappings().one_or_none()
    return dict(found) if found else None


def who_to_tell(owner_id: UUID | None) -> list[UUID]:
    """The relation's owner, or where there is none (any more) the owners of the workspace."""
    if owner_id is not None and session.scalar(_ACTIVE, {"id": owner_id}):
        return [owner_id]
    return list(session.scalars(_OWNERS))
