"""Who changed a record last where that was no member: an app, a customer, or Kith itself."""

from uuid import UUID

from sqlalchemy import and_, or_, select

from app.records.tables import facts
from tenants.session import session


def changer(object_name: str, record_id: UUID) -> str:
    """The name of the app or customer who changed the record last; empty where that was Kith itself."""
    log = facts.c
    # A change of many is a fact about all of them.
    many = and_(log.record_id.is_(None), log.object == object_name)
    here = and_(log.about.contains([record_id]), or_(log.record_id == record_id, many))
    found = select(log.actor_kind, log.actor_name).where(here).order_by(log.id.desc()).limit(1)
    row = session.execute(found).one_or_none()
    return row.actor_name if row is not None and row.actor_kind != "system" else ""
