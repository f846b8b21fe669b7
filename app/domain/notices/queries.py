"""What a member was told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from app.core.actor import Actor
from app.domain.notices.models import Notice
from app.records import fences, registry, scope
from app.records.rights import readable
from tenants.session import session

MOST_COUNTED = 99


def unread(actor: Actor) -> int:
    """How many notices the actor has not read, counted up to 99."""
    mine = select(Notice.id).where(_for(actor), Notice.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(mine.limit(MOST_COUNTED).subquery())) or 0


def page(actor: Actor, before: UUID | None = None, limit: int = 50) -> Sequence[Notice]:
    """The actor's notices, newest first, older than `before`."""
    older = Notice.id < before if before else true()
    statement = select(Notice).where(_for(actor), older)
    return session.scalars(statement.order_by(Notice.id.desc()).limit(limit)).all()


def tells(actor: Actor, notice: Notice) -> bool:
    """Whether the notice is still for the actor: who lost sight of a record is told of it no more."""
    return bool(session.scalar(select(Notice.id).where(Notice.id == notice.id, _for(actor))))


def _for(actor: Actor) -> ColumnElement[bool]:
    """The actor's own, about what the actor sees."""
    mine = Notice.member_id == actor.member_id
    seen = scope.among(actor, readable(actor), Notice.object, Notice.record_id)
    if seen is None or fences.sees_all(actor):
        return mine
    others = or_(Notice.object.is_(None), Notice.object.not_in([each.name for each in registry.every()]))
    return and_(mine, or_(others, seen))
