"""A customer reports what went wrong: an incident through the portal, and its owner is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.deliveries.queries import who_to_tell
from app.domain.files import actions as files
from app.domain.notices import kinds
from app.domain.notices.actions import tell
from app.domain.portal import attempts
from app.records import reading, writing
from app.records.record import Record

# What a customer reports with one touch, the usual first.
KINDS = ("late", "wrong_item", "quality", "damage", "billing", "other")
REPORTED = kinds.register(
    kinds.Kind(
        "incident_reported",
        N_("%(customer)s reports a problem"),
        N_("%(customer)s has reported a problem through the portal: %(subject)s."),
        "broken",
    )
)


@dataclass(frozen=True)
class Reported:
    """What became of a report: a new incident, or one that is known already (`is_new` False)."""

    incident: Record
    is_new: bool


def report(
    actor: Actor,
    kind: str,
    *,
    order_id: UUID | None = None,
    delivery_id: UUID | None = None,
    order_line_id: UUID | None = None,
    description: str = "",
    file_ids: Sequence[UUID] = (),
) -> Reported:
    """Open an incident of the customer's own; a delay that is known already is that incident.

    Raises Invalid where the kind is none of KINDS, or what it is about is not the customer's.
    """
    if kind not in KINDS:
        raise Invalid.one("kind", "choice", N_("Choose one of the list."))
    attempts.report(str(actor.id))
    about = {"order_id": order_id, "delivery_id": delivery_id, "order_line_id": order_line_id}
    values: dict[str, Any] = {name: value for name, value in about.items() if value}
    try:
        made = writing.create(
            actor, "incidents", {**values, "kind": kind, "description": description.strip()}
        )
    except Invalid as refused:
        known = _known(actor, refused)
        if known is None:
            raise
        files.attach(actor, file_ids, "incidents", known.id)
        return Reported(known, is_new=False)
    files.attach(actor, file_ids, "incidents", made.id)
    incident = reading.fetch(actor, "incidents", made.id)
    _tell(actor, incident)
    return Reported(incident, is_new=True)


def _known(actor: Actor, refused: Invalid) -> Record | None:
    """The open incident that a second report of a delay is about."""
    for problem in refused.problems:
        record_id = parse_id(problem.data.get("record_id", ""))
        if problem.code == "taken" and record_id:
            return reading.fetch(actor, "incidents", record_id)
    return None


def _tell(actor: Actor, incident: Record) -> None:
    about = [incident["subject"], incident.labels.get("company_id"), incident["description"]]
    data = {"customer": actor.name, "subject": ", ".join(each for each in about if each)[:200] or actor.name}
    for member_id in who_to_tell(incident.get("owner_id")):
        tell(member_id, f"reported:{incident.id}:{member_id}", REPORTED.name, "incidents", incident.id, data)
