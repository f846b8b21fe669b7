"""What customers are written about by itself: incidents that open, and end."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.domain.letters import actions, queries
from app.domain.letters.queries import key_of
from tenants.session import session

_INCIDENT = text("""
SELECT i.id, i.kind, i.subject, i.remedy, i.remedy_due_on, i.opened_door, i.resolved_at, i.order_id,
       coalesce(i.contact_id, o.contact_id) AS contact_id, coalesce(o.number, '') AS number,
       d.promised_on, coalesce(d.is_history, false) AS is_history
  FROM incidents i
  LEFT JOIN orders o ON o.id = i.order_id
  LEFT JOIN deliveries d ON d.id = i.delivery_id
 WHERE i.id = :id AND i.deleted_at IS NULL
""")
REACHED = frozenset({"sent", "staged"})


def opened(incident_id: UUID) -> UUID | None:
    """Tell the customer that his delivery is late, or that what he reported has arrived; once."""
    incident = _incident(incident_id)
    if incident is None or incident["resolved_at"] is not None or incident["is_history"]:
        return None
    if incident["opened_door"] == "portal":
        return _send("received", incident)
    return _send("delay", incident) if incident["kind"] == "late" else None


def resolved(incident_id: UUID) -> UUID | None:
    """Tell the customer that it is solved, where he was told that it was wrong; nobody asks for a yes now."""
    actions.withdraw(incident_id)
    incident = _incident(incident_id)
    if incident is None or incident["resolved_at"] is None:
        return None
    told = {each.state for each in queries.of_incident(actions.SYSTEM, incident_id)}
    return _send("solved", incident) if told & REACHED else None


def _send(kind: Any, incident: dict[str, Any]) -> UUID | None:
    contact_id = incident["contact_id"]
    if contact_id is None:
        return None
    order_id = incident["order_id"]
    about = ("orders", order_id) if order_id else ("incidents", incident["id"])
    values = {
        "incident_id": str(incident["id"]),
        "label": incident["number"] or incident["subject"],
        "number": incident["number"],
        "incident_kind": incident["kind"],
        "promised_on": _iso(incident["promised_on"]),
        "remedy_due_on": _iso(incident["remedy_due_on"]),
        "remedy": incident["remedy"] or "" if kind == "solved" else "",
    }
    return actions.send(kind, contact_id, about=about, values=values, key=key_of(kind, incident["id"]))


def _incident(incident_id: UUID) -> dict[str, Any] | None:
    found = session.execute(_INCIDENT, {"id": incident_id}).mappings().one_or_none()
    return dict(found) if found else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
