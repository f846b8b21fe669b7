"""Taking a bulk change or an import back, fact by fact, the newest first; later work of others stays."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.permissions import require
from app.core.text import N_
from app.domain.bulk import blocks, rules, telling
from app.domain.bulk.actions import KIND as BULK
from app.domain.imports import reviewing
from app.domain.imports.queries import KIND as IMPORT
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries, slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import journal, registry, reversing
from app.records.reversing import Reversal
from app.records.rights import allowed
from app.records.tables import fact_values, facts
from app.records.writing import Outcome
from tenants.session import session

KIND = "undo"
WINDOW = timedelta(days=30)
NOT_OVER = N_("This is still running. Cancel it first, or wait for its end.")
NEVER_RAN = N_("This has not been started, so there is nothing to take back.")
HIDDEN = N_("What this changed is of an object that is hidden or removed by now. Show it again first.")
TOO_LATE = N_("This ended more than 30 days ago and cannot be taken back any more.")


def ask(actor: Actor, job_id: UUID) -> Job:
    """The job that takes the other one back; asked again it is the same one, or goes on where one stopped.

    Raises NotFound for a job that changed no records, Conflict before it is over, after 30 days and where
    its object is hidden, NotAllowed where the actor may not do the contrary.
    """
    job = queries.one(actor, job_id)
    if job.kind not in (BULK, IMPORT):
        raise NotFound
    if registry.find(job.object or "") is None:
        raise Conflict(HIDDEN)
    for permission in sorted(_needed(job)):
        require(actor, permission)
    if job.state == "draft":
        raise Conflict(NEVER_RAN)
    if not job.is_over:
        raise Conflict(NOT_OVER)
    if _is_late(job):
        raise Conflict(TOO_LATE)
    session.refresh(job, with_for_update=True)
    if not job.is_over:
        raise Conflict(NOT_OVER)
    again = undone_by(job.id)
    if again is not None:
        return session.get_one(Job, again)
    if job.kind == IMPORT:
        reviewing.give_up(job)
    blocks.forget(job.id)
    begun = jobs.draft(actor, KIND, job.title, {"door": actor.door}, object=job.object)
    begun.undo_of = job.id
    begun.rows_total = job.created_count + job.updated_count
    _follow(begun, job)
    return jobs.begin(begun)


def _follow(begun: Job, job: Job) -> None:
    """Where taking `job` back has stopped before, what that has done is not done again."""
    tries = select(Job).where(Job.undo_of == job.id, Job.id != begun.id).order_by(Job.id.desc()).limit(1)
    stopped = session.scalar(tries)
    if stopped is not None and stopped.checkpoint:
        begun.checkpoint = stopped.checkpoint
        begun.rows_total = max((stopped.rows_total or 0) - stopped.rows_done, 0)


def may_ask(actor: Actor, job: Job) -> bool:
    """Whether `actor` may take the job back: it is over, has changed something, and that not too long ago."""
    if job.kind not in (BULK, IMPORT) or job.state == "draft" or not job.is_over or _is_late(job):
        return False
    if registry.find(job.object or "") is None:
        return False
    return _needed(job) <= actor.permissions and bool(job.created_count + job.updated_count)


def undone_by(job_id: UUID) -> UUID | None:
    """The job that takes this one back or did so, or None."""
    tries = select(Job.id).where(Job.undo_of == job_id, Job.state.not_in(("failed", "cancelled")))
    found: UUID | None = session.scalar(tries)
    return found


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Take back some more of the job's facts; True where some are left."""
    known: list[str] | None = job.checkpoint.get("facts")
    waiting = _facts_of(job.undo_of) if known is None else known
    since = job.checkpoint.get("since") or (waiting[-1] if waiting else None)
    done, states = job.rows_done, Counter[str]()
    while waiting:
        outcomes, gone = _take_back(actor, job, UUID(waiting[0]), UUID(since))
        telling.note(job.id, outcomes, after=done)
        states.update(outcome.state for outcome in outcomes)
        states["skipped"] += gone
        done += len(outcomes) + gone
        waiting = waiting[1:]
        if budget.is_spent():
            break
    job.result = {} if waiting else _links(job, states)
    slices.progress(
        job, done=done - job.rows_done, counts=states, checkpoint={"facts": waiting, "since": since}
    )
    return bool(waiting)


def _needed(job: Job) -> set[str]:
    described = registry.get(job.object or "")
    if job.kind == IMPORT:
        return {"imports:run", described.permission("delete")}
    return {described.permission(rules.RIGHTS[job.params["verb"]])}


def _is_late(job: Job) -> bool:
    return job.finished_at is not None and job.finished_at < now() - WINDOW


def _facts_of(job_id: UUID | None) -> list[str]:
    """The job's facts, the newest first."""
    found = session.scalars(select(facts.c.id).where(facts.c.job_id == job_id).order_by(facts.c.id.desc()))
    return [str(fact_id) for fact_id in found]


def _take_back(actor: Actor, job: Job, fact_id: UUID, since: UUID) -> tuple[Sequence[Outcome], int]:
    """What became of each row of the fact, and of how many rows nothing is known any more."""
    columns = (facts.c.object, facts.c.rows_count, fact_values.c.journal)
    source = facts.outerjoin(fact_values, fact_values.c.fact_id == facts.c.id)
    fact = session.execute(select(*columns).select_from(source).where(facts.c.id == fact_id)).one()
    if fact.journal is None or job.undo_of is None:
        return [], int(fact.rows_count)  # the values from before were erased since
    wanted = Reversal(job.undo_of, job.id, since, job.title)
    lines = journal.unpack(fact.journal)
    outcomes = reversing.take_back(actor, fact.object, lines, wanted)
    described = allowed(actor, fact.object, "read")
    return telling.explained(actor, described, outcomes), 0


def _links(job: Job, states: Counter[str]) -> dict[str, str]:
    left = job.failed_count + job.skipped_count + states["failed"] + states["skipped"]
    links = {"href": f"/{job.object}", "label": N_("See the records")}
    return {**links, "errors_href": f"/jobs/{job.id}/problems.csv"} if left else links
