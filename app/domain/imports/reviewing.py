"""Rows of an import that wait for somebody who says whether they are new: all of them, one, giving up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import any_, delete, select, update

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.domain.imports import doubts
from app.domain.imports.doubts import Alike
from app.domain.imports.queries import WAITING, one, to_review
from app.domain.imports.rules.counts import clean
from app.domain.imports.rules.groups import Answer
from app.domain.imports.rules.plan import Plan
from app.domain.imports.rules.records import Row
from app.domain.imports.storing import Storer
from app.domain.jobs.models import Job, JobRow
from app.records.reading import Query, conditions_of
from app.records.rights import allowed
from app.records.tables import array_of
from tenants.session import session

PAGE = 50
# Numbers of rows end here (PostgreSQL's integer).
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Doubtful:
    """A row that waits: number, line, cells, and the records that it looks like, the likest first."""

    number: int
    line: int
    cells: list[str]
    alike: list[Alike]


def opened(actor: Actor, job_id: UUID) -> Job:
    """The import, for who may decide about its rows; raises NotFound, NotAllowed."""
    require(actor, "imports:run")
    job = one(actor, job_id)
    allowed(actor, job.object or "", "write")
    return job


def page(actor: Actor, job_id: UUID, after: int = 0, limit: int = PAGE) -> tuple[Job, list[Doubtful], bool]:
    """The import, rows that wait from behind number `after` on, and whether more follow."""
    job = opened(actor, job_id)
    found = rows(actor, job, limit + 1, JobRow.row_number > min(after, LARGEST))
    return job, found[:limit], len(found) > limit


def show(actor: Actor, job_id: UUID, number: int) -> tuple[Job, Doubtful]:
    """One row that waits; raises NotFound where it waits no more."""
    job = opened(actor, job_id)
    found = rows(actor, job, 1, JobRow.row_number == min(number, LARGEST))
    if not found:
        raise NotFound("imports")
    return job, found[0]


def rows(actor: Actor, job: Job, limit: int, here: Any) -> list[Doubtful]:
    """Rows that wait, by number, with those of their records that are there still and that `actor` sees."""
    wanted = select(JobRow).where(*_waiting(job.id), here).order_by(JobRow.row_number).limit(limit)
    found = session.scalars(wanted).all()
    told = [[doubts.alike_from(each) for each in row.data["alike"]] for row in found]
    there = _there(actor, job, sorted({each.record_id for those in told for each in those}))
    return [
        Doubtful(
            row.row_number,
            row.data["line"],
            row.data["cells"],
            [each for each in those if each.record_id in there],
        )
        for row, those in zip(found, told, strict=True)
    ]


def drafted(actor: Actor, plan: Plan, known: Doubtful) -> dict[str, Any]:
    """What the row says of each field."""
    return dict(Storer(actor, plan, None, "", once).drafts([line(known)])[0].values)


def line(known: Doubtful) -> Row:
    """The row as it was read."""
    return Row(known.number, known.line, known.cells, 0, 0)


def once(_row: Row) -> int:
    """Rows that wait repeat none before them."""
    return 0


def give_up(job: Job) -> None:
    """Nobody decides any more: what waits was left out."""
    left = to_review(job.id)
    if left:
        session.execute(delete(JobRow).where(*_waiting(job.id)))
        counted = update(Job).where(Job.id == job.id).values(skipped_count=Job.skipped_count + left)
        session.execute(counted, execution_options={"synchronize_session": False})
        session.expire(job)


def kept(answer: Answer) -> dict[str, Any]:
    """What is kept of a row that waits; its cells too, whatever becomes of the file."""
    row = answer.draft.row
    cells = [clean(each) for each in row.cells]
    return {"line": row.line, "cells": cells, "alike": answer.problems[0].data["alike"]}


def _waiting(job_id: UUID) -> tuple[Any, ...]:
    return (JobRow.job_id == job_id, JobRow.state == WAITING, JobRow.row_number > 0)


def _there(actor: Actor, job: Job, ids: Sequence[UUID]) -> set[UUID]:
    if not ids:
        return set()
    described = allowed(actor, job.object or "", "read")
    record_id = described.table.c.id
    here = conditions_of(actor, described, Query())
    return set(session.scalars(select(record_id).where(record_id == any_(array_of(ids)), *here)))
