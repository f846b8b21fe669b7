"""The end of a delay: delivered, moved, called off or a matter of the calendar."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.calendar.rules import Calendar
from app.domain.deliveries.rules import is_broken
from app.domain.incidents.actions import Ending, end_late
from app.domain.incidents.queries import open_late

How = Literal["delivered", "moved", "cancelled", "trashed", "calendar"]


def end_delays(actor: Actor, deliveries: Sequence[Mapping[str, Any]], moved: How = "moved") -> None:
    """Resolve the open late incidents of deliveries that are late no more; `moved` says why due moved."""
    over = [row for row in deliveries if not is_broken(row, now())]
    incidents = open_late([row["id"] for row in over])
    if not incidents:
        return
    calendar = calendars.current()
    end_late(
        actor,
        [_ending(row, incidents[row["id"]], moved, calendar) for row in over if row["id"] in incidents],
    )


def _ending(row: Mapping[str, Any], incident_id: Any, moved: How, calendar: Calendar) -> Ending:
    how = _how(row, moved)
    at = row["delivered_at"] or now()
    days = max(0, (calendar.day_of(at) - row["promised_on"]).days) if row["promised_on"] else 0
    return Ending(incident_id, row["id"], how, days if how == "delivered" else None)


def _how(row: Mapping[str, Any], moved: How) -> How:
    if row.get("deleted_at") is not None:
        return "trashed"
    if row["delivered_at"] is not None or row["status"] == "delivered":
        return "delivered"
    if row["status"] in {"cancelled", "returned"}:
        return "cancelled"
    return moved
