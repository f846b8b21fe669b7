"""A field becomes one of another kind."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.queue import Again
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.retyping import running
from app.domain.retyping.actions import KIND
from tenants.session import session
from workers.person import person_job
from workers.registry import job


@person_job(KIND, attempts=20)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of it."""
    return running.advance(actor, present, budget)


@job(running.SWEEP_JOB)
def sweep(payload: dict[str, Any]) -> None:
    """What was written late is brought along."""
    present = session.get(Job, UUID(payload["job_id"]))
    if present is not None:
        running.sweep(present)


@job(running.FORGET_JOB)
def forget(payload: dict[str, Any]) -> Again | None:
    """Nobody can take the change back any more."""
    present = session.get(Job, UUID(payload["job_id"]))
    return Again() if present is not None and running.forget(present) else None
