"""Imports as people and programs see them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true

from app.core.actor import Actor
from app.core.errors import NotFound, Problem
from app.core.permissions import require
from app.domain.imports.rules.complaints import complaints
from app.domain.imports.rules.plan import Plan, plan_from_json
from app.domain.imports.source import Source
from app.domain.imports.targets import EXTERNAL, RECORD_ID, importable, targets
from app.domain.jobs import queries as jobs
from app.domain.jobs.models import Job, JobRow
from app.records import registry
from app.records.types import ObjectType
from tenants.session import session

KIND = "imports"
# The state of rows that somebody has to decide about.
WAITING = "waiting"
# Among a job's params: its file holds the refused rows only.
REDUCED = "is_reduced"
_MATCH_TARGETS = {"external": (EXTERNAL,), "id": (RECORD_ID,), "name": ("name", "full_name", "last_name")}
_PAGE = 1_000


def one(actor: Actor, job_id: UUID) -> Job:
    """The import; NotFound where there is none that the actor may see."""
    job = jobs.one(actor, job_id)
    if job.kind != KIND:
        raise NotFound
    return job


@dataclass(frozen=True)
class Page:
    """Some imports, the newest first; `next` continues after the last, None at the end."""

    jobs: Sequence[Job]
    next: UUID | None


def page(actor: Actor, before: UUID | None = None, limit: int = 50) -> Page:
    """The actor's imports, and for admins everybody's; those in preparation are one's own only."""
    require(actor, "imports:run")
    own = Job.started_by == actor.member_id
    seen = or_(own, Job.state != "draft") if "workspace:manage" in actor.permissions else own
    older = Job.id < before if before else true()
    statement = select(Job).where(Job.kind == KIND, seen, older).order_by(Job.id.desc()).limit(limit + 1)
    found = session.scalars(statement).all()
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def plan_of(job: Job) -> Plan:
    """What was decided about the import so far."""
    return plan_from_json(job.params["plan"])


def source_of(job: Job) -> Source:
    """The import's file."""
    return Source.from_json(job.params["file"])


def objects(actor: Actor) -> list[ObjectType]:
    """The objects that the actor may bring tables into."""
    require(actor, "imports:run")
    return [each for each in importable() if each.permission("write") in actor.permissions]


def problems(plan: Plan) -> list[Problem]:
    """Why the plan cannot run; empty where it can."""
    described = registry.get(plan.object)
    required = [
        field.name
        for field in described.fields
        if field.required and field.default is None and field.name != described.numbered
    ]
    key = plan.match
    needed = () if key in {"auto", "none", "parts"} else _MATCH_TARGETS.get(key, (key,))
    return complaints(plan, targets(plan.object), required, described.require_any, needed)


def to_review(job_id: UUID) -> int:
    """How many rows wait for somebody who says whether they are new."""
    here = (JobRow.job_id == job_id, JobRow.state == WAITING, JobRow.row_number > 0)
    return session.scalar(select(func.count()).select_from(JobRow).where(*here)) or 0


def errors_href(job_id: UUID) -> str:
    """Where the workspace offers the refused rows as a file."""
    return f"/imports/{job_id}/errors.csv"


def status(job: Job) -> dict[str, Any]:
    """The fields of `GET /imports/{id}`; the five counts add up to `rows` when it is over."""
    total = job.rows_total if job.rows_total is not None else job.rows_done
    return {
        "id": str(job.id),
        "object": job.object,
        "status": job.state,
        "rows": total,
        "created": job.created_count,
        "updated": job.updated_count,
        "skipped": job.skipped_count,
        "failed": job.failed_count,
        "to_review": to_review(job.id),
        "progress": progress(job),
        "file": job.title,
        "also": job.result.get("also", {}),
        "error": job.error,
        "queued_at": job.queued_at.isoformat() if job.queued_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


def progress(job: Job) -> float:
    """How much is done, 0 to 1; by bytes where nobody has counted the rows."""
    if job.state == "done":
        return 1.0
    if job.rows_total:
        return min(round(job.rows_done / job.rows_total, 4), 1.0)
    size = job.params.get("file", {}).get("size") or 1
    done: float = job.checkpoint.get("offset", 0) / size
    return min(round(done, 4), 1.0)


def refused(actor: Actor, job: Job) -> Iterator[tuple[list[str], JobRow]]:
    """The cells of each refused row with what is kept about it, by number, from the file itself."""
    waiting = _refused_rows(actor, job.id)
    row = next(waiting, None)
    if row is None:
        return
    for number, cells in _lines(job):
        if number == row.row_number:
            yield cells, row
            row = next(waiting, None)
            if row is None:
                return


def _lines(job: Job) -> Iterator[tuple[int, list[str]]]:
    """Rows by number: all of the file that was brought, later the refused ones that are left of it."""
    source = source_of(job)
    if job.params.get(REDUCED):
        yield from source.numbered()
    else:
        for line in source.rows(plan_of(job)):
            yield line.number, line.cells


def _refused_rows(actor: Actor, job_id: UUID) -> Iterator[JobRow]:
    after = 0
    while page := jobs.rows(actor, job_id, ["failed"], after, _PAGE):
        yield from page
        after = page[-1].row_number
