"""What people and programs do with exports: ask for one, read how far it is, fetch the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotAllowed, NotFound
from app.domain.files.models import File
from app.domain.imports.queries import progress
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries
from app.domain.jobs.models import Job
from app.records import filters, keyset, shapes
from app.records.filters import Where
from app.records.rights import allowed
from tenants.session import session

KIND = "exports"


@dataclass(frozen=True)
class Wanted:
    """The list to write down; `fields` None: all that the actor sees."""

    where: Where | None = None
    search: str | None = None
    sort: str | None = None
    fields: Sequence[str] | None = None


def ask(actor: Actor, object_name: str, wanted: Wanted) -> Job:
    """A job that writes the list into a file; raises Invalid for what the list cannot mean."""
    if actor.kind == "support":
        raise NotAllowed(KIND)
    described = allowed(actor, object_name, "export")
    names = shapes.names_of(actor, described, wanted.fields)
    params = {
        "where": filters.to_json(wanted.where),
        "search": wanted.search,
        "sort": str(keyset.sort_of(described, wanted.sort)),
        "fields": ["id", *(name for name in names if name != "id")],
        "key": storage.new_key(),
    }
    name = f"{object_name}-{now().date().isoformat()}.csv"
    return jobs.start(actor, KIND, name, params, object=object_name)


def one(actor: Actor, job_id: UUID) -> Job:
    """The export; NotFound where there is none that the actor may see."""
    job = queries.one(actor, job_id)
    if job.kind != KIND:
        raise NotFound
    return job


def status(actor: Actor, job_id: UUID) -> dict[str, Any]:
    """How far the export is; once it is done `url` gives the file out for five minutes."""
    job = one(actor, job_id)
    file = session.get(File, job.file_id) if job.file_id else None
    is_there = job.state == "done" and file is not None and file.state == "ready"
    return {
        "id": str(job.id),
        "object": job.object,
        "status": job.state,
        "rows": job.rows_done,
        "progress": progress(job),
        "file": job.title,
        "url": _address(file) if is_there and file else None,
        "expires_at": file.expires_at.isoformat() if file and file.expires_at else None,
        "error": job.error,
        "queued_at": job.queued_at.isoformat() if job.queued_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


def _address(file: File) -> str:
    return storage.download_address(file.storage_key, name=file.name, content_type="text/csv")
