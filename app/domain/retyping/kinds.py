"""Of which kind a field was when something happened to it: histories tell values as people knew them then."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.text import OwnWords
from app.domain.modelling import history
from app.domain.modelling.history import Step
from app.domain.retyping import rules
from app.records import registry
from app.records.timeline import Entry
from app.records.types import Choice, Field

# What a field was before a change and after it, by the fact that tells the change and the field's name.
Then = Mapping[tuple[UUID, str], tuple[Field, Field]]


def then(entries: Sequence[Entry]) -> Then:
    """Of which kind fields were, where that is not the kind they have now or where the entry changed it."""
    names = {entry.object for entry in entries if entry.object and _retyped(entry)}
    if not names:
        return {}
    steps: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in history.kinds(names):
        steps[step.object, step.field or ""].append(step)
    found = {}
    for entry in entries:
        for change in entry.changes:
            if turns := steps.get((entry.object or "", change.field)):
                found[entry.fact_ids[0], change.field] = _both(entry, change.field, turns)
    return found


def of(step: Step) -> tuple[Field, Field]:
    """The field before and after a change of its kind."""
    before, after = (
        Field(step.field or "", side.get("kind", "text"), "", choices=_choices(side))
        for side in (step.before, step.after)
    )
    return before, after


def _retyped(entry: Entry) -> Iterable[str]:
    described = registry.find(entry.object or "")
    known = described.by_name if described else {}
    return [each.field for each in entry.changes if each.field in known and known[each.field].kept_as]


def _both(entry: Entry, name: str, turns: Sequence[Step]) -> tuple[Field, Field]:
    for number, step in enumerate(turns):
        key = (step.after.get("options") or {}).get("key")
        if entry.job_id is not None and key == rules.next_key(name, entry.job_id):
            # A later name of a choice is the better one: it is what people call it now.
            return of(step)[0], _at(entry, name, turns[number + 1 :])
    field = _at(entry, name, [step for step in turns if step.at > entry.at])
    return field, field


def _at(entry: Entry, name: str, later: Sequence[Step]) -> Field:
    """What the field was before the first of these changes; what it is now where there is none."""
    return of(later[0])[0] if later else registry.get(entry.object or "").by_name[name]


def _choices(side: Mapping[str, Any]) -> tuple[Choice, ...]:
    rows = (side.get("options") or {}).get("choices") or ()
    return tuple(Choice(each["value"], OwnWords(each["labels"])) for each in rows)
