"""All records of an object worked out anew: after a formula changed, each night, or when somebody asks."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.text import N_
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import registry
from app.records.computed import marking, plans, settling
from app.records.types import ObjectType
from tenants.session import session

KIND = "records.recount"
TITLE = N_("Work out formulas and roll-ups")
_FIRST = UUID(int=0)


def begin(object_name: str) -> Job | None:
    """Work the object's records out from the first one on, as it is described now; None where nothing is.

    What was under way for it stops: it may have used what the fields were before.
    """
    if object_name not in plans.present().own:
        return None
    for earlier in _waiting(object_name):
        earlier.cancel_requested_at = now()
    job = Job(kind=KIND, title=TITLE, object=object_name)
    session.add(job)
    session.flush()
    return jobs.begin(job)


def nightly() -> None:
    """Nothing stays wrong for longer than a day, whatever went past the engine."""
    for name, own in plans.present().own.items():
        if own.rollups and not _waiting(name):
            begin(name)


def last(object_name: str) -> Job | None:
    """The newest such work on the object."""
    here = select(Job).where(Job.kind == KIND, Job.object == object_name)
    found: Job | None = session.scalar(here.order_by(Job.id.desc()).limit(1))
    return found


def advance(actor: Actor, job: Job, budget: Budget) -> bool:  # noqa: ARG001 - it is nobody's edit
    """Some more records; True where some are left."""
    described = registry.find(job.object or "")
    if described is None:
        return False
    point: dict[str, Any] = job.checkpoint or {"after": str(_FIRST)}
    total = job.rows_total if job.rows_total is not None else _rows(described)
    after, done, more = UUID(point["after"]), 0, True
    while more:
        ids = _next(described, after)
        missed = settling.work_out(described.name, ids)
        marking.mark({described.name: missed})
        done, more = done + len(ids), len(ids) == settling.CHUNK
        after = ids[-1] if ids else after
        if budget.is_spent():
            break
    slices.progress(job, done=done, total=max(total, job.rows_done + done), checkpoint={"after": str(after)})
    return more


def _waiting(object_name: str) -> list[Job]:
    busy = (Job.kind == KIND, Job.object == object_name, Job.state.in_(("queued", "running")))
    return list(session.scalars(select(Job).where(*busy)))


def _next(described: ObjectType, after: UUID) -> list[UUID]:
    table = described.table
    here = select(table.c.id).where(table.c.id > after).order_by(table.c.id).limit(settling.CHUNK)
    return list(session.scalars(here))


def _rows(described: ObjectType) -> int:
    return session.scalar(select(func.count()).select_from(described.table)) or 0
