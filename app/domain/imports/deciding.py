"""What becomes of rows of an import that look like records which are there: created, merged or left out."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import update

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.text import N_
from app.domain.imports import targets
from app.domain.imports.queries import errors_href, plan_of
from app.domain.imports.reviewing import LARGEST, Doubtful, line, once, opened, rows
from app.domain.imports.rules.counts import problems_json
from app.domain.imports.rules.groups import Answer
from app.domain.imports.storing import Storer
from app.domain.jobs.models import Job, JobRow
from tenants.session import session

Decision = Literal["create", "merge", "skip"]
DECISIONS: tuple[Decision, ...] = ("create", "merge", "skip")
# The most rows that are decided about in one go.
MOST = 200
NOT_OVER = N_("The import is still running. Decide when it is over.")
NOT_ALIKE = N_("Choose one of the records that the row looks like.")
FOR_ONE = N_("A record can be named for one row only.")
TOO_MANY = N_("Decide about at most %(most)s rows at once, or about all that wait.")


def decide(
    actor: Actor,
    job_id: UUID,
    decision: Decision,
    numbers: Collection[int],
    record_id: UUID | None = None,
) -> list[Answer]:
    """Make records of these rows, lay them over what they look like most, or leave them out.

    For one row `record_id` says over which of the records. What is written belongs to the import and is taken
    back with it. The answers are in the rows' order; rows about which somebody has decided have none, and a
    row whose records are gone waits on, with state `review`.
    Raises NotFound where none of the rows waits, Conflict while the import runs, Invalid for a record that
    the row does not look like.
    """
    if len(numbers) > MOST:
        raise Invalid.one("rows", "too_many", TOO_MANY, most=MOST)
    if record_id and len(numbers) != 1:
        raise Invalid.one("record_id", "ambiguous", FOR_ONE)
    job = _locked(actor, job_id)
    known = rows(actor, job, MOST, JobRow.row_number.in_([each for each in numbers if each <= LARGEST]))
    if not known:
        raise NotFound("imports")
    goals = _goals(known, record_id) if decision == "merge" else {}
    if decision == "merge" and len(numbers) == 1 and not goals:
        raise Invalid.one("record_id", "not_alike", NOT_ALIKE)
    return _decided(actor, job, known, decision, goals)


def decide_next(
    actor: Actor, job_id: UUID, decision: Decision, after: int
) -> tuple[list[Answer], int | None]:
    """The same for the next rows behind number `after`, and the last number; None where none waits there."""
    job = _locked(actor, job_id)
    known = rows(actor, job, MOST, JobRow.row_number > after)
    if not known:
        return [], None
    goals = _goals(known, None) if decision == "merge" else {}
    return _decided(actor, job, known, decision, goals), known[-1].number


def _locked(actor: Actor, job_id: UUID) -> Job:
    """The import, over and nobody else's to decide about for now."""
    job = opened(actor, job_id)
    session.refresh(job, with_for_update=True)
    if not job.is_over:
        raise Conflict(NOT_OVER)
    return job


def _goals(known: Sequence[Doubtful], record_id: UUID | None) -> dict[int, UUID]:
    """For each row the record that it is laid over; none for a row that looks like nothing any more."""
    found = {}
    for each in known:
        alike = [one.record_id for one in each.alike]
        if alike and (record_id is None or record_id in alike):
            found[each.number] = record_id or alike[0]
    return found


def _decided(
    actor: Actor, job: Job, known: Sequence[Doubtful], decision: Decision, goals: Mapping[int, UUID]
) -> list[Answer]:
    plan = replace(plan_of(job), doubtful="create", mode="both")
    targets.require(plan)
    storer = Storer(actor, plan, job.id, job.title, once)
    going = [each for each in known if decision != "merge" or each.number in goals]
    gone = [each for each in known if decision == "merge" and each.number not in goals]
    lines = [line(each) for each in going]
    if decision == "skip":
        answers = [Answer(draft, "skipped") for draft in storer.drafts(lines)]
    else:
        answers = storer.store(lines, about=goals).answers
    _settle(job, answers)
    problem = Problem("record_id", "not_alike", NOT_ALIKE)
    left = [Answer(draft, "review", [problem]) for draft in storer.drafts([line(each) for each in gone])]
    return sorted([*answers, *left], key=lambda each: each.draft.row.number)


def _settle(job: Job, answers: Sequence[Answer]) -> None:
    """The rows are counted; one that could not be stored is told among the refused ones."""
    states = Counter(f"{each.state}_count" for each in answers)
    values: dict[str, Any] = {name: getattr(job, name) + number for name, number in states.items()}
    if states["failed_count"]:
        values["result"] = {**job.result, "errors_href": errors_href(job.id)}
    for answer in answers:
        row = session.get_one(JobRow, (job.id, answer.draft.row.number))
        if answer.state == "failed":
            row.state, row.problems = "failed", problems_json(answer)
        else:
            session.delete(row)
    session.flush()
    if values:
        counted = update(Job).where(Job.id == job.id).values(**values)
        session.execute(counted, execution_options={"synchronize_session": False})
        session.expire(job)
