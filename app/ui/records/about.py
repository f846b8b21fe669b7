"""A record's own fields as its page lists them: what is filled first, what is empty folded away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from app.records.record import Record
from app.records.types import Field, ObjectType
from app.ui import addresses, cells
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.records.sections import sections
from app.ui.records.table import in_place, input_kind
from app.ui.say import gettext

ADDRESSES = {"email", "url", "domain"}
UNTOLD = {"opened_door", "is_history"}


@dataclass(frozen=True)
class Row:
    """One field: its value as HTML and, where it may be edited in its place, how."""

    label: str
    value: Markup
    url: str = ""
    kind: str = "text"
    raw: str = ""


@dataclass(frozen=True)
class Group:
    """A section of fields that have values."""

    label: str
    rows: Sequence[Row]


def about(
    described: ObjectType,
    record: Record,
    formats: Formats,
    *,
    may_edit: bool,
    files: Mapping[str, str] | None = None,
) -> tuple[list[Group], list[Row]]:
    """The sections with filled fields, and the rows of editable fields that are empty.

    `files` are the names of the record's files by their ids.
    """
    groups, empty = [], []
    for label, fields in sections(described).items():
        filled = []
        for field in fields:
            if field.name in _told_elsewhere(described, record):
                continue
            row = _row(described, record, field, formats, may_edit)
            if field.kind == "files":
                row = replace(row, value=named(record.get(field.name) or (), files or {}))
            if row.value:
                filled.append(row)
            elif row.url:
                empty.append(replace(row, label=gettext(field.label)))
        if filled and fields[0].part:
            filled.insert(0, _whole(fields, record, formats))
        if filled:
            groups.append(Group(gettext(label), filled))
    return groups, empty


def _told_elsewhere(described: ObjectType, record: Record) -> set[str]:
    """The title stands on top; a single e-mail or phone stands in its list when the list has several."""
    told = {described.title, *UNTOLD}
    # An amount names its currency.
    told |= {field.name for field in described.fields if field.kind == "currency"}
    for many, one in described.primaries.items():
        told.add(one if len(record.get(many) or ()) > 1 else many)
    return told


def _whole(parts: Sequence[Field], record: Record, formats: Formats) -> Row:
    """An address as it stands on a letter."""
    told = {each.part[1]: record.get(each.name) for each in parts if each.part}
    code = told.get("country")
    name = values.country_name(code, formats.locale) if code else ""
    return Row(gettext(parts[0].group), Markup("<br>").join(addresses.lines(told, name)))


def _row(described: ObjectType, record: Record, field: Field, formats: Formats, may_edit: bool) -> Row:
    label = values.label_in_section(field)
    value = (
        _value(field, record, formats) if field.stored else several(field, record.get(field.name), formats)
    )
    if not may_edit or not in_place(field):
        return Row(label, value)
    url = f"/{described.name}/{record.id}/fields/{field.name}"
    return Row(label, value, url, input_kind(field), values.raw(field, record.get(field.name), formats))


def _value(field: Field, record: Record, formats: Formats) -> Markup:
    if field.multiline:
        return _long(record.get(field.name))
    if field.holds:
        return Markup("<br>").join(values.links(field, record))
    shown = values.show(field, formats)(record)
    return _breakable(shown) if field.kind in ADDRESSES else shown


def _breakable(link: Markup) -> Markup:
    """An address that may go on in the next line behind its @ and before its dots, not anywhere."""
    opening, _, told = str(link).partition(">")
    if not told:
        return link
    text, end, rest = told.partition("<")
    broken = text.replace("@", "@<wbr>").replace(".", "<wbr>.").replace("-", "-<wbr>")
    return Markup(f"{opening}>{broken}{end}{rest}")


def _long(value: Any) -> Markup:
    """Text with its line breaks."""
    return Markup('<span class="long">{}</span>').format(value) if value else cells.EMPTY


def named(ids: Sequence[str], files: Mapping[str, str]) -> Markup:
    """Files by their names, one a line; what is in the trash is left out."""
    lines = (cells.link(files[each], f"/files/{each}") for each in ids if each in files)
    return Markup("<br>").join(lines)


def several(field: Field, value: Any, formats: Formats) -> Markup:
    """All entries of a list, one a line, each with its purpose or system."""
    if isinstance(value, dict):
        lines = [Markup("{} <small>{}</small>").format(each, system) for system, each in value.items()]
    else:
        lines = [_entry(field, entry, formats) for entry in value or ()]
    return Markup("<br>").join(lines)


def _entry(field: Field, entry: dict[str, Any], formats: Formats) -> Markup:
    shown, purpose = values.entry_of(field, entry, formats), values.purpose_word(entry.get("purpose") or "")
    return Markup("{} <small>{}</small>").format(shown, purpose) if purpose else shown
