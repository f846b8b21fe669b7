"""Roll-ups that take a choice show it as the field does that people fill in."""

from collections.abc import Mapping
from dataclasses import replace

from app.records.computed.described import RollUp
from app.records.types import Choice, Field, ObjectType

_KINDS = ("choice", "choices")
# A roll-up may be made of roll-ups. Circles are refused when they are saved; nobody is caught in one here.
_FARTHEST = 20


def choosing(described: ObjectType, objects: Mapping[str, ObjectType]) -> ObjectType:
    """The object with the choices of its roll-ups, found among all `objects`."""
    if not any(_is_taken(each) for each in described.fields):
        return described
    fields = (
        replace(each, choices=_choices(each, objects)) if _is_taken(each) else each
        for each in described.fields
    )
    return replace(described, fields=tuple(fields))


def _is_taken(field: Field) -> bool:
    return field.kind in _KINDS and isinstance(field.computed, RollUp)


def _choices(field: Field, objects: Mapping[str, ObjectType]) -> tuple[Choice, ...]:
    """Those of the field at the end of the way; Kith's own are drawn without a state, as there."""
    source: Field | None = field
    for _step in range(_FARTHEST):
        if source is None or not isinstance(source.computed, RollUp):
            break
        child = objects.get(source.computed.object)
        source = child.by_name.get(source.computed.of or "") if child else None
    if source is None:
        return ()
    return source.choices if source.custom else tuple(replace(each, state=None) for each in source.choices)
