"""Records out of the trash for good: what is left is that it was done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, delete, exists, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, NotFound, Problem
from app.core.permissions import EVERYTHING, require
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.bulk import blocks, telling
from app.domain.bulk.rules import Selection
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.purging import children, naming
from app.records import facts, filters, journal, loading, registry, scope
from app.records.joining import absorbed
from app.records.joining.pointers import links
from app.records.reading import Query
from app.records.rights import allowed
from app.records.tables import array_of, identifiers, search
from app.records.types import ObjectType
from app.records.writing import Outcome
from tenants import erasing
from tenants.context import current
from tenants.session import session

# Nothing brings them back, so it is not for everybody who may delete.
PERMISSION = "records:purge"
KIND = "purge"
TITLE = N_("Emptying the trash")
SOME = N_("Deleting for good")
NOT_IN_TRASH = N_("Only what lies in the trash can be deleted for good. Delete it first.")
SEE_TRASH = N_("See the trash")
FORGET_JOB = "purging.forget"
KEPT = timedelta(days=30)
PORTION = 200
# How many records went, by object.
Gone = Mapping[str, int]
_KEEPER = Actor(kind="system", id=None, name="Kith", door="clock", permissions=EVERYTHING)


def purge(actor: Actor, object_name: str, ids: Sequence[UUID]) -> Gone:
    """Remove these records, which lie in the trash, with all that is nothing without them; what went.

    Raises NotFound where `actor` sees none of them, Conflict where none lies in the trash, NotAllowed.
    """
    described = allowed(actor, object_name, "delete")
    require(actor, PERMISSION)
    theirs = scope.rows(actor, described)
    known = list(loading.locked(described, ids, trashed=True, only=theirs, identified=False))
    if not known and scope.visible(actor, object_name, ids) and loading.locked(described, ids, only=theirs):
        raise Conflict(NOT_IN_TRASH)
    if not known:
        raise NotFound(object_name)
    scope.permit(actor, described, "delete", known)
    return _purge(actor, described, known)


def ask(actor: Actor, object_name: str, selection: Selection | None = None) -> Job:
    """A job that deletes these records of the trash for good, without a selection all that lie there now.

    What a filter finds in the trash as the job begins is meant.
    """
    described = allowed(actor, object_name, "delete")
    require(actor, PERMISSION)
    if selection is None:
        return jobs.start(actor, KIND, TITLE, {"until": now().isoformat()}, object=described.name)
    selection.check()
    params = {"where": filters.to_json(selection.where), "search": selection.search}
    job = jobs.draft(actor, KIND, SOME, params, object=described.name)
    if selection.ids is not None:
        job.rows_total = blocks.lay_ids(job, selection.ids)
        job.checkpoint = {"laid": True}
    return jobs.begin(job)


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Purge some more; True where more is left."""
    described = allowed(actor, job.object or "", "delete")
    require(actor, PERMISSION)
    if "until" not in job.params:
        return _advance_some(actor, job, described, budget)
    gone, done, more = Counter[str](job.checkpoint.get("gone", {})), 0, True
    while more and (done == 0 or not budget.is_spent()):
        here = described.table.c.deleted_at <= datetime.fromisoformat(job.params["until"])
        ids = _trashed(described, here, scope.rows(actor, described, verb="delete"))
        gone.update(_purge(actor, described, ids) if ids else {})
        done, more = done + len(ids), len(ids) == PORTION
    job.result = _result(job, gone)
    slices.progress(job, done=done, counts={"updated": done}, checkpoint={"gone": gone})
    return more


def _advance_some(actor: Actor, job: Job, described: ObjectType, budget: Budget) -> bool:
    total = job.rows_total if job.checkpoint.get("laid") else _lay(actor, job, described)
    gone, states = Counter[str](job.checkpoint.get("gone", {})), Counter[str]()
    done, more = job.rows_done, False
    for ids in blocks.waiting(job):
        left = _not_going(actor, described, ids)
        telling.note(job.id, left, after=done)
        kept = {each.record_id for each in left}
        going = [each for each in ids if each not in kept]
        for start in range(0, len(going), PORTION):
            gone.update(_purge(actor, described, going[start : start + PORTION]))
        states.update({"updated": len(going), "failed": len(left)})
        done += len(ids)
        if budget.is_spent():
            more = done < (total or 0)
            break
    job.result = _result(job, gone, left=bool(job.failed_count + states["failed"]))
    checkpoint = {"laid": True, "gone": gone}
    slices.progress(job, done=done - job.rows_done, total=total, counts=states, checkpoint=checkpoint)
    return more


def _lay(actor: Actor, job: Job, described: ObjectType) -> int:
    tree = job.params["where"]
    where = filters.parse_json(described, tree, actor) if tree else None
    return blocks.lay_found(actor, job, described, Query(where, job.params["search"], trashed=True))


def _not_going(actor: Actor, described: ObjectType, ids: Sequence[UUID]) -> list[Outcome]:
    """An outcome for each that is not in the trash, or not for `actor` to delete; the others are locked."""
    theirs = scope.rows(actor, described)
    known = loading.locked(described, ids, trashed=True, only=theirs, identified=False)
    beyond = scope.beyond(actor, described, "delete", known)
    why = {
        each: scope.not_yours() if each in beyond else Problem("id", "not_found", telling.GONE)
        for each in ids
        if each in beyond or each not in known
    }
    return [Outcome("failed", each, (problem,)) for each, problem in why.items()]


def _result(job: Job, gone: Gone, *, left: bool = False) -> dict[str, Any]:
    """The receipt: how many of what went."""
    told: dict[str, Any] = {"gone": dict(gone), "href": f"/{job.object}?trash=1", "label": SEE_TRASH}
    return {**told, "errors_href": f"/jobs/{job.id}/problems.csv"} if left else told


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


def _purge(actor: Actor, described: ObjectType, ids: Sequence[UUID]) -> Gone:
    going = children.gather(described, ids, {})
    every = [each for _, those in going.values() for each in those]
    naming.forget_searches(going)
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
    return counts
