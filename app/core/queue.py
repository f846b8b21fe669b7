"""Work for later: staged in the outbox in the same transaction as the change that asks for it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import text

from app.core.clock import now
from app.core.ids import new_id
from tenants.session import session

Queue = Literal["fast", "bulk", "mail"]

_STAGE = text(
    "INSERT INTO kith.outbox (id, queue, name, payload, key, due_at)"
    " VALUES (:id, :queue, :name, CAST(:payload AS jsonb), :key, :due_at)"
)
_CANCEL = text("DELETE FROM kith.outbox WHERE key = :key")


def enqueue(
    name: str,
    payload: dict[str, Any],
    *,
    queue: Queue = "fast",
    due_at: datetime | None = None,
    key: str | None = None,
) -> UUID:
    """Stage the job `name`; it runs once after the current transaction commits, at `due_at` or soon.

    A `key` names a timer: staging it again replaces the earlier one. `payload` must be JSON.
    """
    if key is not None:
        cancel(key)
    job_id = new_id()
    session.execute(
        _STAGE,
        {
            "id": job_id,
            "queue": queue,
            "name": name,
            "payload": orjson.dumps(payload).decode(),
            "key": key,
            "due_at": due_at or now(),
        },
    )
    return job_id


def cancel(key: str) -> None:
    """Remove the timer `key` if it still waits."""
    session.execute(_CANCEL, {"key": key})
