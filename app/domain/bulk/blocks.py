"""The records of a job, laid down once: what a filter finds later is not among them."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.core.actor import Actor
from app.domain.jobs.models import Job, JobRow
from app.records.reading import Query, conditions_of
from app.records.types import ObjectType
from tenants.session import session

# Large enough that statements are few, small enough that a crash costs little.
SIZE = 2_000
WAITING = "waiting"


def lay_ids(job: Job, ids: Sequence[UUID]) -> int:
    """Lay down these records, each once; returns how many."""
    wanted = sorted(set(ids))
    parts = [wanted[start : start + SIZE] for start in range(0, len(wanted), SIZE)]
    rows = [_block(job, number, part) for number, part in enumerate(parts, 1)]
    if rows:
        session.execute(insert(JobRow), rows)
    return len(wanted)


def lay_found(actor: Actor, job: Job, described: ObjectType, query: Query) -> int:
    """Lay down what `query` finds at this moment, in one statement; returns how many records."""
    record_id = described.table.c.id
    found = (
        select(record_id, ((func.row_number().over(order_by=record_id) - 1) // SIZE).label("block"))
        .where(*conditions_of(actor, described, query))
        .subquery()
    )
    ids = func.jsonb_agg(aggregate_order_by(found.c.id, found.c.id))
    blocks = select(
        literal(job.id),
        cast(-1 - found.c.block, Integer),
        literal(WAITING),
        func.jsonb_build_object("ids", ids, type_=JSONB),
    ).group_by(found.c.block)
    columns = ["job_id", "row_number", "state", "data"]
    laid = insert(JobRow).from_select(columns, blocks).returning(func.jsonb_array_length(JobRow.data["ids"]))
    return sum(session.scalars(laid))


def waiting(job: Job) -> Iterator[list[UUID]]:
    """The blocks of records that are still to come, each taken away as the next one is asked for."""
    of_job = (JobRow.job_id == job.id, JobRow.state == WAITING)
    numbers = session.scalars(
        select(JobRow.row_number).where(*of_job).order_by(JobRow.row_number.desc())
    ).all()
    for number in numbers:
        here = (*of_job, JobRow.row_number == number)
        data: dict[str, Any] = session.scalars(delete(JobRow).where(*here).returning(JobRow.data)).one()
        yield [UUID(each) for each in data["ids"]]


def forget(job_id: UUID) -> None:
    """What is still to come of the job never comes."""
    session.execute(delete(JobRow).where(JobRow.job_id == job_id, JobRow.state == WAITING))


def _block(job: Job, number: int, ids: Sequence[UUID]) -> dict[str, Any]:
    """Blocks count downwards from -1; the job's own rows count up from 1."""
    return {
        "job_id": job.id,
        "row_number": -number,
        "state": WAITING,
        "data": {"ids": [str(each) for each in ids]},
    }
