"""The search for duplicates."""

from app.core.actor import Actor
from app.domain.duplicates import searching, walking
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from workers.person import person_job


@person_job(searching.KIND, door="clock")
def search(actor: Actor, present: Job, budget: Budget) -> bool:
    """Some more of a search."""
    return walking.advance(actor, present, budget)
