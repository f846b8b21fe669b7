"""Taking an import back: what it created goes to the trash, what it changed gets its values from before.

A record that somebody worked on since stays as it is. The work goes fact by fact, the newest first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.permissions import require
from app.core.text import N_
from app.domain.imports.queries import KIND as IMPORT
from app.domain.imports.queries import one
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import journal, registry, trashing, undo, writing
from app.records.rights import allowed
from app.records.tables import array_of, fact_values, facts
from app.records.writing import Row
from tenants.session import session

KIND = "imports.undo"
NOT_OVER = N_("This import is still running. Cancel it first, or wait for its end.")
NEVER_RAN = N_("This import has not been started, so there is nothing to take back.")

# Single facts are about their own record; of bulk facts the record may be any of those that they name.
_TOUCHED = text(
    "SELECT i FROM unnest(:ids) AS i WHERE EXISTS (SELECT 1 FROM facts f WHERE f.about @> ARRAY[i]"
    " AND f.object = :object AND (f.record_id = i OR f.record_id IS NULL) AND f.id > :since"
    " AND f.job_id IS DISTINCT FROM :import AND f.job_id IS DISTINCT FROM :undo)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def ask(actor: Actor, job_id: UUID) -> Job:
    """The job that takes the import back; asked again it is the same one.

    Raises Conflict before the import is over, NotAllowed where what it created may not be deleted.
    """
    require(actor, "imports:run")
    job = one(actor, job_id)
    if job.state == "draft":
        raise Conflict(NEVER_RAN)
    if not job.is_over:
        raise Conflict(NOT_OVER)
    allowed(actor, job.object or "", "delete")
    session.refresh(job, with_for_update=True)
    again = undone_by(job.id)
    if again is not None:
        return session.get_one(Job, again)
    begun = jobs.draft(actor, KIND, job.title, object=job.object)
    begun.undo_of = job.id
    begun.rows_total = job.created_count + job.updated_count
    return jobs.begin(begun)


def may_ask(actor: Actor, job: Job) -> bool:
    """Whether the job is an import that `actor` may take back: it is over and has changed something."""
    if job.kind != IMPORT or job.state == "draft" or not job.is_over:
        return False
    needed = {"imports:run", registry.get(job.object or "").permission("delete")}
    return needed <= actor.permissions and bool(job.created_count + job.updated_count)


def undone_by(job_id: UUID) -> UUID | None:
    """The job that takes the import back or did so, or None."""
    tries = select(Job.id).where(Job.undo_of == job_id, Job.state.not_in(("failed", "cancelled")))
    found: UUID | None = session.scalar(tries)
    return found


@dataclass
class _Done:
    """Rows by what became of them: taken back, or left because of later work."""

    updated: int = 0
    skipped: int = 0
    failed: int = 0
    facts: list[str] = field(default_factory=list)


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Take back some more of the import's facts; True where some are left."""
    waiting: list[str] = job.checkpoint.get("facts") or _facts_of(job.undo_of)
    since = job.checkpoint.get("since") or (waiting[-1] if waiting else None)
    done = _Done()
    while waiting:
        _take_back(actor, job, UUID(waiting[0]), UUID(since), done)
        waiting = waiting[1:]
        if budget.is_spent():
            break
    slices.progress(
        job,
        done=done.updated + done.skipped + done.failed,
        counts={"updated": done.updated, "skipped": done.skipped, "failed": done.failed},
        checkpoint={"facts": waiting, "since": since},
    )
    return bool(waiting)


def _facts_of(job_id: UUID | None) -> list[str]:
    """The import's facts, the newest first."""
    found = session.scalars(select(facts.c.id).where(facts.c.job_id == job_id).order_by(facts.c.id.desc()))
    return [str(fact_id) for fact_id in found]


def _take_back(actor: Actor, job: Job, fact_id: UUID, since: UUID, done: _Done) -> None:
    columns = (facts.c.object, facts.c.rows_count, fact_values.c.journal)
    source = facts.outerjoin(fact_values, fact_values.c.fact_id == facts.c.id)
    fact = session.execute(select(*columns).select_from(source).where(facts.c.id == fact_id)).one()
    if fact.journal is None:
        done.skipped += fact.rows_count  # the values from before were erased since
        return
    rows = journal.unpack(fact.journal)
    touched = _touched(job, fact.object, since, [UUID(row["id"]) for row in rows])
    free = [row for row in rows if UUID(row["id"]) not in touched]
    done.skipped += len(rows) - len(free)
    created = [UUID(row["id"]) for row in free if row["verb"] == "created"]
    trashed = trashing.trash_many(actor, fact.object, created, bulk_title=job.title, job_id=job.id)
    done.updated += len(trashed)
    done.skipped += len(created) - len(trashed)
    _restore(actor, job, fact.object, [row for row in free if row["verb"] != "created"], done)


def _touched(job: Job, object_name: str, since: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the records that somebody worked on after the import."""
    asked = {"object": object_name, "since": since, "import": job.undo_of, "undo": job.id, "ids": list(ids)}
    return set(session.scalars(_TOUCHED, asked))


def _restore(
    actor: Actor, job: Job, object_name: str, rows: Sequence[Mapping[str, Any]], done: _Done
) -> None:
    """Give changed records their values from before; those that are in the trash stay there."""
    described = registry.get(object_name)
    ids = [UUID(row["id"]) for row in rows]
    table = described.table
    alive = set(
        session.scalars(
            select(table.c.id).where(table.c.id == any_(array_of(ids)), table.c.deleted_at.is_(None))
        )
    )
    wanted = [
        Row(undo.values_before(described, row["changes"]), UUID(row["id"]))
        for row in rows
        if UUID(row["id"]) in alive
    ]
    done.skipped += len(rows) - len(wanted)
    if not wanted:
        return
    outcomes = writing.write_many(
        actor, object_name, wanted, quiet=True, job_id=job.id, title=job.title, habits=undo.STORED
    )
    for outcome in outcomes:
        if outcome.state == "failed":
            done.failed += 1
        else:
            done.updated += 1
