"""The timer that waits for each promise."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from app.core.queue import Staged, cancel_many, enqueue_many
from app.domain.deliveries.rules import is_watched

JOB = "deliveries.promise_due"


def key(delivery_id: UUID) -> str:
    """The name of the delivery's timer."""
    return f"{JOB}:{delivery_id}"


def set_timers(deliveries: Iterable[Mapping[str, Any]]) -> None:
    """Wind the timers of watched deliveries to their due instants, and stop those of all others."""
    rows = list(deliveries)
    watched = [row for row in rows if is_watched(row)]
    cancel_many([key(row["id"]) for row in rows if not is_watched(row)])
    enqueue_many([_timer(row) for row in watched])


def _timer(row: Mapping[str, Any]) -> Staged:
    return Staged(JOB, {"delivery_id": str(row["id"])}, due_at=row["due_at"], key=key(row["id"]))
