"""What people do to jobs: start, cancel, retry."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict
from app.core.queue import Queue, enqueue
from app.core.text import N_
from app.domain.jobs.models import OVER, Job, JobRow
from app.domain.jobs.queries import is_superseded, one
from tenants.session import session

# States from which a job may go on.
ENDED_EARLY = frozenset({"failed", "cancelled"})
SUPERSEDED = N_("This was taken back meanwhile, or begun anew, so it cannot go on.")


def draft(
    actor: Actor,
    kind: str,
    title: str,
    params: Mapping[str, Any] | None = None,
    *,
    object: str | None = None,  # noqa: A002 - the word of the whole engine
) -> Job:
    """A job that is being prepared and does not run yet; `begin` starts it."""
    job = Job(kind=kind, title=title, params=dict(params or {}), object=object, started_by=actor.member_id)
    if actor.door == "api":
        job.app_id = actor.id if actor.kind == "client" else None
        job.scopes = sorted(actor.permissions)
    session.add(job)
    session.flush()
    return job


def start(
    actor: Actor,
    kind: str,
    title: str,
    params: Mapping[str, Any] | None = None,
    *,
    object: str | None = None,  # noqa: A002
    queue: Queue = "bulk",
) -> Job:
    """A job that the worker registered as `kind` does soon after this transaction commits."""
    return begin(draft(actor, kind, title, params, object=object), queue)


def begin(job: Job, queue: Queue = "bulk") -> Job:
    """Queue a drafted job; the caller has authorised it."""
    if job.state != "draft":
        raise Conflict(N_("This was started already."))
    job.state, job.queued_at = "queued", now()
    session.flush()
    _stage(job, queue)
    return job


def cancel(actor: Actor, job_id: UUID) -> Job:
    """Ask a job to stop; what waits stops now, what runs stops after its slice, what is over stays.

    A draft has nothing to stop and is discarded: cancelled, it could be tried again without being started.
    """
    job = one(actor, job_id)
    if job.state == "draft":
        raise Conflict(N_("This has not been started."))
    waits = Job.state == "queued"
    statement = update(Job).where(Job.id == job.id, Job.state.not_in(OVER))
    statement = statement.values(
        cancel_requested_at=now(),
        state=case((waits, "cancelled"), else_=Job.state),
        finished_at=case((waits, now()), else_=None),
    )
    session.execute(statement, execution_options={"synchronize_session": False})
    session.expire(job)
    return job


def retry(actor: Actor, job_id: UUID, queue: Queue = "bulk") -> Job:
    """Let a failed or cancelled job go on from where it stopped.

    Raises Conflict for one that was taken back since, if only in part: nothing is left of where it stopped.
    """
    job = one(actor, job_id)
    _stage(job, queue)
    # Locked after it is staged, in the order of the workers; of two who retry, the second finds it queued.
    session.refresh(job, with_for_update=True)
    if job.state not in ENDED_EARLY:
        raise Conflict(N_("Only what failed or was cancelled can be tried again."))
    if is_superseded(job):
        raise Conflict(SUPERSEDED)
    job.error, job.cancel_requested_at, job.finished_at = None, None, None
    job.state, job.queued_at = "queued", now()
    return job


def discard(actor: Actor, job_id: UUID) -> None:
    """Remove a draft and its rows."""
    job = one(actor, job_id)
    if job.state != "draft":
        raise Conflict(N_("This was started already."))
    session.execute(delete(JobRow).where(JobRow.job_id == job.id))
    session.delete(job)


def key(job_id: UUID) -> str:
    """The name under which a job is staged; it is staged at most once."""
    return f"job:{job_id}"


def _stage(job: Job, queue: Queue) -> None:
    enqueue(job.kind, {"job_id": str(job.id)}, queue=queue, key=key(job.id))
