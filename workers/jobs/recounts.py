"""What Kith works out of records: those that wait, and all of an object."""

from datetime import timedelta
from typing import Any

from app.core.actor import Actor
from app.core.queue import Again
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.modelling.computed import WORK_OUT_JOB
from app.domain.recounts import working
from app.records.computed import marking, settling
from workers.person import person_job
from workers.registry import job

# Somebody holds a record that waits, or there are many: others get their turn meanwhile.
_REST = timedelta(milliseconds=250)


@job(marking.SETTLE, attempts=20)
def settle(payload: dict[str, Any]) -> Again | None:  # noqa: ARG001 - it says nothing
    """Count the roll-ups of the records that wait."""
    return Again(_REST) if settling.settle() else None


@job(WORK_OUT_JOB)
def begin(payload: dict[str, Any]) -> None:
    """What is worked out of an object has changed."""
    working.begin(payload["object"])


@person_job(working.KIND, door="clock")
def recount(actor: Actor, present: Job, budget: Budget) -> bool:
    """Some more records of an object."""
    return working.advance(actor, present, budget)
