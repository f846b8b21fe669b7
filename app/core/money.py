"""Amounts of money: exact decimals with four places and a currency of three letters."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision

PLACES = Decimal("0.0001")
# Numeric(19, 4): fifteen digits before the point.
LARGEST = Decimal(10) ** 15


def rounded(amount: Decimal) -> Decimal:
    """`amount` with at most four decimals, halves away from zero."""
    return amount.quantize(PLACES, rounding=ROUND_HALF_UP)


def plain(amount: Decimal) -> str:
    """`amount` as it leaves Kith: a decimal string with at least two places and no exponent."""
    text = format(rounded(amount), "f")
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


@lru_cache(maxsize=256)
def places(currency: str) -> int:
    """How many decimals the smallest coin of a currency (ISO 4217) has: 2 for EUR, 0 for JPY."""
    return min(get_currency_precision(currency), 4)
