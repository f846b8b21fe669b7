"""Records out of the trash for good: what is left is that it was done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import any_, delete, exists, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.permissions import EVERYTHING, require
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.purging import children
from app.records import facts, journal, loading, registry, scope
from app.records.joining import absorbed
from app.records.joining.pointers import links
from app.records.rights import allowed
from app.records.tables import array_of, identifiers, search
from app.records.types import ObjectType
from tenants import erasing
from tenants.context import current
from tenants.session import session

# Nothing brings them back, so it is not for everybody who may delete.
PERMISSION = "workspace:manage"
KIND = "purge"
TITLE = N_("Emptying the trash")
FORGET_JOB = "purging.forget"
KEPT = timedelta(days=30)
PORTION = 200
_KEEPER = Actor(kind="system", id=None, name="Kith", door="clock", permissions=EVERYTHING)


def purge(actor: Actor, object_name: str, ids: Sequence[UUID]) -> int:
    """Remove these records, which lie in the trash, with all that is nothing without them; how many went.

    Raises NotFound where none of them lies there, NotAllowed.
    """
    described = allowed(actor, object_name, "delete")
    require(actor, PERMISSION)
    theirs = scope.rows(actor, described)
    known = loading.locked(described, ids, trashed=True, only=theirs, identified=False)
    if not known:
        raise NotFound(object_name)
    return _purge(actor, described, list(known))


def ask(actor: Actor, object_name: str) -> Job:
    """A job that empties the trash of that object as it is now."""
    described = allowed(actor, object_name, "delete")
    require(actor, PERMISSION)
    return jobs.start(actor, KIND, TITLE, {"until": now().isoformat()}, object=described.name)


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Purge some more; True where more is left."""
    described = allowed(actor, job.object or "", "delete")
    require(actor, PERMISSION)
    done, more = 0, True
    while more and (done == 0 or not budget.is_spent()):
        here = described.table.c.deleted_at <= datetime.fromisoformat(job.params["until"])
        ids = _trashed(described, here, scope.rows(actor, described))
        done += _purge(actor, described, ids) if ids else 0
        more = len(ids) == PORTION
    slices.progress(job, done=done, counts={"updated": done})
    return more


def clear() -> bool:
    """Purge a portion of what has lain in the trash for 30 days; whether more is left."""
    before, more = now() - KEPT, False
    for described in registry.every():
        # What was merged leads to what stayed, as long as that is there.
        merged = exists().where(links.c.kind == absorbed.KIND, links.c.from_id == described.table.c.id)
        ids = _trashed(described, described.table.c.deleted_at < before, ~merged)
        if ids:
            _purge(_KEEPER, described, ids)
        more = more or len(ids) == PORTION
    return more


def forget(ids: Sequence[UUID]) -> None:
    """Take what facts tell of these records out of them."""
    gone = {str(each) for each in ids}

    def without(packed: bytes) -> bytes | None:
        lines = [line for line in journal.unpack(packed) if line["id"] not in gone]
        return next(part for _, part in journal.pack(lines)) if lines else None

    erasing.forget(current(), ids, without)


def _trashed(described: ObjectType, *conditions: object) -> list[UUID]:
    table = described.table
    wanted = [each for each in conditions if each is not None]
    found = select(table.c.id).where(table.c.deleted_at.is_not(None), *wanted)  # type: ignore[arg-type]
    return list(session.scalars(found.order_by(table.c.id).limit(PORTION)))


def _purge(actor: Actor, described: ObjectType, ids: Sequence[UUID]) -> int:
    going = children.gather(described, ids, {})
    every = [each for _, those in going.values() for each in those]
    for other, those in going.values():
        children.unpoint(other, those)
    for table, column in ((identifiers, identifiers.c.record_id), (search, search.c.record_id)):
        session.execute(delete(table).where(column == any_(array_of(every))))
    # What belongs to others goes before them.
    for other, those in reversed(going.values()):
        session.execute(delete(other.base).where(other.base.c.id == any_(array_of(those))))
    counts = {name: len(those) for name, (_, those) in going.items() if those}
    facts.record(actor, "purged", described.name, None, about=every, data={"rows": counts})
    for start in range(0, len(every), PORTION):
        part = [str(each) for each in every[start : start + PORTION]]
        enqueue(FORGET_JOB, {"ids": part}, queue="bulk")
    return len(ids)
