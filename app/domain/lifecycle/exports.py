"""Exporting everything as its owner: a job writes the archive into the file store, for seven days."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.permissions import require
from app.core.text import N_
from app.domain.files.models import File
from app.domain.jobs import actions as jobs
from app.domain.jobs import results, slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.lifecycle import exporting
from app.domain.lifecycle.leaving import ARCHIVE_TYPE
from app.domain.plans import policy
from app.records import facts
from tenants.context import current
from tenants.session import session

KIND = "archives"
TITLE = N_("Export of everything")
LABEL = N_("Download the archive")


def ask(actor: Actor) -> Job:
    """A job that writes everything of the workspace into one file; for owners only. A fact tells of it."""
    require(actor, "owners:manage")
    policy.require(current(), "export")
    job = jobs.start(actor, KIND, TITLE, {"key": storage.new_key()})
    facts.record(actor, "workspace.export_asked", "jobs", job.id, TITLE, job_id=job.id)
    return job


def made(actor: Actor) -> Sequence[Job]:
    """The last exports of the workspace, newest first; for owners only."""
    require(actor, "owners:manage")
    return session.scalars(select(Job).where(Job.kind == KIND).order_by(Job.id.desc()).limit(10)).all()


def address(actor: Actor, job_id: UUID) -> str:
    """Where the archive lies for five minutes; NotFound where there is none, or no more. For owners only."""
    require(actor, "owners:manage")
    job = session.get(Job, job_id)
    file = session.get(File, job.file_id) if job and job.kind == KIND and job.file_id else None
    if file is None or file.state != "ready" or file.deleted_at or (file.expires_at or now()) <= now():
        raise NotFound
    return storage.download_address(file.storage_key, name=file.name, content_type=ARCHIVE_TYPE)


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Write some more of the archive; True where something is left. The rows are written in one go."""
    require(actor, "owners:manage")
    place: dict[str, Any] = dict(job.checkpoint)
    try:
        return _advance(actor, job, budget, place)
    except NotFound:
        # The store knows the upload no more: it was put together by a try that nobody could write down.
        slices.progress(job, done=-job.rows_done, checkpoint={})
        return True


def _advance(actor: Actor, job: Job, budget: Budget, place: dict[str, Any]) -> bool:
    sink = _Parts(job.params["key"], place)
    state = place.get("state") or exporting.begin(current(), sink)
    more = exporting.advance(state, sink, lambda: budget.is_spent() and sink.may_pause)
    sink.put()
    rows = sum(each["rows"] for each in state["manifest"]["tables"].values())
    total, left = rows + state["files"], len(state["todo"])
    if not more:
        sink.finish()
        _finish(actor, job, sink.tell())
    checkpoint = {**sink.place, "state": state} if more else {}
    slices.progress(job, done=total - left - job.rows_done, total=total, checkpoint=checkpoint)
    return more


def _finish(actor: Actor, job: Job, size: int) -> None:
    name = f"{current().slug}-{now().date().isoformat()}.kith"
    results.keep(actor, job, name, ARCHIVE_TYPE, size)
    job.result = {"href": f"/settings/exports/{job.id}", "label": LABEL}
    session.flush()


class _Parts:
    """The archive as parts of one upload; between slices all of it is in the store."""

    def __init__(self, key: str, place: dict[str, Any]) -> None:
        self._key = key
        self._upload = place.get("upload") or storage.begin_parts(key, ARCHIVE_TYPE)
        self._tags: list[str] = list(place.get("tags", ()))
        self._size: int = place.get("size", 0)
        self._waiting = bytearray()

    @property
    def place(self) -> dict[str, Any]:
        """What the next slice needs to go on."""
        return {"upload": self._upload, "tags": self._tags, "size": self._size}

    @property
    def may_pause(self) -> bool:
        """Whether what waits is enough for a part; only the last may be smaller."""
        return len(self._waiting) >= storage.PART

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        while len(self._waiting) >= 2 * storage.PART:
            self._put(bytes(self._waiting[: storage.PART]))
            del self._waiting[: storage.PART]
        return len(data)

    def tell(self) -> int:
        return self._size + len(self._waiting)

    def flush(self) -> None:
        """Parts go when they are large enough."""

    def put(self) -> None:
        """Everything that waits becomes a part."""
        if self._waiting:
            self._put(bytes(self._waiting))
            self._waiting.clear()

    def finish(self) -> None:
        """Make the file of its parts."""
        storage.finish_parts(self._key, self._upload, self._tags)

    def _put(self, body: bytes) -> None:
        self._tags.append(storage.put_part(self._key, self._upload, len(self._tags) + 1, body))
        self._size += len(body)
