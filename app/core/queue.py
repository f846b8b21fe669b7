"""Work for later: staged in the outbox in the same transaction as the change that asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from app.core import outbox
from app.core.clock import now
from app.core.ids import new_id
from app.core.statements import Part, part
from app.core.tables import ControlOutboxRow

Queue = Literal["fast", "bulk", "mail"]


@dataclass(frozen=True)
class Limit:
    """How many jobs of a queue may be sent and not yet done: of one tenant, and of a whole cell."""

    per_tenant: int
    in_all: int


LIMITS: Mapping[str, Limit] = {"fast": Limit(8, 256), "bulk": Limit(2, 16), "mail": Limit(4, 64)}


@dataclass(frozen=True)
class Again:
    """What a job answers when there is more to do: what it did counts, the rest follows after `delay`."""

    delay: timedelta = timedelta(0)


@dataclass(frozen=True)
class Staged:
    """One job to be staged by `enqueue_many`; the fields are the arguments of `enqueue`."""

    name: str
    payload: dict[str, Any]
    queue: Queue = "fast"
    due_at: datetime | None = None
    key: str | None = None
    id: UUID = field(default_factory=new_id)


def enqueue(
    name: str,
    payload: dict[str, Any],
    *,
    queue: Queue = "fast",
    due_at: datetime | None = None,
    key: str | None = None,
) -> UUID:
    """Stage the job `name`; it runs once after the current transaction commits, at `due_at` or soon.

    A `key` names a timer: staging it again replaces the earlier one, and whoever stages the same key at the
    same time waits for this transaction. `payload` must be JSON.
    """
    job = Staged(name, payload, queue, due_at, key)
    enqueue_many([job])
    return job.id


def enqueue_many(jobs: Sequence[Staged]) -> None:
    """Stage many jobs of the current tenant in a few statements."""
    _stage(outbox.TENANT, jobs)


def enqueue_control(
    name: str,
    payload: dict[str, Any],
    *,
    queue: Queue = "mail",
    due_at: datetime | None = None,
    key: str | None = None,
) -> UUID:
    """Like `enqueue`, for work that belongs to no tenant, in the transaction of the control database."""
    job = Staged(name, payload, queue, due_at, key)
    _stage(outbox.CONTROL, [job])
    return job.id


def enqueuing_control(name: str, payload: dict[str, Any], *, queue: Queue = "mail") -> Part:
    """What `enqueue_control` does for work that is due at once, as a part of another statement."""
    row = {"id": new_id(), "queue": queue, "name": name, "payload": payload, "due_at": now()}
    return part(ControlOutboxRow, row)


def cancel(key: str) -> None:
    """Remove the current tenant's timer `key` if it still waits."""
    outbox.remove(outbox.TENANT, [key])


def cancel_many(keys: Sequence[str]) -> None:
    """Remove those of the current tenant's timers that still wait."""
    outbox.remove(outbox.TENANT, keys)


def cancel_control(keys: Sequence[str]) -> None:
    """Remove those timers of the control database that still wait."""
    outbox.remove(outbox.CONTROL, keys)


def _stage(place: outbox.Place, jobs: Sequence[Staged]) -> None:
    keys = [job.key for job in jobs if job.key is not None]
    if keys:
        outbox.lock(place, keys)
        outbox.remove(place, keys)
    outbox.stage(place, [_row(job) for job in jobs])


def _row(job: Staged) -> outbox.Row:
    return outbox.Row(job.id, job.queue, job.name, job.payload, job.key, job.due_at or now())
