"""What people and programs do with many records at once: change, assign, delete, restore, export."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, Problem
from app.core.ids import new_id
from app.domain.bulk import blocks, rules
from app.domain.bulk.rules import Selection, Wanted
from app.domain.exports import actions as exports
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import Job
from app.records import filters, intake, limits, relations, scope
from app.records import habits as habit
from app.records.filters import Condition, OneOf, Where
from app.records.rights import allowed
from app.records.types import Change, ObjectType

KIND = "bulk"
# Small changes overtake large ones.
QUICK = 5_000
# How many ids one condition of a filter takes.
_PORTION = 500


def ask(actor: Actor, object_name: str, wanted: Wanted) -> Job:
    """A job that does `wanted` to the records; what a filter finds as it begins is what it changes.

    Raises Invalid for values that no record can take, NotFound and NotAllowed like any change.
    """
    if actor.kind in {"support", "customer"}:
        raise NotAllowed(KIND)  # the job could not be told apart from Kith's own
    described = allowed(actor, object_name, rules.RIGHTS[wanted.verb])
    wanted.selection.check()
    read(actor, described, wanted)
    job = jobs.draft(actor, KIND, rules.TITLES[wanted.verb], _params(actor, wanted), object=object_name)
    if wanted.selection.ids is not None:
        job.rows_total = blocks.lay_ids(job, wanted.selection.ids)
        job.checkpoint = {"laid": True}
    is_quick = job.rows_total is not None and job.rows_total <= QUICK
    return jobs.begin(job, "fast" if is_quick else "bulk")


def export(actor: Actor, object_name: str, selection: Selection, fields: Sequence[str] | None = None) -> Job:
    """A job that writes the records into a file; `fields` None: all that the actor sees."""
    selection.check()
    where = selection.where if selection.ids is None else _named(selection)
    return exports.ask(actor, object_name, exports.Wanted(where, selection.search, None, fields))


def read(actor: Actor, described: ObjectType, wanted: Wanted) -> Mapping[str, Any]:
    """The values of `wanted` as they are stored; raises Invalid for what no record can take."""
    if wanted.verb not in ("edit", "assign"):
        return {}
    problems = _refused(described, wanted) or _locked(actor, described, wanted)
    if problems:
        raise Invalid(problems)
    change = Change(described.name, new_id(), dict(described.nothing), {})
    intake.take(described, change, wanted.values, habit.of(actor))
    problems = [*change.problems, *_missing(described, change)]
    relations.check(described, [change])
    if problems or change.problems:
        raise Invalid(problems or change.problems)
    return change.values


def _refused(described: ObjectType, wanted: Wanted) -> list[Problem]:
    if not wanted.values:
        return [Problem("values", "required", rules.NO_VALUES)]
    problems = []
    for name in wanted.values:
        known = described.by_name.get(name)
        if known is None:
            problems.append(intake.unknown(described, name))
        elif not rules.suits_many(known) or (wanted.verb == "assign" and name != rules.OWNER):
            problems.append(rules.not_for_many(known))
    return problems


def _locked(actor: Actor, described: ObjectType, wanted: Wanted) -> list[Problem]:
    """What is hidden from the actor or not his to set; which records are is seen row by row."""
    if actor.grants is None:
        return []
    wrong = limits.problems(actor, described, wanted.values)
    return wrong or scope.out_of_sight(actor, described, wanted.values)


def _missing(described: ObjectType, change: Change) -> list[Problem]:
    emptied = [described.by_name[name] for name, value in change.values.items() if value is None]
    return [intake.missing(known) for known in emptied if known.required and known.default is None]


def _params(actor: Actor, wanted: Wanted) -> dict[str, Any]:
    return {
        "verb": wanted.verb,
        "values": dict(wanted.values),
        "where": filters.to_json(wanted.selection.where),
        "search": wanted.selection.search,
        "door": actor.door,
    }


def _named(selection: Selection) -> Where:
    ids = tuple(dict.fromkeys(selection.ids or ()))
    parts = [ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION)]
    return OneOf(tuple(Condition("id", "in", part) for part in parts))
