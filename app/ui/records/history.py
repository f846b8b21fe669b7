"""What happened, in words: one line for each entry of the timeline, and what changed beneath it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape

from app.core.text import N_
from app.domain.retyping.kinds import Then
from app.records import registry, undo
from app.records.joining import undoing
from app.records.timeline import Entry, FieldChange
from app.records.types import Field
from app.ui import cells
from app.ui.formats import Formats
from app.ui.modelling import kind_word
from app.ui.records import values
from app.ui.say import gettext, ngettext

MOST_CHANGES = 3
ICONS = {
    "created": "plus",
    "updated": "pencil",
    "trashed": "trash-2",
    "restored": "undo-2",
    "merged": "git-merge",
    "unmerged": "split",
    "broken": "clock-alert",
    "resolved": "circle-check",
    "reopened": "circle-alert",
    "portal_invited": "send",
    "portal_registered": "user-plus",
    "portal_entered": "log-in",
    "portal_blocked": "ban",
    "portal_unblocked": "lock-open",
    "portal_sight_changed": "eye",
    "mail_stopped": "mail-x",
    "message_received": "message-square",
    "message_sent": "send",
    "note_written": "lock",
    "thread_closed": "check",
    "thread_reopened": "undo-2",
    "letter_sent": "mail-check",
    "letter_failed": "mail-x",
    "letter_withheld": "mail-x",
    "mail_refused": "mail-warning",
    "delay_ended": "circle-check",
    "file_added": "paperclip",
    "file_removed": "trash-2",
    "file_restored": "undo-2",
    "file_shown": "eye",
    "file_hidden": "eye-off",
}
BROKEN = {"broken", "letter_failed"}
NOTHING: Mapping[str, str] = {}
AS_NOW: Then = {}


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
    undone: bool = False


def item(
    entry: Entry,
    here: UUID,
    formats: Formats,
    *,
    may_undo: bool,
    said: Mapping[str, str] | None = NOTHING,
    then: Then = AS_NOW,
) -> Item:
    """The entry on the page of the record `here`: other records are named and linked, this one is not.

    `said` holds the first words of messages by their id, of those that may be read; None: of none. `then`
    tells of which kind fields were that are of another kind now.
    """
    state = "broken" if entry.verb in BROKEN or _opens_incident(entry) else ""
    return Item(
        icon=_icon(entry),
        when=cells.brief(entry.at, formats),
        what=_what(entry, here, then),
        more=_more(entry, formats, said, then),
        state=state,
        undo_url=_undo_url(entry) if may_undo and not entry.undone else None,
        # A fact of many records is told once for each of them.
        key=f"{entry.fact_ids[-1]}-{entry.record_id or 'all'}",
        undone=entry.undone,
    )


def _undo_url(entry: Entry) -> str | None:
    if entry.verb == "merged" and entry.data.get("record") and not undoing.is_too_late(entry.at):
        return f"/{entry.object}/{entry.data['record']}/merge/reversal"
    return f"/facts/{entry.fact_ids[0]}/reversal" if _undoable(entry) else None


def _undoable(entry: Entry) -> bool:
    return (
        entry.verb == "updated"
        and not entry.bulk
        and bool(entry.changes)
        and len(entry.fact_ids) == 1
        and entry.actor_kind == "member"
        and not undo.is_too_late(entry.at)
    )


def _opens_incident(entry: Entry) -> bool:
    return entry.object == "incidents" and entry.verb == "created"


def _icon(entry: Entry) -> str:
    if entry.verb in {"created", "broken"} and entry.object:
        return registry.get(entry.object).icon
    return ICONS.get(entry.verb, "history")


def _what(entry: Entry, here: UUID, then: Then) -> Markup:
    """What happened in bold and who did it; another record than the page's own is named and linked."""
    elsewhere = entry.record_id is not None and entry.record_id != here
    retyped = next((each for each in entry.changes if _is_retyped(_fields(entry, each, then))), None)
    told = (
        gettext("Kind of %(field)s changed", field=_field_label(entry, retyped))
        if retyped
        else _VERBS.get(entry.verb, _other)(entry)
    )
    parts = [Markup("<strong>{}</strong>").format(told)]
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


def _merged(entry: Entry) -> str:
    return str(entry.data.get("name") or _object(entry))


def _other(entry: Entry) -> str:
    return gettext("%(object)s changed", object=_object(entry))


_VERBS: dict[str, Callable[[Entry], str]] = {
    "created": _created,
    "updated": _updated,
    "trashed": lambda entry: gettext("%(object)s moved to the trash", object=_object(entry)),
    "restored": lambda entry: gettext("%(object)s taken out of the trash", object=_object(entry)),
    "merged": lambda entry: gettext("%(name)s merged into this", name=_merged(entry)),
    "unmerged": lambda _: gettext("Merge taken back"),
    "broken": lambda _: gettext("Delivery late"),
    "resolved": lambda entry: gettext("%(object)s resolved", object=_object(entry)),
    "reopened": lambda entry: gettext("%(object)s reopened", object=_object(entry)),
    "portal_invited": lambda _: gettext("Invited to the portal"),
    "portal_registered": lambda _: gettext("Registered at the portal"),
    "portal_entered": lambda _: gettext("First time at the portal"),
    "portal_blocked": lambda _: gettext("Shut out of the portal"),
    "portal_unblocked": lambda _: gettext("Let into the portal again"),
    "portal_sight_changed": lambda _: gettext("What the portal shows was changed"),
    "mail_stopped": lambda _: gettext("Wants no more mail at this address"),
    "message_received": lambda _: gettext("Message from the customer"),
    "message_sent": lambda _: gettext("Message to the customer"),
    "note_written": lambda _: gettext("Internal note"),
    "thread_closed": lambda _: gettext("Conversation closed"),
    "thread_reopened": lambda _: gettext("Conversation reopened"),
    "letter_sent": lambda entry: gettext("Mailed: %(what)s", what=_letter(entry)),
    "letter_failed": lambda entry: gettext("Not delivered: %(what)s", what=_letter(entry)),
    "letter_withheld": lambda entry: gettext("Not mailed: %(what)s", what=_letter(entry)),
    "mail_refused": lambda _: gettext("A mail could not be read"),
    "delay_ended": lambda _: gettext("Delay over"),
    "file_added": lambda _: gettext("File added"),
    "file_removed": lambda _: gettext("File moved to the trash"),
    "file_restored": lambda _: gettext("File taken out of the trash"),
    "file_shown": lambda _: gettext("File shown to the customer"),
    "file_hidden": lambda _: gettext("File hidden from the customer"),
}


