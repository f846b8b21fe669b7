"""Which record another one was merged into."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import any_, select

from app.records.joining.pointers import links
from app.records.tables import array_of
from tenants.session import session

KIND = "merged"


def into(object_name: str, record_id: UUID) -> UUID | None:
    """The record that this one was merged into and still is, or None."""
    here = (links.c.kind == KIND, links.c.from_object == object_name, links.c.from_id == record_id)
    found: UUID | None = session.scalar(select(links.c.to_id).where(*here))
    return found


def by(record_ids: Collection[UUID]) -> list[UUID]:
    """The records that were merged into these."""
    here = (links.c.kind == KIND, links.c.to_id == any_(array_of(record_ids)))
    return list(session.scalars(select(links.c.from_id).where(*here)))
