"""One decision about all rows of an import that wait, as a job."""

from collections import Counter
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.core.text import N_
from app.domain.imports import deciding
from app.domain.imports.deciding import NOT_OVER, Decision
from app.domain.imports.queries import to_review
from app.domain.imports.reviewing import opened
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget

KIND = "import_decisions"
TITLES = {
    "create": N_("Creating rows that waited"),
    "merge": N_("Merging rows that waited"),
    "skip": N_("Leaving out rows that waited"),
}
SEE = N_("See the import")
# Small ones overtake large ones.
QUICK = 1_000


def ask(actor: Actor, job_id: UUID, decision: Decision) -> Job:
    """A job that decides so about every row of the import that waits.

    Raises NotFound where none waits, Conflict while the import runs.
    """
    job = opened(actor, job_id)
    if not job.is_over:
        raise Conflict(NOT_OVER)
    waiting = to_review(job.id)
    if not waiting:
        raise NotFound("imports")
    params = {"import": str(job.id), "decision": decision}
    begun = jobs.draft(actor, KIND, TITLES[decision], params, object=job.object)
    begun.rows_total = waiting
    return jobs.begin(begun, "fast" if waiting <= QUICK else "bulk")


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Decide about some more rows; True where some may be left."""
    job_id, states, more = UUID(job.params["import"]), Counter[str](), True
    after = job.checkpoint.get("after", 0)
    while more:
        answers, last = deciding.decide_next(actor, job_id, job.params["decision"], after)
        # What waits on is none of the job's any more.
        states.update("skipped" if each.state == "review" else each.state for each in answers)
        after, more = last or after, last is not None
        if budget.is_spent():
            break
    job.result = {"href": f"/jobs/{job_id}", "label": SEE}
    slices.progress(job, done=states.total(), counts=states, checkpoint={"after": after})
    return more
