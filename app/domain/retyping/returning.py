"""Taking another kind of a field back: what nobody changed is what it was, the rest is converted."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.text import N_, OwnWords
from app.domain.jobs.models import Job
from app.domain.modelling import actions as modelling
from app.domain.modelling import history, removing, undoing
from app.domain.modelling.history import Step
from app.domain.modelling.rules import FieldWish
from app.domain.modelling.rules import wish_of as wish_of_row
from app.domain.retyping import actions
from app.domain.retyping.rules import Becoming
from app.records import registry
from app.records.since import CHANGED_SINCE
from app.records.types import Choice, Field, Kind
from app.records.undo import TOO_LATE, UNDONE, is_too_late
from tenants.session import session

TITLE = N_("A field gets its kind back")


def undo(actor: Actor, fact_id: UUID) -> Step | Job:
    """Take a change of the model back: at once, or where it was another kind by a job, which is returned.

    Raises Conflict where a later change touched the same or 30 days are over, Invalid where something was
    built on it, NotFound.
    """
    step = history.one(actor, fact_id)
    if "kind" not in step.changes or step.verb != "field_changed":
        return undoing.undo(actor, fact_id)
    modelling.alone(actor)
    if history.one(actor, fact_id).undone:
        raise Conflict(UNDONE)
    if is_too_late(step.at):
        raise Conflict(TOO_LATE)
    name = step.field or ""
    row = modelling.field_row(step.object, name)
    key = (step.after.get("options") or {}).get("key")
    field = registry.get(step.object).by_name.get(name)
    if field is None or key is None or row["options"].get("key") != key:
        raise Conflict(CHANGED_SINCE)
    if users := removing.users(step.object, name):
        raise Invalid.one("kind", "in_use", removing.USED_BY, names=", ".join(users[:5]))
    first = next((job for job in actions.jobs_of(step.object, name) if job.params["new"] == key), None)
    if first is None:
        raise Conflict(TOO_LATE)
    before = {**row, **step.before}
    told = {each: before[each] for each in _OF_WISH if each in before}
    more = {"before": told, "first": str(first.id), "undoes": str(fact_id)}
    job = actions.started(actor, step.object, field, step.before["kind"], more)
    job.title = TITLE
    return job


_OF_WISH = ("kind", "labels", "help", "options", "is_unique", "is_searchable", "is_sortable", "default_value")


def wish_before(job: Job) -> FieldWish:
    """What the field was wished to be before it was of another kind."""
    return wish_of_row(job.params["before"])


def becoming(field: Field, job: Job) -> Becoming:
    """The field on its way back by that job, which knows how it became what it is."""
    first = session.get_one(Job, UUID(job.params["first"]))
    wish = wish_before(job)
    labels = [dict(each) for each in wish.choices]
    was = replace(
        field,
        kind=cast(Kind, job.params["kind"]),
        choices=tuple(Choice(each["value"], OwnWords(each["labels"])) for each in labels),
    )
    return Becoming(field, job.params["kind"], actions.habits_of(job), labels, _forth(was, first))


def _forth(was: Field, first: Job) -> Becoming:
    """How what it was became what it is; that may have been a way back itself."""
    if "before" in first.params:
        return becoming(was, first)
    gathered: Any = first.checkpoint.get("choices", ())
    return actions.begun(actions.habits_of(first), was, first.params["kind"], gathered)
