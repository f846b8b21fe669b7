"""By what a record was found, where its title does not say it: the field, and what stands in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.records import reading, registry, scope
from app.records.filters import Condition
from app.records.finding import Hit
from app.records.reading import Query
from app.records.types import Field


@dataclass(frozen=True)
class Reason:
    """A field that has what was typed; of several e-mails or phones the one that has it."""

    field: Field
    text: str


def reasons(actor: Actor, hits: Sequence[Hit], has: Callable[[str], bool]) -> Mapping[UUID, Reason]:
    """For each of these records the first field in which `has` finds something; one statement or two a kind.

    Fields that are hidden from `actor` are no reason.
    """
    found: dict[UUID, Reason] = {}
    for name in dict.fromkeys(hit.object for hit in hits):
        described = scope.seen(actor, registry.get(name))
        told = {described.title, *described.subtitle}
        fields = [
            each for each in described.fields if each.name in described.found_by and each.name not in told
        ]
        ids = tuple(hit.record_id for hit in hits if hit.object == name)
        if not fields:
            continue
        wanted = Query(
            where=Condition("id", "in", ids),
            fields=[each.name for each in fields],
            limit=len(ids),
            count=False,
        )
        for record in reading.page(actor, name, wanted).rows:
            texts = ((field, text) for field in fields for text in _texts(record.get(field.name)))
            reason = next((Reason(field, text) for field, text in texts if has(text)), None)
            if reason is not None:
                found[record.id] = reason
    return found


def _texts(value: Any) -> list[str]:
    if not value:
        return []
    if isinstance(value, list):
        return [str(each.get("value", "")) for each in value if isinstance(each, Mapping)]
    return [str(value)]
