"""A record's form: its groups of fields as the field component draws them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import Any

from app.core.errors import Problem
from app.records.record import Record
from app.records.types import Field, ObjectType
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.records.sections import sections
from app.ui.say import gettext, problem

INPUTS = {
    "email": "email",
    "phone": "tel",
    "date": "date",
    "datetime": "datetime-local",
    "longtext": "textarea",
    "choice": "select",
    "choices": "choices",
    "files": "choices",
    "boolean": "select",
    "country": "combobox",
    "relation": "combobox",
    "relations": "records",
    "member": "combobox",
}
LISTS = {"emails", "phones", "external_ids"}


@dataclass(frozen=True)
class Input:
    """One input of a form; `options` are (value, label), `attrs` go to the element.

    Of several choices, or records, `chosen` are those that are ticked. What `takes_files` is given new
    ones in the form.
    """

    name: str
    label: str
    kind: str
    value: str
    required: bool
    help: str
    error: str
    options: Sequence[tuple[str, str]] = ()
    attrs: Mapping[str, str] = attribute(default_factory=dict)
    entries: Sequence[Mapping[str, Any]] = ()
    chosen: Sequence[str] = ()
    takes_files: bool = False


@dataclass(frozen=True)
class Group:
    """A section of a form."""

    label: str
    inputs: Sequence[Input]


def groups(
    described: ObjectType,
    formats: Formats,
    *,
    record: Record | None = None,
    given: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    files: Sequence[tuple[str, str]] = (),
    titles: Mapping[str, str] | None = None,
) -> list[Group]:
    """The form for a new record, or for `record`; `given` is what was typed before and refused.

    `files` are those of the record, by id and name; a new one has none, and is given them with the form.
    `titles` are those of the records, by id, that fields of several were `given`.
    """
    # A new record asks for one e-mail and one phone; a known one for all of them, the primary ones included.
    primaries = described.primaries
    left_out = {*primaries, "external_ids"} if record is None else set(primaries.values())
    wrong = {each.path.split(".")[0]: problem(each.message, each.data) for each in problems}
    made = []
    for label, fields in sections(described).items():
        inputs = [
            _for_form(
                described,
                input_for(
                    field,
                    formats,
                    record,
                    given=given,
                    labels=labels,
                    error=wrong.get(field.name, ""),
                    files=files,
                    titles=titles,
                ),
            )
            for field in fields
            if not field.readonly and not field.generated and field.name not in left_out
        ]
        if inputs:
            made.append(Group(gettext(label), inputs))
    return made


def _for_form(described: ObjectType, made: Input) -> Input:
    """A number that is left empty is given by the engine; files are given with the form."""
    return replace(
        made,
        required=made.required and made.name != described.numbered,
        takes_files=described.by_name[made.name].kind == "files",
    )


def input_for(
    field: Field,
    formats: Formats,
    record: Record | None,
    *,
    given: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
    error: str = "",
    files: Sequence[tuple[str, str]] = (),
    titles: Mapping[str, str] | None = None,
) -> Input:
    """The input that edits `field`."""
    present = record.get(field.name) if record else None if field.custom else field.default
    typed = given.get(field.name) if given is not None and field.name in given else None
    options = files if field.kind == "files" else _options(field, formats, present)
    if field.holds:
        options = _held(field, record, typed, titles or {})
    shown = {**(record.labels if record else {}), **(labels or {})}
    return Input(
        name=field.name,
        label=values.label_in_section(field),
        kind=INPUTS.get(field.kind, "text") if field.kind not in LISTS else field.kind,
        value=typed if isinstance(typed, str) else values.raw(field, present, formats),
        required=field.required,
        help=gettext(field.help) if field.help else "",
        error=error,
        options=options,
        attrs=_attrs(field, shown.get(field.name, "")),
        entries=_entries(field, typed if isinstance(typed, list) else present),
        chosen=_chosen(field, typed if typed is not None else present),
    )


def _options(field: Field, formats: Formats, present: Any) -> Sequence[tuple[str, str]]:
    if field.kind == "choices":
        return _offered(field, present or ())
    if field.kind == "choice":
        empty = () if field.required or field.default is not None else (("", "–"),)
        return (*empty, *_offered(field, (present,)))
    if field.kind == "boolean":
        return (("true", gettext("Yes")), ("false", gettext("No")))
    if field.kind == "country":
        return values.countries(formats.locale)
    return ()


def _held(
    field: Field, record: Record | None, typed: Any, titles: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The records that the field holds, and those that were given and are there."""
    ids = record.get(field.name) or () if record else ()
    known = dict(zip(ids, record.names.get(field.name, ()), strict=False)) if record else {}
    named = known | {each: titles[each] for each in _parted(typed) if each in titles}
    return [(each, name or "–") for each, name in named.items()]


def _parted(value: Any) -> list[str]:
    return [str(each) for each in (value.split(",") if isinstance(value, str) else value or ())]


def _offered(field: Field, present: Collection[Any]) -> list[tuple[str, str]]:
    """What may be chosen, and what the record has although it is offered no more."""
    labels = values.choice_labels(field)
    return [
        (str(value), label)
        for value, label in labels.items()
        if value not in field.retired or value in present
    ]


def _attrs(field: Field, label: str) -> Mapping[str, str]:
    if field.kind in {"relation", "member"}:
        return {"data-url": f"/options/{field.relates_to}", "data-label": label}
    if field.holds:
        return {"data-url": f"/options/{field.holds}"}
    if field.kind in {"number", "integer", "money", "percent"}:
        return {"inputmode": "decimal"}
    if field.kind == "currency":
        return {"maxlength": "3", "size": "5"}
    return {}


def _entries(field: Field, value: Any) -> Sequence[Mapping[str, Any]]:
    if field.kind == "external_ids":
        pairs = value.items() if isinstance(value, Mapping) else ()
        return [{"system": system, "value": each} for system, each in pairs]
    if field.kind not in LISTS or not isinstance(value, list):
        return ()
    return [{**each, "purpose": values.purpose_word(each.get("purpose", ""))} for each in value]


def _chosen(field: Field, value: Any) -> Sequence[str]:
    return _parted(value) if field.kind in ("choices", "files", "relations") else ()
