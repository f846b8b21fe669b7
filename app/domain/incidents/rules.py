"""What must agree in an incident."""

from datetime import datetime
from uuid import UUID

from app.core.errors import Problem
from app.core.text import N_


def times_problem(opened_at: datetime | None, resolved_at: datetime | None) -> Problem | None:
    """The problem with an incident that ends before it begins, or None."""
    if opened_at and resolved_at and resolved_at < opened_at:
        return Problem("resolved_at", "before_start", N_("It cannot be resolved before it was opened."))
    return None


def second_delay(open_already: UUID) -> Problem:
    """The problem with a delay of a delivery that has one: that one may be resolved, no second opened."""
    message = N_("This delivery is known to be late already. Open that incident or choose another delivery.")
    return Problem("delivery_id", "taken", message, {"record_id": str(open_already)})
