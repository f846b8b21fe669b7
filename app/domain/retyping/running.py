"""The change of a field's kind, in slices: look at all values, lay down new ones, change over, tidy up.

People write meanwhile, and nobody waits. Until the change-over they write the field as it was, and what was
laid down for another value is found by what it came of. Whoever began before it and writes after it still
writes under the old key: what is found there then is brought along, at once and once more when all are done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Problem
from app.core.permissions import EVERYTHING
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.jobs import slices
from app.domain.jobs.models import Job, JobRow
from app.domain.jobs.slices import Budget
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish, wish_of
from app.domain.retyping import actions, returning, rules, values
from app.domain.retyping.rules import Becoming
from app.domain.retyping.values import NONE, Place
from app.records import facts, loading, registry, search_index
from app.records.labels import titles_of
from app.records.types import Change, Field
from app.records.undo import WINDOW
from app.records.values import Refused
from tenants.session import session

SWEEP_JOB = "modelling.sweep"
FORGET_JOB = "modelling.forget"
DO_NOT_FIT = N_("Some values do not fit the new kind. Nothing was changed; the records are listed here.")
CHANGED = N_("The field was changed meanwhile. Nothing was changed here; begin again.")
# How many records that do not fit are listed.
MOST_TOLD = 1_000
# So many of those that say something else are shown in the history of the model.
SHOWN = 5
# A clock that goes wrong, or a long transaction: who wrote before this was looked at anyway.
MARGIN = timedelta(minutes=10)
# Nobody who began to write before the change-over is still at it after that.
LATE = timedelta(minutes=5)
_KITH = Actor("system", None, "Kith", "clock", EVERYTHING)


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """One slice; True where more is to be done."""
    actor = replace(actor, door=job.params["door"])
    place = Place(job.object or "", job.params["old"], job.params["new"])
    step = job.checkpoint.get("step", "look")
    if step != "tidy" and not _is_as_it_was(place, job):
        slices.fail(job.id, CHANGED)
        return False
    return {"look": _look, "lay": _lay, "turn": _turn, "tidy": _tidy}[step](actor, job, place, budget)


def _is_as_it_was(place: Place, job: Job) -> bool:
    described = registry.find(place.object)
    field = described.by_name.get(job.params["field"]) if described else None
    return field is not None and (field.kind, field.key) == (job.params["from"], place.old)


def _field(job: Job, place: Place) -> Field:
    return registry.get(place.object).by_name[job.params["field"]]


def _becoming(job: Job, place: Place) -> Becoming:
    known = job.checkpoint.get("choices", ())
    if "before" in job.params:
        return returning.becoming(_field(job, place), job)
    return actions.begun(actions.habits_of(job), _field(job, place), job.params["kind"], known)


def _look(_: Actor, job: Job, place: Place, budget: Budget) -> bool:
    becoming, last = _becoming(job, place), UUID(job.checkpoint.get("last", str(NONE)))
    total = job.rows_total if job.rows_total is not None else 2 * values.count(place)
    done, wrong = 0, 0
    while found := values.after(place, last):
        misfits = [each for each in (_misfit(becoming, *one) for one in found) if each is not None]
        _note(job, misfits, job.failed_count + wrong)
        done, wrong, last = done + len(found), wrong + len(misfits), found[-1][0]
        if budget.is_spent():
            break
    else:
        if job.failed_count + wrong:
            slices.progress(job, done=done, total=total, counts={"failed": wrong})
            slices.fail(job.id, DO_NOT_FIT)
            return False
        last = NONE
    step = "look" if found else "lay"
    begun = {"last": str(last), "step": step, "choices": becoming.choices, "since": now().isoformat()}
    slices.progress(job, done=done, total=total, counts={"failed": wrong}, checkpoint=begun)
    return True


def _lay(_: Actor, job: Job, place: Place, budget: Budget) -> bool:
    becoming, last = _becoming(job, place), UUID(job.checkpoint["last"])
    done = 0
    while found := values.after(place, last):
        rows = [_row(becoming, *one) for one in found]
        values.lay(place, [row for row in rows if row is not None], job.params["stale"])
        done, last = done + len(found), found[-1][0]
        if budget.is_spent():
            break
    told = {**job.checkpoint, "last": str(last), "choices": becoming.choices}
    told["step"] = "lay" if found else "turn"
    slices.progress(job, done=done, counts={"updated": done}, checkpoint=told)
    return True


def _turn(actor: Actor, job: Job, place: Place, __: Budget) -> bool:
    """What was written meanwhile; then the field is of the new kind for everybody who begins after this."""
    becoming = _becoming(job, place)
    since = datetime.fromisoformat(job.checkpoint["since"]) - MARGIN
    modelling.alone(actor)
    if misfits := _bring(becoming, place, since):
        _note(job, misfits, 0)
        slices.progress(job, counts={"failed": len(misfits)})
        slices.fail(job.id, DO_NOT_FIT)
        return False
    row = modelling.field_row(place.object, job.params["field"])
    wish = _wish(job, place, becoming, wish_of(row))
    was_searchable = wish_of(row).is_searchable
    undoes = UUID(job.params["undoes"]) if "undoes" in job.params else None
    modelling.retype(actor, place.object, job.params["field"], wish, undoes=undoes)
    payload = {"job_id": str(job.id)}
    enqueue(SWEEP_JOB, payload, queue="bulk", due_at=now() + LATE, key=f"sweep {job.id}")
    told = {**job.checkpoint, "step": "tidy", "last": str(NONE), "choices": becoming.choices}
    slices.progress(job, checkpoint={**told, "searched": was_searchable and not wish.is_searchable})
    return True


def _wish(job: Job, place: Place, becoming: Becoming, now_there: FieldWish) -> FieldWish:
    if "before" not in job.params:
        choices = becoming.choices if job.params["from"] == "text" else []
        return rules.wish(now_there, job.params["kind"], choices, place.new)
    wish = rules.wish_back(now_there, returning.wish_before(job), place.new)
    return replace(wish, is_unique=wish.is_unique and values.are_unique(place))


def _tidy(actor: Actor, job: Job, place: Place, budget: Budget) -> bool:
    last, more = UUID(job.checkpoint["last"]), False
    told, first = job.checkpoint.get("told", 0), job.checkpoint.get("first", [])
    while ids := values.settled(place, last):
        _late(job, place, ids)
        found = values.settle(place, ids, actor.member_id)
        _tell(actor, job, place, found)
        told, first = told + len(found), [*first, *(str(each[0]) for each in found)][:SHOWN]
        if job.checkpoint.get("searched"):
            described = registry.get(place.object)
            search_index.enter_many(described, loading.locked(described, list(ids)))
        last = ids[-1]
        if budget.is_spent():
            more = True
            break
    job.result = {} if more else {"href": f"/{job.object}", "label": N_("See the records")}
    at = {"last": str(last), "told": told, "first": first}
    slices.progress(job, checkpoint={**job.checkpoint, **at})
    return more


def _tell(actor: Actor, job: Job, place: Place, found: values.Settled) -> None:
    """One fact of all these records: what each said and says, for their histories."""
    described = registry.find(place.object)
    if not found or described is None:
        return
    name, titles = job.params["field"], titles_of(actor, place.object, [each[0] for each in found])
    lines = [
        (
            Change(place.object, record_id, {name: was}, {name: value}),
            titles.get(record_id, ""),
            version,
            (record_id,),
        )
        for record_id, version, was, value in found
    ]
    facts.record_many(actor, "changed_many", place.object, job.title, lines, job_id=job.id)


def sweep(job: Job) -> None:
    """Bring along what was written late, long after everybody who was late is done."""
    place = Place(job.object or "", job.params["old"], job.params["new"])
    last = NONE
    while ids := values.settled(place, last):
        _late(job, place, ids)
        _tell(_KITH, job, place, values.settle(place, ids, None))
        last = ids[-1]
    payload = {"job_id": str(job.id)}
    enqueue(FORGET_JOB, payload, queue="bulk", due_at=now() + WINDOW, key=f"forget {job.id}")


def forget(job: Job) -> bool:
    """Remove some of what the values were before, once nobody can take it back; whether there is more."""
    return values.forget(Place(job.object or "", job.params["old"], job.params["new"])) == values.SIZE


def _late(job: Job, place: Place, ids: Sequence[UUID]) -> None:
    """Bring along what was written under the old key after the change-over."""
    described = registry.find(place.object)
    field = described.by_name.get(job.params["field"]) if described else None
    here = values.unlike(place, NONE, ids=ids)
    if field is None or field.key != place.new or not here:
        return
    was = replace(field, kind=job.params["from"])
    known = job.checkpoint.get("choices", ())
    becoming = (
        returning.becoming(was, job)
        if "before" in job.params
        else actions.begun(actions.habits_of(job), was, job.params["kind"], known)
    )
    rows = [_row(becoming, *one) for one in here]
    values.lay(place, [row for row in rows if row is not None])
    told = job.failed_count
    misfits = [each for each in (_misfit(becoming, *one) for one in here) if each is not None]
    if misfits:
        # The value stays where it is, and the job says of which record.
        _note(job, misfits, told)
        slices.progress(job, counts={"failed": len(misfits)})


def _bring(becoming: Becoming, place: Place, since: datetime) -> list[Mapping[str, Any]]:
    """Lay down what was written since; what does not fit."""
    last, misfits = NONE, []
    while found := values.unlike(place, last, since):
        wrong = [each for each in (_misfit(becoming, *one) for one in found) if each is not None]
        misfits += wrong
        rows = [_row(becoming, *one) for one in found]
        values.lay(place, [row for row in rows if row is not None])
        last = found[-1][0]
    return misfits


def _misfit(becoming: Becoming, record_id: UUID, raw: Any, kept: Any) -> Mapping[str, Any] | None:
    try:
        becoming.of(raw, kept)
    except Refused as refused:
        name = becoming.before.name
        data = {"field": becoming.before.label, **refused.data}
        problem = Problem(name, refused.code, refused.message, data)
        return {"record_id": record_id, "problems": [asdict(problem)]}
    return None


def _row(becoming: Becoming, record_id: UUID, raw: Any, kept: Any) -> Mapping[str, Any] | None:
    """What is laid down for a value; None where it does not fit."""
    try:
        return {"id": record_id, "raw": raw, "new": None if raw is None else becoming.of(raw, kept)}
    except Refused:
        return None


def _note(job: Job, misfits: Sequence[Mapping[str, Any]], already: int) -> None:
    from_here = misfits[: max(MOST_TOLD - already, 0)]
    rows = [
        {"job_id": job.id, "row_number": already + number, "state": "failed", "data": {}, **each}
        for number, each in enumerate(from_here, 1)
    ]
    if rows:
        session.execute(insert(JobRow), rows)
