"""Filters of a list in words: chips for those in force, and what the builder offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.records.filters import Chip
from app.records.filters import steps as reachable
from app.records.filters.describing import WORDS, WORDS_OF_LISTS, WORDS_OF_TIME
from app.records.filters.tree import OPERATORS
from app.records.types import Field, ObjectType, Related
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.records.table import input_kind
from app.ui.say import gettext

# Operators that take one value and need no explanation; the address knows more.
OFFERED = {"eq", "ne", "contains", "starts", "gt", "gte", "lt", "lte", "empty", "not_empty"}
# Of several choices one is among them, or is not.
OFFERED_OF_SEVERAL = {"in", "not_in", "empty", "not_empty"}
# Whether there is such a record at all; which one its own fields tell.
OFFERED_OF = {"choices": OFFERED_OF_SEVERAL, "relation": {"empty", "not_empty"}}
PAGING = ("after", "before")


@dataclass(frozen=True)
class Told:
    """A condition in words, and the address without it."""

    field: str
    operator: str
    value: str
    off: str


def told(chips: Sequence[Chip], path: str, args: MultiDict[str, str], formats: Formats) -> list[Told]:
    """The conditions in force as the chip component shows them."""
    return [
        Told(_named(chip), gettext(chip.word), _compared(chip, formats), _without(path, args, chip.params))
        for chip in chips
    ]


def _named(chip: Chip) -> str:
    """What the condition is about; a field of a related record behind the relations that lead there."""
    labels = [*chip.through, *([chip.field.label] if chip.field else [])]
    return " › ".join(gettext(each) for each in labels)


def _compared(chip: Chip, formats: Formats) -> str:
    if chip.inner:
        parts = [
            " ".join(part for part in (_named(each), gettext(each.word), _compared(each, formats)) if part)
            for each in chip.inner
        ]
        return ", ".join(parts)
    return ", ".join(_value(chip, place, formats) for place in range(len(chip.values)))


def _value(chip: Chip, place: int, formats: Formats) -> str:
    label, value = chip.labels[place], chip.values[place]
    if label is not None:
        return gettext(label) if chip.field and chip.field.kind != "relation" and label else label
    if chip.field and chip.field.kind == "country":
        return values.country_name(str(value), formats.locale)
    return _plain(value, formats)


def _plain(value: Any, formats: Formats) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return formats.exact(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal | int | float):
        return formats.number(value)
    return str(value)


def _without(path: str, args: MultiDict[str, str], params: Sequence[str]) -> str:
    kept = [(name, value) for name, value in args.items(multi=True) if name not in {*params, *PAGING}]
    return f"{path}?{urlencode(kept)}" if kept else path


def offered(actor: Actor, described: ObjectType, formats: Formats) -> list[Mapping[str, Any]]:
    """The fields one may filter by, as the filter builder takes them, in groups.

    Beside the record's own those of the records that it points to, and of those that these point to, as far
    as `actor` sees them; and whether anything points here.
    """
    found = [_offer(field, "", (), formats) for field in _own(described)]
    found += [_offer_list(listed) for listed, _ in reachable.lists(actor, described)]
    for path in reachable.paths(actor, described):
        prefix = "".join(f"{each.name}." for each in path.relations)
        labels = tuple(each.label for each in path.relations)
        found += [_offer(field, prefix, labels, formats) for field in _own(path.described)]
    return found


def _own(described: ObjectType) -> list[Field]:
    stamps = [described.by_name[name] for name in ("created_at", "updated_at") if name in described.by_name]
    return [field for field in (*described.fields, *stamps) if field.kind in OPERATORS and not field.hidden]


def _offer(field: Field, prefix: str, through: Sequence[str], formats: Formats) -> Mapping[str, Any]:
    return {
        "key": prefix + field.name,
        "label": gettext(field.label),
        "group": " › ".join(gettext(each) for each in through),
        "kind": input_kind(field),
        # Fields that are compared alike share what the builder offers.
        "template": prefix + field.name if field.kind in {"choice", "choices"} else field.kind,
        "operators": _operators(field),
        "options": _options(field, formats),
    }


def _offer_list(listed: Related) -> Mapping[str, Any]:
    return {
        "key": listed.name,
        "label": gettext(listed.label),
        "group": gettext("Lists of the record"),
        "kind": "list",
        "template": "list",
        "operators": [(op, gettext(word)) for op, word in WORDS_OF_LISTS.items()],
        "options": (),
    }


def _operators(field: Field) -> list[tuple[str, str]]:
    times = WORDS_OF_TIME if field.kind in {"date", "datetime"} else {}
    wanted = OFFERED_OF.get(field.kind, OFFERED)
    found = [op for op in OPERATORS[field.kind] if op in wanted]
    return [(op, gettext(times.get(op, WORDS[op]))) for op in found]


def _options(field: Field, formats: Formats) -> Sequence[tuple[Any, str]]:
    if field.kind in {"choice", "choices"}:
        return list(values.choice_labels(field).items())
    if field.kind == "boolean":
        return (("true", gettext("Yes")), ("false", gettext("No")))
    if field.kind == "country":
        return values.countries(formats.locale)
    if field.kind == "member":
        return (("me", gettext("me")),)
    return ()
