"""Opening and ending incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.core.text import N_
from app.records import facts, writing
from app.records.record import Record

_RESOLVED_LATE = N_("Delays ended")


@dataclass(frozen=True)
class Ending:
    """Why a delay is over: `delivered` after `days` days, `moved`, `cancelled`, `trashed` or `calendar`."""

    incident_id: UUID
    delivery_id: UUID
    how: str
    days: int | None = None


def resolve(actor: Actor, incident_id: UUID, *, remedy: str | None = None) -> Record:
    """The incident, resolved now; `remedy` says what was done about it."""
    values: dict[str, Any] = {"resolved_at": now()}
    if remedy:
        values["remedy"] = remedy
    return writing.update(actor, "incidents", incident_id, values)


def reopen(actor: Actor, incident_id: UUID) -> Record:
    """The incident, open again."""
    return writing.update(actor, "incidents", incident_id, {"resolved_at": None})


def open_late(actor: Actor, delivery: Mapping[str, Any], severity: int) -> Record:
    """A new incident for a delivery that is late; all else is inherited from it."""
    values = {
        "kind": "late",
        "severity": severity,
        "delivery_id": delivery["id"],
        "owner_id": delivery["owner_id"],
        "subject": delivery["label"],
    }
    return writing.create(actor, "incidents", values)


def end_late(actor: Actor, endings: Sequence[Ending]) -> None:
    """Resolve these late incidents: a consequence, so the actor needs no right of its own for it."""
    entitled = replace(actor, permissions=EVERYTHING, grants=None)
    rows = [writing.Row({"resolved_at": now()}, ending.incident_id) for ending in endings]
    writing.write_many(entitled, "incidents", rows, title=_RESOLVED_LATE)
    for ending in endings:
        data = {"how": ending.how, "days": ending.days}
        facts.record(
            entitled,
            "delay_ended",
            "incidents",
            ending.incident_id,
            about=[ending.delivery_id],
            data=data,
        )
