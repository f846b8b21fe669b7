"""What a change of kind did to the records: how many say something else now, and what some said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.ids import parse_id
from app.domain.jobs.models import Job
from app.domain.modelling.history import Step
from app.domain.retyping import actions
from app.records import journal, registry, scope
from app.records.labels import titles_of
from app.records.tables import fact_values, facts
from tenants.session import session


@dataclass(frozen=True)
class Said:
    """A record that `actor` sees: what it said before and says since; both None once that was erased."""

    record_id: UUID
    title: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Effect:
    """How many records say something else since, some of them, and the job that did it."""

    count: int
    said: Sequence[Said]
    job_id: UUID
    is_over: bool


def effects(actor: Actor, steps: Sequence[Step]) -> Mapping[UUID, Effect]:
    """What those of the changes did that gave a field another kind, by the change."""
    found = {}
    for step in steps:
        job = _job(step) if step.field and "kind" in step.changes else None
        if job is not None:
            told = job.checkpoint
            ids = [each for one in told.get("first", ()) if (each := parse_id(one))]
            found[step.id] = Effect(told.get("told", 0), _said(actor, step, job, ids), job.id, job.is_over)
    return found


def _job(step: Step) -> Job | None:
    key = (step.after.get("options") or {}).get("key")
    if step.verb != "field_changed" or key is None:
        return None
    known = actions.jobs_of(step.object, step.field or "")
    return next((job for job in known if job.params["new"] == key), None)


def _said(actor: Actor, step: Step, job: Job, ids: Sequence[UUID]) -> list[Said]:
    described, name = registry.find(step.object), step.field or ""
    if described is None or name not in scope.seen(actor, described).by_name:
        return []
    titles, values = titles_of(actor, step.object, ids), _values(job, ids, name)
    return [Said(each, titles[each], *values.get(str(each), (None, None))) for each in ids if each in titles]


def _values(job: Job, ids: Sequence[UUID], name: str) -> Mapping[str, tuple[Any, Any]]:
    """What the job's facts tell of these records, for as long as they are kept."""
    if not ids:
        return {}
    kept = select(fact_values.c.journal).join(facts, facts.c.id == fact_values.c.fact_id)
    here = kept.where(facts.c.about.overlap(list(ids)), facts.c.job_id == job.id)
    lines = [line for packed in session.scalars(here) if packed for line in journal.unpack(packed)]
    return {line["id"]: tuple(line["changes"][name]) for line in lines if name in line["changes"]}