_LETTERS = {
    "invitation": N_("Invitation to the portal"),
    "sign_in": N_("Link to sign in"),
    "delay": N_("Notice of a delay"),
    "received": N_("Report received"),
    "solved": N_("Report solved"),
    "answer": N_("Message"),
}
_REASONS = {
    "no_address": N_("there is no address"),
    "stopped": N_("the address gets no mail from us"),
    "opted_out": N_("no notices are wanted"),
    "held": N_("the workspace was read-only"),
    "over": N_("it was over before"),
    "size": N_("it is too large"),
    "header": N_("its header is too long"),
    "parts": N_("it has too many parts"),
    "depth": N_("its parts are nested too deeply"),
    "time": N_("it took too long to read"),
    "empty": N_("it is empty"),
}


def _letter(entry: Entry) -> str:
    return gettext(_LETTERS.get(str(entry.data.get("kind", "")), _LETTERS["answer"]))


def _reason(entry: Entry) -> Sequence[Markup]:
    told = str(entry.data.get("error") or entry.data.get("reason") or "")
    address = Markup("<bdi>{}</bdi>").format(entry.data["address"]) if "address" in entry.data else ""
    parts = [part for part in (address, escape(gettext(_REASONS.get(told, told))) if told else "") if part]
    return [Markup(" · ").join(parts)] if parts else ()


def _said(entry: Entry, said: Mapping[str, str]) -> Sequence[Markup]:
    """The first words, leading to the whole conversation."""
    words = said.get(str(entry.data.get("message_id", "")), "")
    told = Markup('<a href="/messages/{}">{}</a>').format(
        entry.data["thread_id"], words or gettext("Open the conversation")
    )
    return [told]


def _more(entry: Entry, formats: Formats, said: Mapping[str, str] | None, then: Then) -> Sequence[Markup]:
    if "thread_id" in entry.data:
        return () if said is None else _said(entry, said)
    if entry.verb in {"letter_sent", "letter_failed", "letter_withheld", "mail_refused"}:
        return _reason(entry)
    if named := entry.data.get("file"):
        # Isolated: a name that runs from right to left turns nothing else round.
        return [Markup("<bdi>{}</bdi>").format(named)]
    if entry.verb not in {"updated", "merged"}:
        return ()
    lines = [_line(entry, change, formats, then) for change in entry.changes[:MOST_CHANGES]]
    left = len(entry.changes) - MOST_CHANGES
    if left > 0:
        lines.append(escape(ngettext("and %(num)s more", "and %(num)s more", left)))
    return lines


def _line(entry: Entry, change: FieldChange, formats: Formats, then: Then) -> Markup:
    fields = _fields(entry, change, then)
    before = shown(fields[0], change.before, change.before_label, formats)
    after = shown(fields[1], change.after, change.after_label, formats)
    label = _field_label(entry, change)
    if _is_retyped(fields):
        kinds = [kind_word(each.kind) if each else "" for each in fields]
        told = Markup("{}: <small>{}</small> <s>{}</s> → <small>{}</small> {}")
        return told.format(label, kinds[0], before, kinds[1], after or "–")
    if not before:
        return Markup("{}: {}").format(label, after)
    return Markup("{}: <s>{}</s> → {}").format(label, before, after or "–")


def _fields(entry: Entry, change: FieldChange, then: Then) -> tuple[Field | None, Field | None]:
    """The field as it was before the change and after it."""
    if known := then.get((entry.fact_ids[0], change.field)):
        return known
    field = registry.get(entry.object).by_name.get(change.field) if entry.object else None
    return field, field


def _is_retyped(fields: tuple[Field | None, Field | None]) -> bool:
    before, after = fields
    return before is not None and after is not None and before.kind != after.kind


def _field_label(entry: Entry, change: FieldChange) -> str:
    field = registry.get(entry.object).by_name.get(change.field) if entry.object else None
    return gettext(field.label) if field else change.field


def shown(field: Field | None, value: Any, label: str | None, formats: Formats) -> str:
    """A value as facts tell it, in words; `label` names the record that it points to."""
    if value is None or value in ("", [], {}):
        return ""
    if label is not None:
        return label
    if isinstance(value, list) and field and field.kind == "files":
        return ngettext("%(num)s file", "%(num)s files", len(value))
    if field and field.holds:
        return ""  # what they were called nobody knows any more
    if isinstance(value, list) and field and field.kind == "choices":
        labels = values.choice_labels(field)
        return ", ".join(labels.get(each, str(each)) for each in value)
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
