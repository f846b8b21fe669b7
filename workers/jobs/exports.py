"""Exports: a list written down as a file."""

from app.core.actor import Actor
from app.domain.exports import running
from app.domain.exports.actions import KIND
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from workers.person import person_job


@person_job(KIND)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of an export."""
    return running.advance(actor, present, budget)
