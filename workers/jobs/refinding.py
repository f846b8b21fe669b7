"""Records are found by other fields than before."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.modelling.actions import FIND_JOB
from app.domain.refinding import actions, running
from workers.person import person_job
from workers.registry import job


@job(FIND_JOB)
def find(payload: dict[str, Any]) -> None:
    """A field was made one to find records by, or is one no more."""
    member = payload["member"]
    actions.ask(payload["object"], UUID(member) if member else None)


@person_job(actions.KIND, attempts=20)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of it."""
    return running.advance(actor, present, budget)
