"""What was changed about the company's model, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.core.text import N_, OwnWords
from app.domain.modelling.history import Step
from app.domain.modelling.queries import ObjectSeen
from app.domain.retyping import kinds
from app.domain.retyping.telling import Effect, Said
from app.ui.formats import Formats
from app.ui.modelling import VISIBILITY, kind_word
from app.ui.modelling_computed import AGGREGATES
from app.ui.records.history import shown
from app.ui.say import gettext, ngettext

DOORS: Mapping[str, str] = {
    "web": N_("in the browser"),
    "api": N_("by the API"),
    "job": N_("by a job"),
    "clock": N_("by the clock"),
    "import": N_("by an import"),
    "cli": N_("by the operator"),
}
ICONS: Mapping[str, str] = {
    "object_added": "plus",
    "object_changed": "pencil",
    "object_removed": "trash-2",
    "field_added": "plus",
    "field_changed": "pencil",
    "field_removed": "trash-2",
    "fields_ordered": "list-ordered",
}
ASPECTS: Mapping[str, str] = {
    "labels": N_("Name"),
    "singular": N_("One of them"),
    "plural": N_("Several"),
    "icon": N_("Icon"),
    "hidden_at": N_("Hidden"),
    "kind": N_("Kind"),
    "help": N_("Help"),
    "is_required": N_("Required"),
    "is_unique": N_("Unique"),
    "is_parent": N_("Rights follow it"),
    "list_labels": N_("Name on the other side"),
    "is_searchable": N_("Found by search"),
    "is_sortable": N_("Lists can be sorted by it"),
    "is_personal": N_("Personal data"),
    "keeps_history": N_("Keeps its history"),
    "in_table": N_("Shown in the table"),
    "visibility": N_("Who may see it"),
    "default_value": N_("A new record begins with"),
    "choices": N_("Choices"),
    "target": N_("Points to"),
    "decimals": N_("Decimals"),
    "minimum": N_("At least"),
    "maximum": N_("At most"),
    "prefix": N_("Prefix"),
    "digits": N_("Digits"),
    "start": N_("First number"),
    "expression": N_("Formula"),
    "rollup": N_("Made of"),
    "result": N_("Result"),
    "order": N_("Order of the fields"),
}
_PLACES = {name: place for place, name in enumerate(ASPECTS)}
# What follows from the rest.
_IMPLIED = frozenset({"hidden_at", "currency", "key"})


@dataclass(frozen=True)
class Line:
    """One thing that was decided anew: what it was and what it is, as people read it."""

    label: str
    before: str
    after: str
    href: str = ""


@dataclass(frozen=True)
class Fold:
    """What a change did to the records: how many, some of them, how many more, and the job that did it."""

    told: str
    rows: Sequence[Line]
    more: str
    job_id: str


@dataclass(frozen=True)
class Item:
    """One change as the page draws it."""

    id: UUID
    icon: str
    what: str
    where: str
    object: str
    who: str
    exact: str
    lines: Sequence[Line]
    undone: bool
    hidden: bool
    fold: Fold | None = None


def items(
    steps: Sequence[Step],
    objects: Sequence[ObjectSeen],
    write: Formats,
    effects: Mapping[UUID, Effect] | None = None,
) -> list[Item]:
    """The changes in words, with what those of kinds did; objects and fields are called what they are now."""
    known, did = {each.name: each for each in objects}, effects or {}
    return [
        replace(_item(step, known, write), fold=_fold(step, did[step.id], write) if step.id in did else None)
        for step in steps
    ]


def _fold(step: Step, effect: Effect, write: Formats) -> Fold | None:
    """What the change did to the records; nothing where it did nothing."""
    if not effect.is_over:
        return Fold(gettext("The records are being brought along"), [], "", str(effect.job_id))
    if not effect.count:
        return None
    number = write.number(effect.count)
    told = ngettext(
        "%(count)s record says it in another way", "%(count)s records say it in another way", effect.count,
        count=number,
    )  # fmt: skip
    left = effect.count - len(effect.said)
    more = gettext("and %(count)s more", count=write.number(left)) if left else ""
    rows = [
        Line(each.title or "–", *_both(step, each, write), f"/{step.object}/{each.record_id}")
        for each in effect.said
    ]
    return Fold(told, rows, more, str(effect.job_id))


def _both(step: Step, said: Said, write: Formats) -> tuple[str, str]:
    """What a record said and says, each as its kind is written."""
    values = zip(kinds.of(step), (said.before, said.after), strict=True)
    before, after = (shown(field, value, None, write) for field, value in values)
    return before, after


def _item(step: Step, known: Mapping[str, ObjectSeen], write: Formats) -> Item:
    seen = known.get(step.object)
    where = gettext(seen.plural) if seen else _named(_labels(step).get("plural")) or step.object
    name = _field_name(step, seen) if step.field else where
    return Item(
        step.id,
        ICONS.get(step.verb, "history"),
        _what(step, name),
        where if step.field else "",
        step.object if seen else "",
        _who(step),
        write.exact(step.at),
        _lines(step, known),
        step.undone,
        step.verb == "object_removed",
    )


def _field_name(step: Step, seen: ObjectSeen | None) -> str:
    found = next((each for each in seen.fields if each.name == step.field), None) if seen else None
    if found is not None:
        return gettext(found.label)
    return _named(_labels(step)) or step.field or ""


def _labels(step: Step) -> Mapping[str, Any]:
    return step.after.get("labels") or step.before.get("labels") or {}


def _what(step: Step, name: str) -> str:
    if step.undoes is not None:
        return gettext("%(name)s: a change taken back", name=name)
    if step.verb == "fields_ordered":
        return gettext("%(name)s: fields in another order", name=name)
    match step.verb.partition("_")[2], "hidden_at" in step.after and step.after["hidden_at"]:
        case "added", _:
            return gettext("%(name)s added", name=name)
        case "removed", _:
            return gettext("%(name)s removed", name=name)
        case _, str():
            return gettext("%(name)s hidden", name=name)
        case _:
            pass
    if "hidden_at" in step.after:
        return gettext("%(name)s shown again", name=name)
    return gettext("%(name)s changed", name=name)


def _who(step: Step) -> str:
    who = step.actor_name or gettext("Kith")
    door = DOORS.get(step.door)
    return f"{who}, {gettext(door)}" if door else who


def _lines(step: Step, known: Mapping[str, ObjectSeen]) -> list[Line]:
    lines = []
    for name, (before, after) in sorted(step.changes.items(), key=_place):
        if name in _IMPLIED:
            continue
        if name == "labels" and step.field is None:
            for form in ("singular", "plural"):
                pair = [_said((each or {}).get(form)) for each in (before, after)]
                if pair[0] != pair[1]:
                    lines.append(Line(gettext(ASPECTS[form]), *pair))
            continue
        label = gettext(ASPECTS[name]) if name in ASPECTS else name.replace("_", " ")
        if name == "order":
            pair = [_in_order(each, known.get(step.object)) for each in (before, after)]
            lines.append(Line(label, *pair))
            continue
        lines.append(Line(label, _shown(name, before, known), _shown(name, after, known)))
    return lines


def _place(change: tuple[str, Any]) -> int:
    """In one order, whichever way the change was read: its name first."""
    return _PLACES.get(change[0], len(_PLACES))


def _shown(name: str, value: Any, known: Mapping[str, ObjectSeen]) -> str:
    if value is None or value in ("", [], {}, ()):
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    match name:
        case "labels" | "help" | "list_labels":
            return _said(value)
        case "kind" | "result":
            return kind_word(value)
        case "rollup":
            return _counted(value, known)
        case "visibility":
            return gettext(dict(VISIBILITY).get(value, value))
        case "choices":
            return ", ".join(_said(each.get("labels")) or str(each.get("value")) for each in value)
        case "target":
            return gettext(known[value].plural) if value in known else str(value)
    return str(value)


def _in_order(names: Sequence[str], seen: ObjectSeen | None) -> str:
    """Fields as they stood, called what they are now."""
    labels = {each.name: gettext(each.label) for each in seen.fields} if seen else {}
    return ", ".join(labels.get(each, each) for each in names)


def _counted(rollup: Mapping[str, Any], known: Mapping[str, ObjectSeen]) -> str:
    """What a roll-up is made of: how, of which field, of which records."""
    seen = known.get(rollup.get("object", ""))
    fields = {each.name: each for each in seen.fields} if seen else {}
    taken = fields.get(rollup.get("of") or "")
    told = [
        gettext(AGGREGATES.get(rollup.get("aggregate", ""), "")),
        gettext(taken.label) if taken else "",
        gettext(seen.plural) if seen else "",
    ]
    return ", ".join(each for each in told if each)


def _named(words: Mapping[str, Any] | None) -> str:
    """Words in the reader's language."""
    return gettext(OwnWords(words)) if words else ""


def _said(words: Any) -> str:
    """Words in all languages that they were written in: what changed may be the other one."""
    told = words if isinstance(words, Mapping) else {}
    texts = [str(text) for text in told.values() if text]
    return " / ".join(dict.fromkeys(texts))
