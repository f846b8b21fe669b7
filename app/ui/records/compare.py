"""Two records side by side: what differs, whose value is taken, what is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from app.records.joining import outcome
from app.records.record import Record
from app.records.types import Field, ObjectType
from app.ui import cells
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.say import gettext


@dataclass(frozen=True)
class Line:
    """One field of both records as HTML; `side` is whose value is taken: keep, drop or both.

    `both` is what of both would be taken together, None where that is no choice.
    """

    name: str
    label: str
    keep: Markup
    drop: Markup
    side: str = "keep"
    both: Markup | None = None


@dataclass(frozen=True)
class Comparison:
    """Fields to choose of, lists that are united, and fields that agree."""

    differing: Sequence[Line]
    united: Sequence[Line]
    same: Sequence[Line]


def comparison(
    described: ObjectType, keep: Record, drop: Record, formats: Formats, choices: Mapping[str, Any]
) -> Comparison:
    """The two records, what differs first."""
    taken = outcome.sides(described, keep.values, drop.values, choices)
    differing, same, united = [], [], []
    for field in outcome.choosable(described):
        mine, theirs = keep.get(field.name), drop.get(field.name)
        if mine == theirs or (outcome.is_empty(mine) and outcome.is_empty(theirs)):
            if not outcome.is_empty(mine):
                same.append(_line(field, keep, drop, formats))
        else:
            differing.append(_line(field, keep, drop, formats, taken[field.name]))
    for field in described.identified:
        if drop.get(field.name):
            mine, theirs = (_listed(field, each.get(field.name), formats) for each in (keep, drop))
            united.append(Line(field.name, gettext(field.label), mine, theirs))
    return Comparison(differing, united, same)


def _line(field: Field, keep: Record, drop: Record, formats: Formats, side: str = "keep") -> Line:
    write = values.show(field, formats)
    mine, theirs = (cells.EMPTY if outcome.is_empty(r.get(field.name)) else write(r) for r in (keep, drop))
    both = write(_together(field, keep, drop)) if "both" in outcome.choices_of(field) else None
    return Line(field.name, gettext(field.label), mine, theirs, side, both)


def _together(field: Field, keep: Record, drop: Record) -> Record:
    """The kept record as if it held what the field holds of both."""
    named = {
        record_id: name
        for each in (keep, drop)
        for record_id, name in zip(each.get(field.name) or (), each.names.get(field.name, ()), strict=True)
    }
    ids = outcome.together(keep.get(field.name), drop.get(field.name))
    values_of_both = {**keep.values, field.name: ids}
    return replace(keep, values=values_of_both, names={**keep.names, field.name: [named[i] for i in ids]})


def _listed(field: Field, known: Any, formats: Formats) -> Markup:
    if isinstance(known, dict):
        return Markup("<br>").join(f"{system} {value}" for system, value in known.items())
    is_phone = field.kind == "phones"
    told = (formats.phone(each["value"]) if is_phone else each["value"] for each in known or ())
    return Markup("<br>").join(told) or cells.EMPTY
