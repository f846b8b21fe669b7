"""Which records are samples: each is marked by a link, so that clearing finds exactly these."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from app.core.queue import cancel_many
from app.domain.deliveries import timers
from app.records import registry
from tenants.context import current
from tenants.session import session

# What hangs on others goes first.
CLEARED = (
    "threads",
    "activities",
    "cases",
    "incidents",
    "deliveries",
    "order_lines",
    "orders",
    "deals",
    "contacts",
    "companies",
    "products",
)

_MARK = text("""
INSERT INTO links (kind, from_object, from_id, to_object, to_id)
SELECT 'demo', :object, id, 'workspace', :tenant FROM unnest(CAST(:ids AS uuid[])) AS id
""")
# What the clock opened for samples is a sample as well.
_MARK_CLOCKED = text("""
INSERT INTO links (kind, from_object, from_id, to_object, to_id)
SELECT 'demo', 'incidents', i.id, 'workspace', l.to_id
  FROM incidents i
  JOIN links l ON l.kind = 'demo' AND l.from_object = 'deliveries' AND l.from_id = i.delivery_id
 WHERE i.opened_door = 'clock'
    ON CONFLICT DO NOTHING
""")
# A delivery that somebody added to a sample order is theirs: it stays, without the order.
_DETACH = text("""
UPDATE deliveries AS d SET order_id = NULL
  FROM links l
 WHERE l.kind = 'demo' AND l.from_object = 'orders' AND l.from_id = d.order_id
   AND NOT EXISTS (SELECT FROM links own
                    WHERE own.kind = 'demo' AND own.from_object = 'deliveries' AND own.from_id = d.id)
""")
_REMOVE = """
WITH gone AS (
  DELETE FROM TABLE_NAME AS t USING links l
   WHERE l.kind = 'demo' AND l.from_object = :object AND l.from_id = t.id
  RETURNING t.id
), identified AS (DELETE FROM identifiers WHERE record_id IN (SELECT id FROM gone)
), found AS (DELETE FROM search WHERE record_id IN (SELECT id FROM gone)
), told AS (DELETE FROM notices WHERE record_id IN (SELECT id FROM gone)
), marked AS (DELETE FROM links WHERE kind = 'demo' AND from_object = :object)
SELECT id FROM gone
"""
_COUNT = text("SELECT count(*) FROM links WHERE kind = 'demo'")
_ANY = text("SELECT EXISTS (SELECT FROM links WHERE kind = 'demo')")


def mark(object_name: str, ids: Sequence[UUID]) -> None:
    """Remember that these records are samples."""
    session.execute(_MARK, {"object": object_name, "ids": list(ids), "tenant": current().id})


def mark_clocked() -> None:
    """Remember the incidents that the clock opened for sample deliveries."""
    session.execute(_MARK_CLOCKED)


def exist() -> bool:
    """Whether the workspace holds samples."""
    return bool(session.scalar(_ANY))


def count() -> int:
    """How many samples there are."""
    return session.scalar(_COUNT) or 0


def remove(object_name: str) -> int:
    """Remove the samples of one object for good, and all that is kept about them; how many there were."""
    if object_name == "orders":
        session.execute(_DETACH)
    described = registry.find(object_name)
    # Conversations are no object of the engine: their table has their name.
    table = described.base.name if described else object_name
    statement = text(_REMOVE.replace("TABLE_NAME", table))
    gone = session.scalars(statement, {"object": object_name}).all()
    if object_name == "deliveries":
        cancel_many([timers.key(one) for one in gone])
    return len(gone)
