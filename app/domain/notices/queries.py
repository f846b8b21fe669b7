"""What a member was told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, true

from app.core.actor import Actor
from app.domain.notices.models import Notice
from tenants.session import session

MOST_COUNTED = 99


def unread(actor: Actor) -> int:
    """How many notices the actor has not read, counted up to 99."""
    mine = select(Notice.id).where(Notice.member_id == actor.member_id, Notice.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(mine.limit(MOST_COUNTED).subquery())) or 0


def page(actor: Actor, before: UUID | None = None, limit: int = 50) -> Sequence[Notice]:
    """The actor's notices, newest first, older than `before`."""
    older = Notice.id < before if before else true()
    statement = select(Notice).where(Notice.member_id == actor.member_id, older)
    return session.scalars(statement.order_by(Notice.id.desc()).limit(limit)).all()
