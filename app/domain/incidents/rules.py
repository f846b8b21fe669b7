"""What must agree in an incident."""

from datetime import datetime

from app.core.errors import Problem
from app.core.text import N_


def times_problem(opened_at: datetime | None, resolved_at: datetime | None) -> Problem | None:
    """The problem with an incident that ends before it begins, or None."""
    if opened_at and resolved_at and resolved_at < opened_at:
        return Problem("resolved_at", "before_start", N_("It cannot be resolved before it was opened."))
    return None
