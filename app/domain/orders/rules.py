"""What a line of an order may come to."""

from decimal import Decimal
from typing import Any

from app.core.errors import Problem
from app.core.text import N_

# A thousand such lines still make a total that can be stored.
MOST_AMOUNT = Decimal(10) ** 12


def amount_problem(quantity: Any, unit_price: Any) -> Problem | None:
    """The problem with a line whose amount is too large to be summed up, or None."""
    if quantity is None or unit_price is None or abs(quantity * unit_price) < MOST_AMOUNT:
        return None
    return Problem("quantity", "out_of_range", N_("The amount is too large. Check quantity and price."))
