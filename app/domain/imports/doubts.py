"""New rows that look like a record which is there, without a key that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Problem
from app.core.text import N_
from app.domain.duplicates import evidence, probing
from app.domain.duplicates.bounds import at_most
from app.domain.duplicates.objects import is_compared
from app.domain.duplicates.rules import LISTED, Evidence, Likeness, Reason, compare
from app.domain.imports.rules.groups import Answer, Group, Grouping, State
from app.domain.imports.rules.plan import Plan
from app.records import habits, intake, registry, scope
from app.records.types import Change, ObjectType

MOST = 3
LOOKS_ALIKE = N_("This looks like a record that is there already.")
CODE = "looks_alike"


@dataclass(frozen=True)
class Alike:
    """A record that a row may be about, and why."""

    record_id: UUID
    likeness: Likeness

    @property
    def plain(self) -> dict[str, Any]:
        """The same as JSON."""
        reasons = [[each.code, each.points, each.percent] for each in self.likeness.reasons]
        return {"id": str(self.record_id), "score": self.likeness.score, "reasons": reasons}


def alike_from(told: dict[str, Any]) -> Alike:
    """What `plain` told."""
    reasons = tuple(Reason(*each) for each in told["reasons"])
    return Alike(UUID(told["id"]), Likeness(told["score"], reasons))


def set_aside(actor: Actor, plan: Plan, grouping: Grouping) -> list[Answer]:
    """Take the groups that look like records which `actor` sees out of those to be stored; their answers.

    Rows that repeat such a row are set aside with it.
    """
    described = registry.get(plan.object)
    if plan.doubtful == "create" or not is_compared(described):
        return []
    fresh = [each for each in grouping.groups if each.record_id is None]
    found = _alike(actor, described, [each.values for each in fresh])
    doubtful = {id(group): alike for group, alike in zip(fresh, found, strict=True) if alike}
    grouping.groups = [each for each in grouping.groups if id(each) not in doubtful]
    state: State = "review" if plan.doubtful == "review" else "skipped"
    return [
        answer
        for each in fresh
        if id(each) in doubtful
        for answer in _answers(each, doubtful[id(each)], state)
    ]


def _answers(group: Group, alike: Sequence[Alike], state: State) -> list[Answer]:
    problem = Problem("", CODE, LOOKS_ALIKE, {"alike": [each.plain for each in alike]})
    rows = [group.first, *(draft for draft, _ in group.followers)]
    return [Answer(draft, state, [problem]) for draft in rows]


def _alike(actor: Actor, described: ObjectType, many: Sequence[dict[str, Any]]) -> list[list[Alike]]:
    """For each of the values the likest records, at most MOST, in few statements for all of them."""
    known = [_evidence(actor, described, values) for values in many]
    near = probing.near_many(described, known)
    ids = sorted({each for those in near for each in those})
    others = evidence.load(described, sorted(scope.visible(actor, described.name, ids))) if ids else {}
    return [
        _likest(one, [others[each] for each in those if each in others])
        for one, those in zip(known, near, strict=True)
    ]


def _likest(one: Evidence, others: Sequence[Evidence]) -> list[Alike]:
    worth = (each for each in others if at_most(one, each) >= LISTED)
    scored = [Alike(each.id, compare(one, each)) for each in worth if each.id]
    listed = [each for each in scored if each.likeness.score >= LISTED]
    return sorted(listed, key=lambda each: (-each.likeness.score, each.record_id))[:MOST]


def _evidence(actor: Actor, described: ObjectType, values: dict[str, Any]) -> Evidence:
    change = Change(described.name, UUID(int=0), None, {})
    intake.take(described, change, values, habits.of(actor))
    return evidence.of_values(described, change.values)
