"""Telling members, once, and their reading it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.ids import new_id
from app.core.queue import enqueue
from app.domain.notices.models import Notice
from tenants.session import session

MAIL_JOB = "notices.mail"


def tell(  # noqa: PLR0917 - in the order of the sentence: whom, once by what, what, about what
    member_id: UUID,
    key: str,
    kind: str,
    object: str | None = None,  # noqa: A002 - the word of the whole engine
    record_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    mail: bool = True,
) -> bool:
    """Tell a member something, in the workspace and by mail, within seconds; whether it is news.

    The same `key` is told once for ever. `kind` is one of app.domain.notices.kinds; `data` fills its words.
    """
    statement = insert(Notice).values(
        id=new_id(),
        key=key,
        member_id=member_id,
        kind=kind,
        object=object,
        record_id=record_id,
        data=dict(data or {}),
        created_at=now(),
    )
    told = session.scalar(statement.on_conflict_do_nothing(index_elements=["key"]).returning(Notice.id))
    if told is not None and mail:
        enqueue(MAIL_JOB, {"notice_id": str(told)}, queue="mail")
    return told is not None


def read(actor: Actor, notice_ids: Iterable[UUID] | None = None) -> int:
    """Mark the actor's notices as read, all of them or those named; how many were not."""
    mine = update(Notice).where(Notice.member_id == actor.member_id, Notice.read_at.is_(None))
    if notice_ids is not None:
        mine = mine.where(Notice.id.in_(list(notice_ids)))
    return len(session.execute(mine.values(read_at=now()).returning(Notice.id)).all())
