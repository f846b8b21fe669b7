"""What happened, in words: one line for each entry of the timeline, and what changed beneath it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape

from app.records import registry
from app.records.timeline import Entry, FieldChange
from app.records.types import Field
from app.ui import cells
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.say import gettext, ngettext

MOST_CHANGES = 3
ICONS = {
    "created": "plus",
    "updated": "pencil",
    "trashed": "trash-2",
    "restored": "undo-2",
    "broken": "clock-alert",
    "resolved": "circle-check",
    "reopened": "circle-alert",
    "file_added": "paperclip",
    "file_removed": "trash-2",
    "file_restored": "undo-2",
    "file_shown": "eye",
    "file_hidden": "eye-off",
}
BROKEN = {"broken"}


@dataclass(frozen=True)
class Item:
    """One entry as the timeline draws it; `what` and `more` are safe HTML."""

    icon: str
    when: Markup
    what: Markup
    more: Sequence[Markup]
    state: str = ""
    undo_url: str | None = None
    key: str = ""


def item(entry: Entry, here: UUID, formats: Formats, *, may_undo: bool) -> Item:
    """The entry on the page of the record `here`: other records are named and linked, this one is not."""
    state = "broken" if entry.verb in BROKEN or _opens_incident(entry) else ""
    return Item(
        icon=_icon(entry),
        when=cells.brief(entry.at, formats),
        what=_what(entry, here),
        more=_more(entry, formats),
        state=state,
        undo_url=f"/facts/{entry.fact_ids[0]}/reversal" if may_undo and _undoable(entry) else None,
        key=str(entry.fact_ids[-1]),
    )


def _undoable(entry: Entry) -> bool:
    return (
        entry.verb == "updated"
        and not entry.bulk
        and bool(entry.changes)
        and len(entry.fact_ids) == 1
        and entry.actor_kind == "member"
    )


def _opens_incident(entry: Entry) -> bool:
    return entry.object == "incidents" and entry.verb == "created"


def _icon(entry: Entry) -> str:
    if entry.verb in {"created", "broken"} and entry.object:
        return registry.get(entry.object).icon
    return ICONS.get(entry.verb, "history")


def _what(entry: Entry, here: UUID) -> Markup:
    """What happened in bold and who did it; another record than the page's own is named and linked."""
    elsewhere = entry.record_id is not None and entry.record_id != here
    parts = [Markup("<strong>{}</strong>").format(_VERBS.get(entry.verb, _other)(entry))]
    if elsewhere:
        parts.append(_link(entry))
    parts.append(escape(_who(entry)))
    return Markup(" · ").join(parts)


def _who(entry: Entry) -> str:
    if entry.actor_kind == "system":
        return gettext("The clock") if entry.door == "clock" else gettext("Kith")
    return entry.actor_name or gettext("Somebody")


def _link(entry: Entry) -> Markup:
    if entry.object is None:
        return escape(entry.title)
    named = entry.title or gettext(registry.get(entry.object).singular)
    return Markup('<a href="/{}/{}">{}</a>').format(entry.object, entry.record_id, named)


def _object(entry: Entry) -> str:
    return gettext(registry.get(entry.object).singular) if entry.object else gettext("Record")


def _created(entry: Entry) -> str:
    if entry.door == "import":
        return gettext("%(object)s imported", object=_object(entry))
    return gettext("%(object)s added", object=_object(entry))


def _updated(entry: Entry) -> str:
    names = [_field_label(entry, change) for change in entry.changes]
    if len(names) == 1:
        return gettext("%(field)s changed", field=names[0])
    if len(names) == 2:
        return gettext("%(first)s and %(second)s changed", first=names[0], second=names[1])
    return ngettext("%(num)s field changed", "%(num)s fields changed", len(names))


def _other(entry: Entry) -> str:
    return gettext("%(object)s changed", object=_object(entry))


_VERBS: dict[str, Callable[[Entry], str]] = {
    "created": _created,
    "updated": _updated,
    "trashed": lambda entry: gettext("%(object)s moved to the trash", object=_object(entry)),
    "restored": lambda entry: gettext("%(object)s taken out of the trash", object=_object(entry)),
    "broken": lambda _: gettext("Delivery late"),
    "resolved": lambda entry: gettext("%(object)s resolved", object=_object(entry)),
    "reopened": lambda entry: gettext("%(object)s reopened", object=_object(entry)),
    "file_added": lambda _: gettext("File added"),
    "file_removed": lambda _: gettext("File moved to the trash"),
    "file_restored": lambda _: gettext("File taken out of the trash"),
    "file_shown": lambda _: gettext("File shown to the customer"),
    "file_hidden": lambda _: gettext("File hidden from the customer"),
}


def _more(entry: Entry, formats: Formats) -> Sequence[Markup]:
    if named := entry.data.get("file"):
        # Isolated: a name that runs from right to left turns nothing else round.
        return [Markup("<bdi>{}</bdi>").format(named)]
    if entry.verb != "updated":
        return ()
    lines = [_line(entry, change, formats) for change in entry.changes[:MOST_CHANGES]]
    left = len(entry.changes) - MOST_CHANGES
    if left > 0:
        lines.append(escape(ngettext("and %(num)s more", "and %(num)s more", left)))
    return lines


def _line(entry: Entry, change: FieldChange, formats: Formats) -> Markup:
    field = registry.get(entry.object).by_name.get(change.field) if entry.object else None
    before = _value(field, change.before, change.before_label, formats)
    after = _value(field, change.after, change.after_label, formats)
    label = _field_label(entry, change)
    if not before:
        return Markup("{}: {}").format(label, after)
    return Markup("{}: <s>{}</s> → {}").format(label, before, after or "–")


def _field_label(entry: Entry, change: FieldChange) -> str:
    field = registry.get(entry.object).by_name.get(change.field) if entry.object else None
    return gettext(field.label) if field else change.field


def _value(field: Field | None, value: Any, label: str | None, formats: Formats) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if label is not None:
        return label
    if isinstance(value, list):
        return ", ".join(
            str(each.get("value", "")) if isinstance(each, dict) else str(each) for each in value
        )
    if isinstance(value, dict):
        return ", ".join(f"{system} {each}" for system, each in value.items())
    return _single(field, value, formats)


def _single(field: Field | None, value: Any, formats: Formats) -> str:
    kind = field.kind if field else "text"
    if field and kind == "choice":
        return values.choice_labels(field).get(value, str(value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    try:
        match kind:
            case "date":
                return formats.day(date.fromisoformat(value))
            case "datetime":
                return formats.exact(datetime.fromisoformat(value))
            case "money" | "number":
                return formats.number(Decimal(str(value)))
            case "percent":
                return formats.percent(float(value), 0)
            case "country":
                return values.country_name(value, formats.locale)
            case "phone":
                return formats.phone(value)
    except (ValueError, InvalidOperation, TypeError):
        return str(value)
    text = " ".join(str(value).split())
    return text if len(text) <= 120 else text[:119] + "…"
