"""Bulk changes within a test: asked for as people do, with the worker's work done at once."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from app.core.actor import Actor
from app.domain.bulk import actions, undoing
from app.domain.bulk.rules import Selection, Wanted
from app.domain.jobs import queries
from app.records import filters, registry, writing
from app.records.writing import Row
from tenants.session import session, unit_of_work
from tests.work import work_off


def people(actor: Actor, number: int, **values: Any) -> list[UUID]:
    """So many contacts of one batch, by their numbers."""
    rows = [
        Row({"first_name": f"Nr {place:04}", "email": f"nr{place}@nordwind.example", **values})
        for place in range(number)
    ]
    with unit_of_work():
        made = writing.write_many(actor, "contacts", rows, title="Samples")
    return [each.record_id for each in made if each.record_id]


def ask(actor: Actor, selection: Selection, **values: Any) -> UUID:
    """The id of a job that gives these contacts the values."""
    with unit_of_work():
        return actions.ask(actor, "contacts", Wanted("edit", selection, values)).id


def done(app: Flask, actor: Actor, selection: Selection, **values: Any) -> UUID:
    """The same, once the workers have done it."""
    job_id = ask(actor, selection, **values)
    work_off(app)
    return job_id


def verb(app: Flask, actor: Actor, wanted: Any, selection: Selection) -> UUID:
    """The id of a job that did `wanted` (delete, restore) to the contacts."""
    with unit_of_work():
        job_id = actions.ask(actor, "contacts", Wanted(wanted, selection)).id
    work_off(app)
    return job_id


def undo(app: Flask, actor: Actor, job_id: UUID) -> UUID:
    """The id of the job that took it back."""
    with unit_of_work():
        undone = undoing.ask(actor, job_id).id
    work_off(app)
    return undone


def found(**conditions: Any) -> Selection:
    """Contacts with these values."""
    parts = [{"field": name, "op": "eq", "value": value} for name, value in conditions.items()]
    return Selection(where=filters.parse_json(registry.get("contacts"), {"and": parts}))


def counts(actor: Actor, job_id: UUID) -> tuple[str, int, int, int]:
    """State of the job; rows updated, skipped, failed."""
    with unit_of_work(read_only=True):
        job = queries.one(actor, job_id)
        assert job.rows_done == job.rows_total
        return job.state, job.updated_count, job.skipped_count, job.failed_count


def why(actor: Actor, job_id: UUID) -> list[tuple[int, str, str]]:
    """(row, state, code) of each row that the job left alone for a reason."""
    with unit_of_work(read_only=True):
        rows = queries.rows(actor, job_id, ["failed", "skipped"])
        return [(row.row_number, row.state, row.problems[0]["code"]) for row in rows]


def sql(statement: str, **values: Any) -> list[Any]:
    """Rows of the tenant as a plain query tells them."""
    with unit_of_work(read_only=True):
        return [tuple(row) for row in session.execute(text(statement), values)]


def cities() -> dict[str, int]:
    """How many live contacts there are in each city."""
    told = sql("SELECT coalesce(city, ''), count(*) FROM contacts WHERE deleted_at IS NULL GROUP BY 1")
    return dict(told)
