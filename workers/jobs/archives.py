"""Archives: everything of a workspace in one file, for its owner."""

from app.core.actor import Actor
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.lifecycle import exports
from workers.person import person_job


@person_job(exports.KIND)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of an archive."""
    return exports.advance(actor, present, budget)
