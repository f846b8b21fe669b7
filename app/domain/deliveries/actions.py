"""What the clock does to deliveries: a promise passes, the company's calendar changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.core.text import N_
from app.domain.calendar import queries as calendars
from app.domain.deliveries import queries
from app.domain.deliveries.endings import end_delays
from app.domain.deliveries.rules import is_broken, severity
from app.domain.deliveries.timers import set_timers
from app.domain.incidents.actions import open_late
from app.domain.incidents.queries import late_in_90_days
from app.domain.incidents.queries import open_late as open_late_of
from app.domain.notices import kinds
from app.domain.notices.actions import tell
from app.records import facts
from app.records.computed import marking
from app.records.record import Record
from tenants.session import session

CLOCK = Actor("system", None, "Kith", "clock", EVERYTHING)
LATE = kinds.register(
    kinds.Kind(
        "delivery_late",
        N_("Order %(number)s is late"),
        N_("Order %(number)s was promised for %(promised_on)s and has not been delivered."),
        "broken",
    )
)
_CHUNK = 1000
# A timer is due by the database's clock, behind which ours may lag; dropped too early it never comes again.
_LAG = timedelta(seconds=30)

_OPEN = text("""
SELECT id, promised_on, due_at, delivered_at, status, is_history, deleted_at
  FROM deliveries
 WHERE delivered_at IS NULL AND deleted_at IS NULL AND promised_on IS NOT NULL AND NOT is_history
   AND status NOT IN ('delivered', 'cancelled', 'returned') AND id > :after
 ORDER BY id LIMIT :chunk FOR NO KEY UPDATE
""")
_MOVE = text("""
UPDATE deliveries AS d SET due_at = moved.due_at
  FROM unnest(CAST(:ids AS uuid[]), CAST(:dues AS timestamptz[])) AS moved(id, due_at)
 WHERE d.id = moved.id
""")
_FIRST = UUID(int=0)


def promise_due(delivery_id: UUID) -> Record | None:
    """Open the incident of a delivery whose promise has passed, and tell the relation's owner; once.

    Nothing happens where the delivery arrived, was called off or promised anew in the meantime.
    """
    delivery = queries.promised(delivery_id)
    if delivery is None or not is_broken(delivery, now() + _LAG) or open_late_of([delivery_id]):
        return None
    days = (calendars.current().day_of(now()) - delivery["promised_on"]).days
    incident = open_late(CLOCK, delivery, severity(days, late_in_90_days(delivery["company_id"])))
    _record(delivery, incident)
    _tell(delivery, incident)
    return incident


def recompute_due(after: UUID | None = None) -> UUID | None:
    """Set the due instants of a thousand open deliveries by the calendar as it is now.

    Returns the id to go on from, or None at the end.
    """
    calendar = calendars.current()
    found = session.execute(_OPEN, {"after": after or _FIRST, "chunk": _CHUNK}).mappings().all()
    rows = [dict(row) | {"due_at": calendar.broken_at(row["promised_on"])} for row in found]
    if rows:
        session.execute(_MOVE, {"ids": [row["id"] for row in rows], "dues": [row["due_at"] for row in rows]})
        marking.touched("deliveries", [row["id"] for row in rows], ("due_at",))
        set_timers(rows)
        end_delays(CLOCK, rows, moved="calendar")
    return rows[-1]["id"] if len(rows) == _CHUNK else None


def _record(delivery: dict[str, Any], incident: Record) -> None:
    about = [delivery[name] for name in ("order_id", "company_id", "contact_id") if delivery[name]]
    facts.record(
        CLOCK,
        "broken",
        "deliveries",
        delivery["id"],
        delivery["label"],
        about=[incident.id, *about],
        data={"promised_on": delivery["promised_on"].isoformat(), "incident_id": str(incident.id)},
    )


def _tell(delivery: dict[str, Any], incident: Record) -> None:
    data = {"number": delivery["label"], "promised_on": delivery["promised_on"].isoformat()}
    for member_id in queries.who_to_tell(delivery["owner_id"]):
        tell(member_id, f"late:{incident.id}:{member_id}", LATE.name, "deliveries", delivery["id"], data)
