"""What a job says about the records that it left alone: none is passed over in silence."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import any_, insert, select

from app.core.actor import Actor
from app.core.errors import Problem
from app.core.text import N_
from app.domain.jobs import queries as jobs
from app.domain.jobs.models import Job, JobRow
from app.records.reading import Query, conditions_of
from app.records.tables import array_of
from app.records.types import ObjectType
from app.records.writing import Outcome
from tenants.session import session

GONE = N_("This record is not there any more.")
NOT_YOURS = N_("You may not change this record.")
_PAGE = 1_000


def explained(actor: Actor, described: ObjectType, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, with a record that is there and may not be changed told from one that is not there."""
    missing = {each.record_id for each in outcomes if each.record_id and _is_missing(each)}
    if not missing:
        return list(outcomes)
    table_id = described.table.c.id
    here = conditions_of(actor, described, Query())
    seen = set(session.scalars(select(table_id).where(table_id == any_(array_of(list(missing))), *here)))
    why = {
        True: Problem("id", "not_allowed", NOT_YOURS),
        False: Problem("id", "not_found", GONE),
    }
    return [
        replace(each, problems=(why[each.record_id in seen],)) if each.record_id in missing else each
        for each in outcomes
    ]


def note(job_id: UUID, outcomes: Sequence[Outcome], *, after: int) -> None:
    """Keep the rows that were left alone for a reason; they are numbered from behind `after`."""
    rows = [
        _row(job_id, number, outcome)
        for number, outcome in enumerate(outcomes, after + 1)
        if outcome.problems
    ]
    if rows:
        session.execute(insert(JobRow), rows)


def problem_pages(actor: Actor, job: Job) -> Iterator[list[JobRow]]:
    """The rows that the job left alone for a reason, in their order, some at a time."""
    after = 0
    while page := jobs.rows(actor, job.id, ["failed", "skipped"], after, _PAGE):
        yield page
        after = page[-1].row_number


def _row(job_id: UUID, number: int, outcome: Outcome) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "row_number": number,
        "state": outcome.state,
        "record_id": outcome.record_id,
        "problems": [asdict(problem) for problem in outcome.problems],
        "data": {},
    }


def _is_missing(outcome: Outcome) -> bool:
    return any((problem.path, problem.code) == ("id", "not_found") for problem in outcome.problems)
