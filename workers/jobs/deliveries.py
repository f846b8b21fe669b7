"""The clock of deliveries."""

from typing import Any
from uuid import UUID

from app.core.queue import enqueue
from app.domain.deliveries import actions
from app.domain.deliveries.timers import JOB
from app.domain.workspace.actions import CALENDAR_JOB
from workers.registry import job


@job(JOB)
def promise_due(payload: dict[str, Any]) -> None:
    """A promise may have been broken."""
    actions.promise_due(UUID(payload["delivery_id"]))


@job(CALENDAR_JOB)
def recompute_due(payload: dict[str, Any]) -> None:
    """The company's calendar changed; a thousand deliveries at a time follow it."""
    after = payload.get("after")
    last = actions.recompute_due(UUID(after) if after else None)
    if last is not None:
        enqueue(CALENDAR_JOB, {"after": str(last)}, queue="bulk", key=CALENDAR_JOB)
