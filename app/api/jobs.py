"""Long work: how far it is."""

from uuid import UUID

from flask import Response
from werkzeug import wrappers

from app.api import asking
from app.api.answers import no_body, told
from app.api.doors import actor, api
from app.api.scopes import needs
from app.domain.bulk import undoing
from app.domain.exports.actions import KIND as EXPORT
from app.domain.imports.queries import KIND as IMPORT
from app.domain.imports.queries import progress
from app.domain.jobs import actions, queries
from app.domain.jobs.models import Job
from app.ui import downloads

_PLACES = {IMPORT: "imports", EXPORT: "exports"}


@api.get("/jobs/<uuid:job_id>")
@needs("jobs:read")
def show_job(job_id: UUID) -> Response:
    """One job that the token's member, or the app itself, started; for admins anybody's."""
    asking.known(())
    return told(view(queries.one(actor(), job_id)))


@api.delete("/jobs/<uuid:job_id>")
@needs("jobs:read")
def cancel_job(job_id: UUID) -> Response:
    """Stop it: what waits stops now, what runs stops soon; what is done stays."""
    asking.known(())
    return told(view(actions.cancel(actor(), job_id)), 202, {"Location": f"/api/v1/jobs/{job_id}"})


@api.post("/jobs/<uuid:job_id>/undo")
@needs("jobs:read")
def undo_job(job_id: UUID) -> Response:
    """Take back what an import or a bulk change did; what somebody changed since stays and is told."""
    asking.known(())
    no_body()
    undo = undoing.ask(actor(), job_id)
    return told(view(undo), 202, {"Location": f"/api/v1/jobs/{undo.id}"})


@api.get("/jobs/<uuid:job_id>/problems.csv")
@needs("jobs:read")
def show_job_problems(job_id: UUID) -> wrappers.Response:
    """The records that the job left alone, with the reasons."""
    asking.known(())
    return downloads.left_alone(actor(), queries.one(actor(), job_id))


def view(job: Job) -> dict[str, object]:
    """A job as its address shows it."""
    place = _PLACES.get(job.kind)
    return {
        "id": job.id,
        "kind": job.kind,
        "object": job.object,
        "status": job.state,
        "rows": job.rows_total if job.rows_total is not None else job.rows_done,
        "created": job.created_count,
        "updated": job.updated_count,
        "skipped": job.skipped_count,
        "failed": job.failed_count,
        "progress": progress(job),
        "title": job.title,
        "purged": job.result.get("gone"),
        "error": job.error,
        "undo_of": job.undo_of,
        "url": f"/api/v1/{place}/{job.id}" if place else None,
        "queued_at": job.queued_at,
        "finished_at": job.finished_at,
    }
