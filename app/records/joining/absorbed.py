"""Which record another one was merged into."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from app.records.joining.pointers import links
from app.records.tables import array_of
from tenants.session import session

KIND = "merged"
# A record may go on into another one; the way ends where nothing leads on.
_LED = text(
    "WITH RECURSIVE way AS (SELECT i.value, l.to_id AS id, 1 AS step FROM identifiers i"
    " JOIN links l ON l.kind = 'merged' AND l.from_object = :object AND l.from_id = i.record_id"
    " WHERE i.object = :object AND i.kind = 'external' AND NOT i.is_live AND i.value = ANY(:values)"
    " AND (i.system = :system OR :system = '')"
    " UNION ALL SELECT way.value, l.to_id, way.step + 1 FROM way"
    " JOIN links l ON l.kind = 'merged' AND l.from_object = :object AND l.from_id = way.id"
    " WHERE way.step < 50)"
    " SELECT value, id FROM way ORDER BY step"
).bindparams(bindparam("values", type_=ARRAY(Text)))


def into(object_name: str, record_id: UUID) -> UUID | None:
    """The record that this one was merged into and still is, or None."""
    here = (links.c.kind == KIND, links.c.from_object == object_name, links.c.from_id == record_id)
    found: UUID | None = session.scalar(select(links.c.to_id).where(*here))
    return found


def led(object_name: str, system: str, values: Collection[str]) -> dict[str, UUID]:
    """Where ids in another system lead of which the records were merged into others; '' is any system.

    The other system knows nothing of a merge and goes on speaking of both.
    """
    if not values:
        return {}
    asked = {"object": object_name, "system": system, "values": sorted(values)}
    return {row.value: row.id for row in session.execute(_LED, asked)}


def by(record_ids: Collection[UUID]) -> list[UUID]:
    """The records that were merged into these."""
    here = (links.c.kind == KIND, links.c.to_id == any_(array_of(record_ids)))
    return list(session.scalars(select(links.c.from_id).where(*here)))
