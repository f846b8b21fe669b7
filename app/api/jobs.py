"""Long work: how far it is."""

from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import told
from app.api.doors import actor, api
from app.api.scopes import needs
from app.domain.exports.actions import KIND as EXPORT
from app.domain.imports.queries import KIND as IMPORT
from app.domain.imports.queries import progress
from app.domain.jobs import queries
from app.domain.jobs.models import Job

_PLACES = {IMPORT: "imports", EXPORT: "exports"}


@api.get("/jobs/<uuid:job_id>")
@needs("jobs:read")
def show_job(job_id: UUID) -> Response:
    """One job that the token's member, or the app itself, started; for admins anybody's."""
    asking.known(())
    return told(view(queries.one(actor(), job_id)))


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
        "error": job.error,
        "undo_of": job.undo_of,
        "url": f"/api/v1/{place}/{job.id}" if place else None,
        "queued_at": job.queued_at,
        "finished_at": job.finished_at,
    }
