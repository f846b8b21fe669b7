"""How a worker carries a job through its slices; each slice is one transaction."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import case, update

from app.core import presence
from app.core.clock import now
from app.core.text import N_
from app.domain.jobs.ending import tell_end
from app.domain.jobs.models import Job
from tenants.context import maybe_current
from tenants.session import session

# Under this the result says why a job was given up.
REASON = "reason"
SECONDS = 2.0
REST_TIMES, REST_SECONDS = 4, 1.5
BROKE_OFF = N_("This stopped because of a fault on our side. Nothing done so far is lost; you can try again.")


@dataclass
class Budget:
    """How long a slice may take, so that others get their turn and a crash costs little."""

    seconds: float = SECONDS
    _until: float = field(default=0.0, init=False)
    _rested: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._rested = time.monotonic()
        self._until = self._rested + self.seconds

    def is_spent(self) -> bool:
        """Whether the slice should end now; asked after each chunk of it.

        While another company is at its pages, whoever asks rests first, four times as long as the chunk
        took: the processors and the database are theirs meanwhile.
        """
        tenant = maybe_current()
        if tenant is not None and presence.others(tenant.schema):
            time.sleep(min(REST_TIMES * (time.monotonic() - self._rested), REST_SECONDS))
        self._rested = time.monotonic()
        return self._rested >= self._until


def enter(job_id: UUID) -> Job | None:
    """The job at the begin of a slice, or None where it is over or was cancelled meanwhile.

    Its row is locked against those only who take it back or let it go on: they wait for the slice. It is
    written at the end of the slice, so that nobody who cancels waits.
    """
    job = session.get(Job, job_id, with_for_update={"read": True, "key_share": True})
    if job is None or job.is_over:
        return None
    if job.cancel_requested_at is not None:
        _end(job, "cancelled")
        return None
    return job


def progress(
    job: Job,
    *,
    done: int = 0,
    total: int | None = None,
    counts: Mapping[str, int] | None = None,
    checkpoint: Mapping[str, Any] | None = None,
) -> None:
    """Add a slice's rows to the job: `counts` by state (created, updated, skipped, failed)."""
    # Cancelled while it ran its first slice: it stays cancelled, what the slice did still counts.
    state: Any = case((Job.state == "cancelled", "cancelled"), else_="running")
    values: dict[str, Any] = {"state": state, "updated_at": now(), "rows_done": job.rows_done + done}
    if job.started_at is None:
        values["started_at"] = now()
    if total is not None:
        values["rows_total"] = total
    if checkpoint is not None:
        values["checkpoint"] = dict(checkpoint)
    for state, number in (counts or {}).items():
        values[f"{state}_count"] = getattr(job, f"{state}_count") + number
    _write(job, values)


def finish(job: Job, result: Mapping[str, Any] | None = None) -> None:
    """The job is done; `result` is what its page shows or offers."""
    if result is not None:
        _write(job, {"result": dict(result)})
    _end(job, "done")


def fail(job_id: UUID, message: str, data: Mapping[str, Any] | None = None) -> None:
    """The job is given up; `message` is a sentence for who started it: an English msgid, filled by `data`.

    The result keeps the two apart, so that it can be said in other languages.
    """
    job = session.get(Job, job_id)
    if job is not None and not job.is_over:
        told = message % data if data else message
        reason = {"message": message, "data": dict(data or {})}
        _write(job, {"error": told, "result": {**job.result, REASON: reason}})
        _end(job, "failed")


def _end(job: Job, state: str) -> None:
    started = {} if job.started_at else {"started_at": now()}
    _write(job, {"state": state, "finished_at": now(), "updated_at": now(), **started})
    if state != "cancelled":
        tell_end(job)


def _write(job: Job, values: Mapping[str, Any]) -> None:
    statement = update(Job).where(Job.id == job.id).values(**values)
    session.execute(statement, execution_options={"synchronize_session": False})
    session.expire(job)
