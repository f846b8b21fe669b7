"""What goes for good."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.domain.finding import recents
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.purging import actions, naming
from workers.person import person_job
from workers.registry import job


@person_job(actions.KIND)
def run(actor: Actor, present: Job, budget: Budget) -> bool:
    """One slice of emptying a trash."""
    return actions.advance(actor, present, budget)


@job(actions.FORGET_JOB, attempts=20)
def forget(payload: dict[str, Any]) -> None:
    """The log of facts tells no more of what went."""
    actions.forget([UUID(each) for each in payload["ids"]])


@job(naming.SEARCHES_JOB, attempts=20)
def forget_searches(_: dict[str, Any]) -> None:
    """Nothing that anybody looked for is kept: some of it named what went."""
    recents.forget_all()
