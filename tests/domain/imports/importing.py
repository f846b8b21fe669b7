"""Bringing tables in within a test: the same way as a person, with the worker's work done at once."""

import io
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.core.actor import Actor
from app.domain.imports import actions, queries
from app.domain.jobs.models import Job, JobRow
from tenants.session import session, unit_of_work
from tests.domain.imports.samples import sample
from tests.work import work_off


def bring(app: Flask, actor: Actor, object_name: str, content: bytes | str, **wanted: Any) -> dict[str, Any]:
    """The status of an import of `content`, or of the shared file of that name, after it ran."""
    job_id = prepare(actor, object_name, content, **wanted)
    with unit_of_work():
        actions.start(actor, job_id)
    work_off(app)
    return status(actor, job_id)


def prepare(actor: Actor, object_name: str, content: bytes | str, **wanted: Any) -> Any:
    """The id of a draft with `wanted` laid over its plan."""
    name = Path(content).name if isinstance(content, str) else "table.csv"
    body = sample(content).read_bytes() if isinstance(content, str) else content
    session.remove()
    with unit_of_work():
        job = actions.upload(actor, object_name, name, io.BytesIO(body))
        if wanted:
            actions.map_as(actor, job.id, wanted)
        return job.id


def status(actor: Actor, job_id: Any) -> dict[str, Any]:
    """What the API says of the import; the counts of a finished one add up."""
    with unit_of_work(read_only=True):
        told = queries.status(queries.one(actor, job_id))
    counted = told["created"] + told["updated"] + told["skipped"] + told["failed"] + told["to_review"]
    assert told["status"] != "done" or counted == told["rows"]
    return told


def plan_json(job_id: Any) -> dict[str, Any]:
    """The plan of an import."""
    with unit_of_work(read_only=True):
        job = session.get(Job, job_id)
        assert job is not None
        return {column["name"]: column for column in job.params["plan"]["columns"]}


def check_of(job_id: Any) -> dict[str, Any]:
    """What the dry run found."""
    with unit_of_work(read_only=True):
        job = session.get(Job, job_id)
        assert job is not None
        found: dict[str, Any] = job.result["check"]
        return found


def refused(told: dict[str, Any]) -> list[tuple[int, str, str]]:
    """(line, column, code) of each refused row of an import, by line."""
    with unit_of_work(read_only=True):
        rows = session.query(JobRow).filter(JobRow.job_id == told["id"]).order_by(JobRow.row_number)
        return [(row.data["line"], row.problems[0]["path"], row.problems[0]["code"]) for row in rows]


def sql(statement: str) -> list[Any]:
    """Rows of the tenant as a plain query tells them."""
    with unit_of_work(read_only=True):
        return [tuple(row) for row in session.execute(text(statement))]


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    """Created, updated, skipped, failed."""
    return told["created"], told["updated"], told["skipped"], told["failed"]
