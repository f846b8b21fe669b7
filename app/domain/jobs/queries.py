"""Jobs as those who may see them see them: one's own, and for admins everybody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.domain.jobs.models import Job, JobRow
from tenants.session import session


@dataclass(frozen=True)
class Page:
    """Some jobs, the newest first; `next` continues after the last, None at the end."""

    jobs: Sequence[Job]
    next: UUID | None


def page(actor: Actor, before: UUID | None = None, limit: int = 50) -> Page:
    """Jobs that were started, newest first; drafts are not among them."""
    require(actor, "jobs:read")
    older = Job.id < before if before else true()
    statement = select(Job).where(_visible(actor), Job.state != "draft", older)
    found = session.scalars(statement.order_by(Job.id.desc()).limit(limit + 1)).all()
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def one(actor: Actor, job_id: UUID) -> Job:
    """The job; NotFound where there is none that the actor may see."""
    require(actor, "jobs:read")
    job = session.scalar(select(Job).where(Job.id == job_id, _visible(actor)))
    if job is None:
        raise NotFound
    return job


def running(actor: Actor) -> int:
    """How many of the actor's jobs are not over."""
    statement = select(Job.id).where(_visible(actor), Job.state.in_(("queued", "running"))).limit(100)
    return len(session.scalars(statement).all())


def is_superseded(job: Job) -> bool:
    """Whether the job was taken back, if only in part, or what it takes back is taken back by a later one."""
    takes_back = Job.undo_of == job.id
    later = and_(Job.undo_of == job.undo_of, Job.id > job.id) if job.undo_of else false()
    return bool(session.scalar(select(exists().where(or_(takes_back, later)))))


def rows(actor: Actor, job_id: UUID, states: Sequence[str], after: int = 0, limit: int = 200) -> list[JobRow]:
    """Rows of a job in those states, by number, from the one after `after`."""
    job = one(actor, job_id)
    wanted = (JobRow.job_id == job.id, JobRow.state.in_(states), JobRow.row_number > after)
    return list(session.scalars(select(JobRow).where(*wanted).order_by(JobRow.row_number).limit(limit)))


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "system" or "workspace:manage" in actor.permissions:
        return true()
    return Job.app_id == actor.id if actor.kind == "client" else Job.started_by == actor.member_id
