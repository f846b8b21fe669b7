"""What the filter builder works with: objects, their fields and lists, operators, the filter in force."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.records.filters import Chip, Where, describe, moments, steps, to_json
from app.records.filters.describing import WORDS, WORDS_OF_LISTS, WORDS_OF_TIME
from app.records.filters.parsing import DEEPEST, MOST_CONDITIONS
from app.records.filters.tree import ME, OPERATORS
from app.records.types import Field, ObjectType
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.say import gettext

# One condition says it; the address knows more.
LEFT_OUT: Mapping[str, frozenset[str]] = {"boolean": frozenset({"ne"})}
# How a value is given, by the kind of its field; anything else is text.
INPUTS: Mapping[str, str] = {
    **dict.fromkeys(("number", "money", "percent"), "number"),
    **dict.fromkeys(("date", "datetime"), "time"),
    **dict.fromkeys(("choice", "choices"), "choice"),
    **dict.fromkeys(("relation", "relations", "member"), "record"),
    "boolean": "choice",
    "country": "choice",
}
WITHOUT_RECORDS = frozenset({"empty", "not_empty"})


def builder(actor: Actor, described: ObjectType, where: Where | None, formats: Formats) -> dict[str, Any]:
    """What the builder of that object's list is made of, as JSON; relations as far as `actor` sees them."""
    objects: dict[str, Any] = {}
    _add(objects, actor, described, steps.MOST_STEPS)
    return {
        "object": described.name,
        "objects": objects,
        "operators": _operators(),
        "lists": {op: gettext(word) for op, word in WORDS_OF_LISTS.items()},
        "shared": {
            "boolean": [["true", gettext("Yes")], ["false", gettext("No")]],
            "country": [list(each) for each in values.countries(formats.locale)],
        },
        "moments": [[word, gettext(label)] for word, label in moments.LABELS.items()],
        "me": [ME, gettext("me")],
        "tree": to_json(where),
        "titles": dict(_titles(describe(described, where, actor))),
        "limits": {"steps": steps.MOST_STEPS, "depth": DEEPEST, "conditions": MOST_CONDITIONS},
    }


def _add(objects: dict[str, Any], actor: Actor, described: ObjectType, left: int) -> None:
    """The object, and those that relations and lists lead to within so many steps."""
    onward = {field.name: other for field, other in steps.relations(actor, described)}
    lists = list(steps.lists(actor, described))
    objects.setdefault(
        described.name,
        {
            "fields": [_field(field, onward.get(field.name)) for field in _fields(described)],
            "lists": [[one.name, gettext(one.label), other.name] for one, other in lists],
        },
    )
    if left:
        for other in (*onward.values(), *(other for _, other in lists)):
            _add(objects, actor, other, left - 1)


def _fields(described: ObjectType) -> list[Field]:
    stamps = [described.by_name[name] for name in ("created_at", "updated_at") if name in described.by_name]
    return [field for field in (*described.fields, *stamps) if field.kind in OPERATORS and not field.hidden]


def _field(field: Field, onward: ObjectType | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": field.name,
        "label": gettext(field.label),
        "kind": field.kind,
        "input": INPUTS.get(field.kind, "text"),
    }
    if field.kind in ("choice", "choices"):
        made["options"] = [[str(value), label] for value, label in values.choice_labels(field).items()]
    if field.kind == "member":
        made["from"] = field.relates_to
    if field.kind in ("relation", "relations"):
        if onward is None:
            made["kind"] = "elsewhere"
        else:
            made["from"] = made["to"] = onward.name
    return made


def _operators() -> Mapping[str, Sequence[tuple[str, str]]]:
    """The operators of each kind in words; of a relation that leads nowhere only whether it is there."""
    found = {
        kind: [(op, _word(kind, op)) for op in known if op not in LEFT_OUT.get(kind, ())]
        for kind, known in OPERATORS.items()
    }
    found["elsewhere"] = [pair for pair in found["relation"] if pair[0] in WITHOUT_RECORDS]
    return found


def _word(kind: str, op: str) -> str:
    times = WORDS_OF_TIME if kind in ("date", "datetime") else {}
    return gettext(times.get(op, WORDS[op]))


def _titles(chips: Sequence[Chip]) -> Iterator[tuple[str, str]]:
    """What the records are called that the filter names."""
    for chip in chips:
        for value, label in zip(chip.values, chip.labels, strict=False):
            if isinstance(value, UUID):
                yield str(value), label or ""
        yield from _titles(chip.inner)
