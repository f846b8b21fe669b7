"""Asking for another kind of a field: what stands against it is told beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound, Problem
from app.core.permissions import require
from app.core.text import N_
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import Job
from app.domain.modelling import actions as modelling
from app.domain.modelling import removing
from app.domain.modelling.rules import wish_of
from app.domain.retyping import rules, values
from app.domain.retyping.rules import Becoming
from app.domain.retyping.values import NONE, Place
from app.records import habits as habit
from app.records import registry
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import Refused
from tenants.session import session

KIND = "modelling.retype"
TITLE = N_("Another kind for a field")
NOT_POSSIBLE = N_("A field of this kind becomes one of these: %(known)s.")
RUNNING = N_("The kind of this field is being changed already.")
# So many values are looked at while somebody waits; all are before anything is changed.
LOOKED_AT = 20_000
TOLD = 20


@dataclass(frozen=True)
class Misfit:
    """A record whose value does not fit, and why."""

    record_id: UUID
    value: Any
    problem: Problem


@dataclass(frozen=True)
class Check:
    """How a change of kind would go: values looked at, those that do not fit, some of them; choices made.

    Where not `all` values were looked at, the rest is before anything is changed.
    """

    count: int
    looked_at: int
    misfits: int
    told: Sequence[Misfit]
    choices: Sequence[Mapping[str, Any]]
    given_up: Sequence[str]

    @property
    def all(self) -> bool:
        """Whether every value was looked at."""
        return self.looked_at >= self.count


def check(actor: Actor, object_name: str, name: str, kind: str) -> Check:
    """Look whether every value of the field could be of that kind; raises Invalid, NotFound."""
    field, row = _asked(actor, object_name, name, kind)
    becoming = begun(habit.of(actor), field, kind)
    place = Place(object_name, field.key, "")
    told: list[Misfit] = []
    looked_at, misfits, last = 0, 0, NONE
    while looked_at < LOOKED_AT and (found := values.after(place, last)):
        for record_id, raw, _ in found:
            try:
                becoming.of(raw)
            except Refused as refused:
                misfits += 1
                if len(told) < TOLD:
                    told.append(
                        Misfit(record_id, raw, Problem(name, refused.code, refused.message, refused.data))
                    )
        looked_at, last = looked_at + len(found), found[-1][0]
    count = looked_at if looked_at < LOOKED_AT else values.count(place)
    given_up = rules.given_up(wish_of(row), kind)
    return Check(count, looked_at, misfits, told, becoming.choices, given_up)


def ask(actor: Actor, object_name: str, name: str, kind: str) -> Job:
    """A job that gives the field that kind, if every value fits; raises Invalid, NotFound."""
    field, _ = _asked(actor, object_name, name, kind)
    return started(actor, object_name, field, kind, {})


def started(actor: Actor, object_name: str, field: Field, kind: str, more: Mapping[str, Any]) -> Job:
    """The job, told `more` beside what each is told; raises Invalid where one is at work already."""
    modelling.alone(actor)
    name, earlier = field.name, jobs_of(object_name, field.name)
    if any(not job.is_over for job in earlier):
        raise Invalid.one("kind", "running", RUNNING)
    job = jobs.draft(actor, KIND, TITLE, object=object_name)
    left = [each.params["new"] for each in earlier if each.params["new"] != field.key]
    job.params = {
        "field": name,
        "kind": kind,
        "from": field.kind,
        "old": field.key,
        "new": rules.next_key(name, job.id),
        "stale": [key for each in left for key in (each, f"{each}<")],
        "door": actor.door,
        "habits": asdict(habit.of(actor)),
        **more,
    }
    return jobs.begin(job)


def jobs_of(object_name: str, name: str) -> list[Job]:
    """The changes of kind that the field saw."""
    here = select(Job).where(Job.kind == KIND, Job.object == object_name)
    return [job for job in session.scalars(here) if job.params["field"] == name]


def habits_of(job: Job) -> Habits:
    """How whoever started it writes: the same from begin to end."""
    return Habits(**job.params["habits"])


def begun(habits: Habits, field: Field, kind: str, choices: Sequence[Mapping[str, Any]] = ()) -> Becoming:
    """The field on its way; `choices` were gathered already."""
    known = [dict(each) for each in choices]
    if kind in ("choice", "choices") and field.kind in ("choice", "choices"):
        known = [{"value": each.value, "labels": {}} for each in field.choices]
    return Becoming(field, kind, habits, known)


def _asked(actor: Actor, object_name: str, name: str, kind: str) -> tuple[Field, Mapping[str, Any]]:
    require(actor, modelling.PERMISSION)
    field = registry.get(object_name).by_name.get(name)
    row = modelling.field_row(object_name, name)
    if field is None:
        raise NotFound("fields")
    known = () if field.computed else rules.POSSIBLE.get(field.kind, ())
    if kind not in known:
        raise Invalid.one("kind", "not_possible", NOT_POSSIBLE, known=", ".join(known) or "–")
    users = removing.users(object_name, name)
    if users:
        raise Invalid.one("kind", "in_use", removing.USED_BY, names=", ".join(users[:5]))
    return field, row
