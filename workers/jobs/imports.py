"""Imports: the dry run and the run itself."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.domain.imports import actions, deciding_all, retention, running
from app.domain.imports.queries import KIND
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from workers.person import person_job
from workers.registry import job


@person_job(KIND)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of an import."""
    return running.advance(actor, present, budget)


@person_job(deciding_all.KIND)
def decide(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of deciding about rows that wait."""
    return deciding_all.advance(actor, present, budget)


@job(actions.CHECK_JOB, attempts=3)
def check(payload: dict[str, Any]) -> None:
    """What the import would do."""
    actions.check(UUID(payload["job_id"]), payload["revision"])


@job(retention.REDUCE_JOB, attempts=5)
def reduce(payload: dict[str, Any]) -> None:
    """Keep the refused rows of an import, and not its file."""
    retention.reduce(UUID(payload["job_id"]))
