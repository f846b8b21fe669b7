"""The file that a job leaves behind, for as long as it may be fetched."""

from datetime import timedelta

from app.core.actor import Actor
from app.core.clock import now
from app.domain.files.models import File
from app.domain.jobs.models import Job
from tenants.session import session

KEPT = timedelta(days=7)


def keep(actor: Actor, job: Job, name: str, content_type: str, size: int) -> File:
    """What lies under the job's own key, as a file of the workspace until it is swept away."""
    file = File(
        name=name,
        storage_key=job.params["key"],
        declared_type=content_type,
        sniffed_type=content_type,
        size=size,
        state="ready",
        created_by=actor.id,
        created_by_kind=actor.kind,
        created_by_name=actor.name,
        expires_at=now() + KEPT,
    )
    session.add(file)
    session.flush()
    job.file_id = file.id
    session.flush()
    return file
