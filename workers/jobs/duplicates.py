"""The search for duplicates."""

from app.core.actor import Actor
from app.domain.duplicates import searching
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from workers.person import person_job


@person_job(searching.KIND, door="clock")
def search(actor: Actor, present: Job, budget: Budget) -> bool:
    """Some passes of a search."""
    return searching.advance(actor, present, budget)
