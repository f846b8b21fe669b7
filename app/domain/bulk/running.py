"""A bulk change in slices: each stores some blocks of records and takes them off the list."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.text import N_
from app.domain.bulk import blocks, replacing, rules, telling
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import filters, intake, trashing, upkeep, writing
from app.records.reading import Query
from app.records.rights import allowed
from app.records.trashing import Bulk
from app.records.types import ObjectType
from app.records.writing import Outcome, Row

SEE = N_("See the records")
# So many changed rows are worth counting afresh for the planner of queries.
MANY = 10_000


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Change some more of the records; True where records are left."""
    actor = replace(actor, door=job.params["door"])
    described = allowed(actor, job.object or "", rules.RIGHTS[job.params["verb"]])
    _require(described, job)
    total = job.rows_total if job.checkpoint.get("laid") else _lay(actor, job, described)
    done, states, more = job.rows_done, Counter[str](), False
    for ids in blocks.waiting(job):
        outcomes = telling.explained(actor, described, _change(actor, described, job, ids))
        telling.note(job.id, outcomes, after=done)
        states.update(outcome.state for outcome in outcomes)
        done += len(ids)
        if budget.is_spent():
            more = done < (total or 0)
            break
    job.result = {} if more else _links(job, states)
    slices.progress(job, done=done - job.rows_done, total=total, counts=states, checkpoint={"laid": True})
    if not more and done >= MANY:
        upkeep.analyse(described.name)
    return more


def _require(described: ObjectType, job: Job) -> None:
    """Raises Invalid where a field that is to be changed is not there any more: each record would refuse."""
    names = [job.params["values"]["field"]] if job.params["verb"] == "replace" else job.params["values"]
    gone = [intake.unknown(described, name) for name in names if name not in described.by_name]
    if gone:
        raise Invalid(gone)


def _lay(actor: Actor, job: Job, described: ObjectType) -> int:
    tree = job.params["where"]
    query = Query(
        where=filters.parse_json(described, tree, actor) if tree else None,
        search=job.params["search"],
        trashed=job.params["verb"] == "restore",
    )
    return blocks.lay_found(actor, job, described, query)


def _change(actor: Actor, described: ObjectType, job: Job, ids: Sequence[UUID]) -> list[Outcome]:
    verb, values = job.params["verb"], job.params["values"]
    if verb == "delete":
        return trashing.trash_many(actor, described.name, ids, Bulk(job.title, job.id))
    if verb == "restore":
        return trashing.restore_many(actor, described.name, ids, Bulk(job.title, job.id))
    if verb == "replace":
        rows = replacing.rows(described, values, ids)
    else:
        rows = [Row(values, record_id) for record_id in ids]
    return writing.write_many(actor, described.name, rows, title=job.title, job_id=job.id)


def _links(job: Job, states: Counter[str]) -> dict[str, str]:
    """Where the result lies, for the job's page."""
    links = {"href": f"/{job.object}", "label": SEE}
    is_refused = job.failed_count + states["failed"] > 0
    return {**links, "errors_href": f"/jobs/{job.id}/problems.csv"} if is_refused else links
