"""Numbers as people write them in German and English: 1.234,56 and 1,234.56."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from app.core import money as amounts
from app.core.text import N_
from app.records.habits import Habits
from app.records.types import Field
from app.records.values.refused import Refused

_DROP = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
_CURRENCY = re.compile(
    r"^[A-Z]{3}(?=[-+\d.,])|(?<=\d)[A-Z]{3}$|[€$£¥]|(?<=\d)(?:Kč|kr|zł|Fr)\.?$", re.IGNORECASE
)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
# No group of thousands begins with a nought: 0.250 is a quarter, whatever the mark here.
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
LONGEST = 60
INTEGER = 2**31 - 1


def number(field: Field, raw: Any, habits: Habits) -> Decimal | int:
    """A number with at most the field's decimals (more are rounded); a whole one where it has none."""
    value = _within(field, decimal(raw, habits))
    if field.decimals == 0:
        if value != value.to_integral_value():
            raise Refused("not_whole", N_("Give a whole number, without decimals."))
        if abs(value) > INTEGER:
            raise _too_large()
        return int(value)
    return _finite(value.quantize(Decimal(1).scaleb(-field.decimals), ROUND_HALF_UP))


def money(field: Field, raw: Any, habits: Habits) -> Decimal:
    """An amount with at most four decimals."""
    value = _within(field, decimal(raw, habits))
    exact = amounts.rounded(value)
    if exact != value and not isinstance(raw, float):
        raise Refused("too_precise", N_("An amount has at most four decimals. Round it."))
    return exact


def percent(_: Field, raw: Any, habits: Habits) -> Decimal:
    """A part of one: 0.15, 15 % and 15 all mean 0.15."""
    written = raw.strip() if isinstance(raw, str) else raw
    marked = isinstance(written, str) and written.endswith("%")
    value = decimal(written[:-1] if marked else written, habits)
    if marked or abs(value) > 1:
        value /= 100
    if not 0 <= value <= 1:
        raise Refused("out_of_range", N_("Give a percentage between 0 and 100."))
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def decimal(raw: Any, habits: Habits) -> Decimal:
    """The number that `raw` means here; raises Refused."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise _not_a_number()
    if isinstance(raw, str):
        return _written(raw, habits)
    value = Decimal(str(raw)) if isinstance(raw, float) else Decimal(raw)
    return _finite(value)


def _written(raw: str, habits: Habits) -> Decimal:
    if len(raw) > LONGEST:
        raise _not_a_number()
    bare = raw.strip().replace("−", "-").translate(_DROP)
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]  # how accountants write a debt
    bare = _CURRENCY.sub("", bare).removesuffix(",-").removesuffix(",--")
    plain = _with_point(bare, habits.decimal_mark)
    if not _PLAIN.fullmatch(plain):
        raise _not_a_number()
    try:
        return _finite(Decimal(plain))
    except InvalidOperation:
        raise _not_a_number() from None


def _with_point(bare: str, mark: str) -> str:
    """`bare` with a point before its decimals and no other marks."""
    last_comma, last_point = bare.rfind(","), bare.rfind(".")
    if last_comma >= 0 and last_point >= 0:
        thousands = "," if last_point > last_comma else "."
        return bare.replace(thousands, "").replace(",", ".")
    only = "," if last_comma >= 0 else "."
    if bare.count(only) > 1:
        return bare.replace(only, "")
    if only != mark and _GROUPED.fullmatch(bare.lstrip("+-").replace(only, ".")):
        return bare.replace(only, "")
    return bare.replace(only, ".")


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise _not_a_number()
    if abs(value) >= amounts.LARGEST:
        raise _too_large()
    return value


def _within(field: Field, value: Decimal) -> Decimal:
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(
            "out_of_range",
            N_("Give a number from %(low)s to %(high)s."),
            low="" if low is None else low,
            high="" if high is None else high,
        )
    return value


def _not_a_number() -> Refused:
    return Refused("not_a_number", N_("This is not a number. Write it such as 1234.56."))


def _too_large() -> Refused:
    return Refused("out_of_range", N_("The number is too large. Give one with at most 15 digits."))
