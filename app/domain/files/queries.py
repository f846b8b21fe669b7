"""Files as those see them who may see what they hang on."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, true

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.domain.files import holders
from app.domain.files.models import File
from app.domain.plans.figures import meter
from tenants.session import session

# More than this a page does not show at once.
SHOWN_AT_ONCE = 200


def of_record(actor: Actor, object: str, record_id: UUID) -> Sequence[File]:  # noqa: A002 - the engine's word
    """Ready files of a record, the newest first; NotFound where the record may not be read."""
    holders.readable(actor, object, record_id)
    return of_seen(actor, object, [record_id]).get(record_id, [])


def of_seen(actor: Actor, object: str, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[File]]:  # noqa: A002
    """Ready files of things that the caller has found readable, by thing, in one statement."""
    if not ids:
        return {}
    statement = (
        select(File)
        .where(File.object == object, File.record_id.in_(ids), *_there(actor))
        .order_by(File.created_at.desc(), File.id.desc())
        .limit(SHOWN_AT_ONCE * len(ids))
    )
    found: dict[UUID, list[File]] = {}
    for file in session.scalars(statement):
        found.setdefault(file.record_id or file.id, []).append(file)
    return found


def counting(actor: Actor, object: str, record_id: UUID) -> ScalarSelect[int]:  # noqa: A002
    """How many files a record has that the caller has found readable, as a part of a statement."""
    mine = (File.object == object, File.record_id == record_id)
    return select(func.count()).select_from(File).where(*mine, *_there(actor)).scalar_subquery()


def one(actor: Actor, file_id: UUID, *, trashed: bool = False) -> File:
    """A file of any state; NotFound where the actor may not read what it hangs on.

    A file that hangs on nothing yet is its maker's alone.
    """
    file = session.get(File, file_id)
    if file is None or (file.deleted_at is not None and not trashed):
        raise NotFound("files")
    if file.object is None or file.record_id is None:
        if not is_own(actor, file):
            raise NotFound("files")
        return file
    holders.readable(actor, file.object, file.record_id)
    if actor.kind == "customer" and not (file.is_customer_visible or is_own(actor, file)):
        raise NotFound("files")
    return file


@meter("storage_bytes")
def used_bytes() -> int:
    """What all files of the tenant take, open uploads as announced."""
    alive = or_(File.state == "ready", (File.state == "pending") & (File.expires_at > now()))
    return int(session.scalar(select(func.coalesce(func.sum(File.size), 0)).where(alive)) or 0)


def open_uploads(actor: Actor) -> int:
    """How many uploads of `actor` wait for their bytes."""
    mine = (File.created_by == actor.id, File.created_by_kind == actor.kind)
    waiting = (File.state == "pending", File.expires_at > now())
    return session.scalar(select(func.count()).where(*mine, *waiting)) or 0


def is_own(actor: Actor, file: File) -> bool:
    """Whether `actor` brought the file."""
    return file.created_by == actor.id and file.created_by_kind == actor.kind


def _there(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    mine = (File.created_by == actor.id) & (File.created_by_kind == actor.kind)
    visible = or_(File.is_customer_visible, mine) if actor.kind == "customer" else true()
    return File.state == "ready", File.deleted_at.is_(None), visible
