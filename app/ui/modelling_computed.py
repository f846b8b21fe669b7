"""Formulas and roll-ups in words: names that may be used, related records, and what a trial gave."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from app.core.text import N_
from app.domain.modelling.computed import TAKEN
from app.domain.modelling.trying import Empty, Trial, Tried
from app.records import registry
from app.records.computed import plans
from app.records.filters.describing import WORDS
from app.records.filters.tree import OPERATORS, WITHOUT_VALUE
from app.records.formulas.kinds import WORDS as KIND_WORDS
from app.records.formulas.running import REASONS
from app.records.record import Record
from app.records.types import Field, ObjectType
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.say import gettext

AGGREGATES: Mapping[str, str] = {
    "count": N_("How many there are"),
    "sum": N_("Sum of a field"),
    "min": N_("Smallest, earliest or first choice of a field"),
    "max": N_("Largest or latest, or hindmost choice of a field"),
    "latest": N_("A field of the latest one"),
}
RESULTS: Mapping[str, str] = {
    "": N_("As the formula gives it"),
    "percent": N_("Percent"),
}
_OFFERED = ("eq", "ne", "contains", "gt", "gte", "lt", "lte", "empty", "not_empty")


@dataclass(frozen=True)
class Shown:
    """A record of a trial: its title, and what the field would say; `why` where it says nothing."""

    title: str
    href: str
    value: Markup
    why: str


@dataclass(frozen=True)
class Name:
    """A field that a formula may name."""

    name: str
    label: str
    kind: str


def names_of(described: ObjectType, but: str = "") -> list[Name]:
    """The fields that a formula of the object may use, `but` the one that it is."""
    found = plans.usable(described, but or None)
    hidden = {each.name for each in described.fields if each.hidden}
    return [
        Name(name, gettext(described.by_name[name].label), gettext(KIND_WORDS[each.kind]))
        for name, each in found.items()
        if name not in hidden
    ]


def related_to(described: ObjectType) -> list[tuple[str, str]]:
    """What may be counted: each relation of an object that points here, as object.field with its words."""
    found = []
    for other in registry.every():
        for field in (*other.relations, *other.holding):
            if field.target == described.name and not field.hidden:
                words = {"objects": gettext(other.plural), "relation": gettext(field.label)}
                found.append((f"{other.name}.{field.name}", gettext("%(objects)s, by %(relation)s", **words)))
    return found


def fields_of(described: ObjectType, but: str) -> list[tuple[str, str]]:
    """The fields of related records that a roll-up may take, `but` the relation that leads to them."""
    usable = [each for each in described.columns if each.kind in TAKEN["latest"] and not each.hidden]
    return _options(each for each in usable if each.name != but)


def moments_of(described: ObjectType) -> list[tuple[str, str]]:
    """The dates by which the latest is told."""
    dates = [each for each in described.columns if each.kind in ("date", "datetime") and not each.hidden]
    return _options([described.by_name["created_at"], *dates])


def filters_of(described: ObjectType) -> list[tuple[str, str]]:
    """The fields that a roll-up may be narrowed by."""
    kinds = OPERATORS.keys() - {"relation", "relations", "emails", "phones", "external_ids"}
    return _options(each for each in described.columns if each.kind in kinds and not each.hidden)


def operators() -> list[tuple[str, str]]:
    """How a field stands to a value."""
    return [(each, gettext(WORDS[each])) for each in _OFFERED]


def conditions_of(rollup: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """The conditions of a roll-up as the form shows them: field, operator, value."""
    where = (rollup or {}).get("where") or {}
    parts: Sequence[Mapping[str, Any]] = where.get("and", [where] if where else [])
    return [
        (str(each.get("field", "")), str(each.get("op", "eq")), _written(each.get("value"))) for each in parts
    ]


def where_of(rows: Sequence[tuple[str, str, str]]) -> Mapping[str, Any] | None:
    """The filter that rows of the form mean; None where they say nothing."""
    parts: list[Mapping[str, Any]] = [
        {"field": field, "op": op} if op in WITHOUT_VALUE else {"field": field, "op": op, "value": value}
        for field, op, value in rows
        if field
    ]
    return None if not parts else parts[0] if len(parts) == 1 else {"and": parts}


def shown(object_name: str, trial: Trial, formats: Formats) -> list[Shown]:
    """The records of a trial, as their pages would show the field."""
    show = values.show(replace(trial.field, name="value", currency="currency"), formats)
    return [
        Shown(
            each.title or "–",
            f"/{object_name}/{each.record_id}",
            show(_record(object_name, each)),
            gettext(REASONS.get(each.why, REASONS["failed"])) if each.why else "",
        )
        for each in trial.rows
    ]


def told(object_name: str, found: Sequence[Empty], formats: Formats) -> list[tuple[str, str, str]]:
    """Why records have no value: the reason, how many, and where one of them is."""
    return [
        (
            gettext(REASONS.get(each.why, REASONS["failed"])),
            formats.number(each.count),
            f"/{object_name}/{each.record_id}",
        )
        for each in found
    ]


def _record(object_name: str, tried: Tried) -> Record:
    told = {"value": tried.value, "currency": tried.currency}
    return Record(object_name, tried.record_id, 1, "", told, {"value": tried.label} if tried.label else {})


def _options(fields: Iterable[Field]) -> list[tuple[str, str]]:
    return [(each.name, gettext(each.label)) for each in fields]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
