"""One choice of a field replaced by another wherever records have it: a bulk change, undone like one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.text import N_
from app.domain.bulk import rules
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import Job
from app.domain.modelling import actions as modelling
from app.records import filters, loading
from app.records.filters import Condition
from app.records.rights import allowed
from app.records.types import Field, ObjectType
from app.records.writing import Row

KIND = "bulk"
KINDS = frozenset({"choice", "choices"})
NOT_ANOTHER = N_("Choose another one that is offered.")


def ask(actor: Actor, object_name: str, name: str, old: str, new: str) -> Job:
    """Retire the choice `old`; the job gives all records that have it the choice `new`.

    Raises Invalid, NotFound, NotAllowed.
    """
    described = allowed(actor, object_name, rules.RIGHTS["replace"])
    field = described.by_name.get(name)
    if field is None or field.readonly or field.kind not in KINDS or old not in field.choice_values:
        raise NotFound("fields")
    if new == old or new not in {each.value for each in field.offered}:
        raise Invalid.one("new", "not_a_choice", NOT_ANOTHER)
    modelling.retire_choice(actor, object_name, name, old)
    where = Condition(name, "in" if field.kind == "choices" else "eq", _looked_for(field, old))
    params = {
        "verb": "replace",
        "values": {"field": name, "old": old, "new": new},
        "where": filters.to_json(where),
        "search": None,
        "door": actor.door,
    }
    job = jobs.draft(actor, KIND, rules.TITLES["replace"], params, object=object_name)
    return jobs.begin(job, "bulk")


def rows(described: ObjectType, values: Mapping[str, Any], ids: Sequence[UUID]) -> list[Row]:
    """What each record is to have: of several choices the others stay."""
    name, old, new = values["field"], values["old"], values["new"]
    if described.by_name[name].kind == "choice":
        return [Row({name: new}, record_id, {name: old}) for record_id in ids]
    known = loading.locked(described, ids, identified=False)
    return [Row({name: _swapped(known.get(each, {}).get(name), old, new)}, each) for each in ids]


def _swapped(several: Sequence[str] | None, old: str, new: str) -> list[str]:
    return [new if each == old else each for each in several or ()]


def _looked_for(field: Field, old: str) -> Any:
    return (old,) if field.kind == "choices" else old
