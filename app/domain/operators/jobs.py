"""Jobs that were given up: tried once more, or dropped."""

from collections.abc import Callable
from uuid import UUID

import psycopg

from app.core.errors import NotFound, Unavailable
from app.domain.operators.actions import By
from tenants import catalogue, cells, watching
from tenants.watching import CONTROL

Act = Callable[[str, UUID], tuple[str, str | None] | None]


def try_again(place: str, job_id: UUID, by: By) -> str:
    """Stage the job anew; its name. Raises NotFound and Unavailable."""
    return _done(watching.try_again, place, job_id, by, "job.tried_again")


def drop(place: str, job_id: UUID, by: By) -> str:
    """Remove the job for ever; its name. Raises NotFound and Unavailable."""
    return _done(watching.drop, place, job_id, by, "job.dropped")


def _done(act: Act, place: str, job_id: UUID, by: By, verb: str) -> str:
    if place != CONTROL and place not in cells.names():
        raise NotFound("cells")
    try:
        done = act(place, job_id)
    except psycopg.OperationalError as error:
        raise Unavailable from error
    if done is None:
        raise NotFound("jobs")
    name, schema = done
    by.note(verb, catalogue.by_schema(schema) if schema else None, job=name, id=str(job_id), place=place)
    return name
