"""How long an import's file is kept: a day as a draft, 30 days after the end; refused rows stay."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

import orjson
from sqlalchemy import Select, delete, exists, select

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.core.queue import enqueue
from app.domain.files.erasing import forget
from app.domain.files.models import File
from app.domain.imports import reviewing
from app.domain.imports.queries import KIND, REDUCED, WAITING, refused, source_of
from app.domain.imports.source import Source
from app.domain.jobs.models import OVER, Job, JobRow
from tenants.session import session

REDUCE_JOB = "imports.reduce"
KEPT_DRAFT = timedelta(days=1)
KEPT_SOURCE = timedelta(days=30)
# Files' `object`: what people brought, and what is left of it.
SOURCES, REFUSED = "imports", "import_errors"
_PORTION = 500
_KEEPER = Actor(kind="system", id=None, name="Kith", door="clock", permissions=EVERYTHING)


def clear() -> bool:
    """Forget a portion of files that are not needed any more; whether more are left.

    Of an import with refused rows a worker keeps these first.
    """
    removed = [_drafts(), _undecided(), _ended(), _orphans()]
    for job_id in session.scalars(_over(with_failures=True)):
        enqueue(REDUCE_JOB, {"job_id": str(job_id)}, queue="bulk", key=f"{REDUCE_JOB}:{job_id}")
    return max(removed) >= _PORTION


def _drafts() -> int:
    abandoned = (Job.kind == KIND, Job.state == "draft", Job.updated_at < now() - KEPT_DRAFT)
    jobs = session.scalars(
        select(Job).where(*abandoned).limit(_PORTION).with_for_update(skip_locked=True)
    ).all()
    files = _files([job.file_id for job in jobs])
    session.execute(delete(Job).where(Job.id.in_([job.id for job in jobs])))
    forget(files)
    return len(jobs)


def _ended() -> int:
    jobs = [session.get_one(Job, job_id) for job_id in session.scalars(_over(with_failures=False)).all()]
    files = _files([job.file_id for job in jobs])
    for job in jobs:
        job.file_id = None
    session.flush()
    forget(files)
    return len(jobs)


def _undecided() -> int:
    """Rows of imports that ended long ago and that nobody has decided about: they were left out."""
    waits = exists().where(JobRow.job_id == Job.id, JobRow.state == WAITING, JobRow.row_number > 0)
    ended = (Job.kind == KIND, Job.state.in_(OVER), Job.finished_at < now() - KEPT_SOURCE)
    jobs = session.scalars(select(Job).where(*ended, waits).limit(_PORTION)).all()
    for job in jobs:
        reviewing.give_up(job)
    return len(jobs)


def _orphans() -> int:
    """Files whose draft was removed by somebody else."""
    unused = ~exists().where(Job.file_id == File.id)
    old = File.created_at < now() - KEPT_DRAFT
    statement = select(File).where(File.object.in_((SOURCES, REFUSED)), old, unused).limit(_PORTION)
    files = session.scalars(statement).all()
    forget(files)
    return len(files)


def _over(*, with_failures: bool) -> Select[UUID]:
    """Imports that ended long ago and still have the file that was brought."""
    return (
        select(Job.id)
        .join(File, File.id == Job.file_id)
        .where(Job.kind == KIND, Job.state.in_(OVER), Job.finished_at < now() - KEPT_SOURCE)
        .where(File.object == SOURCES, (Job.failed_count > 0) == with_failures)
        .order_by(Job.finished_at)
        .limit(_PORTION)
    )


def _files(ids: Sequence[UUID | None]) -> Sequence[File]:
    wanted = [file_id for file_id in ids if file_id is not None]
    return session.scalars(select(File).where(File.id.in_(wanted))).all()


def reduce(job_id: UUID) -> None:
    """Keep of an ended import's file its refused rows only; nothing where that is done."""
    job = session.get(Job, job_id)
    if job is None or not job.is_over or job.file_id is None or job.params.get(REDUCED):
        return
    before, source = session.get_one(File, job.file_id), source_of(job)
    with TemporaryFile() as body:
        kept = _written(job, body, source)
        storage.put(kept.key, body, "application/x-ndjson")
    file = _filed(job, kept)
    job.file_id = file.id
    job.params = {**job.params, "file": kept.as_json(), REDUCED: True}
    session.flush()
    forget([before])


def _written(job: Job, body: IO[bytes], source: Source) -> Source:
    """One refused row a line, its number and its cells as JSON."""
    digest, size = hashlib.sha256(), 0
    for cells, row in refused(_KEEPER, job):
        line = orjson.dumps([row.row_number, cells]) + b"\n"
        body.write(line)
        digest.update(line)
        size += len(line)
    body.seek(0)
    return Source(storage.new_key(), source.name, size, digest.hexdigest(), is_utf8=True)


def _filed(job: Job, kept: Source) -> File:
    file = File(
        object=REFUSED,
        name=kept.name,
        storage_key=kept.key,
        declared_type="application/x-ndjson",
        size=kept.size,
        sha256=kept.sha256,
        state="ready",
        created_by=job.started_by,
    )
    session.add(file)
    session.flush()
    return file
