"""The one act that settles a record: solving an incident, doing an activity; and taking that back."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.text import N_
from app.records.record import Record
from app.ui.say import gettext


@dataclass(frozen=True)
class Act:
    """A button that posts to `href`."""

    label: str
    href: str
    icon: str


# The field that says that a record is settled, what settles it, and what opens it again.
_SETTLED: Mapping[str, tuple[str, str, str]] = {
    "incidents": ("resolved_at", N_("Resolve"), "resolution"),
    "activities": ("done_at", N_("Done"), "completion"),
}


def settling(record: Record) -> Act | None:
    """What settles the record or, where it is settled, opens it again; None for records without an end."""
    if record.object not in _SETTLED:
        return None
    field, label, verb = _SETTLED[record.object]
    address = f"/{record.object}/{record.id}"
    if record[field] is None:
        return Act(gettext(label), f"{address}/{verb}", "check")
    return Act(gettext("Reopen"), f"{address}/reopening", "undo-2")
