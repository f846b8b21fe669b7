"""Bulk changes, and taking them or an import back."""

from app.core.actor import Actor
from app.domain.bulk import running, undoing
from app.domain.bulk.actions import KIND
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from workers.person import person_job


@person_job(KIND)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of a bulk change."""
    return running.advance(actor, present, budget)


@person_job(undoing.KIND)
def take_back(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of taking a job back."""
    return undoing.advance(actor, present, budget)
