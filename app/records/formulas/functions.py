"""The functions that formulas know. None knows the time, chance or anything outside its arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from app.core.text import N_
from app.records.formulas import kinds
from app.records.formulas.kinds import day, instant
from app.records.formulas.wrong import NoValue


@dataclass(frozen=True)
class Function:
    """A function by what it takes: `gives` and the name under which the engine calls it.

    A trailing "..." means any number more of the last.
    """

    takes: tuple[str, ...]
    gives: str
    engine: str


@dataclass(frozen=True)
class Told:
    """A function as people read about it: an example, and what it does."""

    example: str
    told: str


_DAY = 86_400_000_000


def _rounded(way: str) -> Callable[..., float]:
    def done(value: float, places: float = 0.0) -> float:
        return float(_exact(value).quantize(Decimal(1).scaleb(-_places(places)), way))

    return done


def _rounded_money(way: str) -> Callable[..., int]:
    def done(value: int, places: float = 0.0) -> int:
        unit = Decimal(10) ** kinds.PLACES
        found = (Decimal(value) / unit).quantize(Decimal(1).scaleb(-_places(places)), way)
        return _whole(found * unit)

    return done


def _places(given: float) -> int:
    if not 0 <= given <= 6 or given != int(given):
        raise NoValue("out_of_range")
    return int(given)


def _exact(value: float) -> Decimal:
    found = Decimal(repr(value))
    if not found.is_finite():
        raise NoValue("division_by_zero")
    if abs(found) >= kinds.LARGEST:
        raise NoValue("out_of_range")
    return found


def _whole(value: Decimal) -> int:
    found = int(value.to_integral_value(ROUND_HALF_UP))
    if abs(found) >= 2**63:
        raise NoValue("out_of_range")
    return found


def _times(amount: int, factor: float) -> int:
    return _whole(Decimal(amount) * _exact(factor))


def _part(amount: int, divisor: float) -> int:
    if not divisor:
        raise NoValue("division_by_zero")
    return _whole(Decimal(amount) / _exact(divisor))


def _ratio(amount: int, other: int) -> float:
    if not other:
        raise NoValue("division_by_zero")
    return float(Decimal(amount) / Decimal(other))


def _quotient(one: float, other: float) -> float:
    if not other:
        raise NoValue("division_by_zero")
    return one / other


def _rest(one: float, other: float) -> float:
    if not other:
        raise NoValue("division_by_zero")
    return float(_exact(one) % _exact(other))


def _days(number: float) -> int:
    return _whole(_exact(number))


def _later(moment: int, days: float) -> int:
    return moment + _whole(_exact(days) * _DAY)


def _as_text(value: float) -> str:
    return format(kinds.rounded(_exact(value), 6).normalize() + 0, "f")


def _amount_as_text(value: int) -> str:
    found = Decimal(value) / Decimal(10) ** kinds.PLACES
    return format(found.quantize(Decimal("0.01")) if found == round(found, 2) else found.normalize(), "f")


def _number(text: str) -> float:
    try:
        return float(_exact(float(text.strip())))
    except ValueError:
        raise NoValue("no_number") from None


def _midnight(number: int) -> int:
    found = day(number)
    return (
        datetime(found.year, found.month, found.day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    ) // timedelta(microseconds=1)


def _months(number: int, months: float) -> int:
    found, more = day(number), int(_exact(months))
    year, month = divmod(found.year * 12 + found.month - 1 + more, 12)
    for last in (found.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(found.day, last)).toordinal()
        except ValueError:
            continue
    raise NoValue("out_of_range")


def _left(text: str, number: float) -> str:
    return text[: max(0, int(_exact(number)))]


def _right(text: str, number: float) -> str:
    count = max(0, int(_exact(number)))
    return text[-count:] if count else ""


ENGINE: Mapping[str, Callable[..., Any]] = {
    "k_times": _times,
    "k_part": _part,
    "k_ratio": _ratio,
    "k_quotient": _quotient,
    "k_rest": _rest,
    "k_days": _days,
    "k_later": _later,
    "k_text": _as_text,
    "k_amount": _amount_as_text,
    "k_yes": lambda value: "true" if value else "false",
    "k_iso": lambda value: day(value).isoformat(),
    "k_instant": lambda value: instant(value).isoformat(),
    "k_number": _number,
    "k_round": _rounded(ROUND_HALF_UP),
    "k_floor": _rounded(ROUND_FLOOR),
    "k_ceil": _rounded(ROUND_CEILING),
    "k_round_m": _rounded_money(ROUND_HALF_UP),
    "k_floor_m": _rounded_money(ROUND_FLOOR),
    "k_ceil_m": _rounded_money(ROUND_CEILING),
    "k_abs": abs,
    "k_min": min,
    "k_max": max,
    "k_size": lambda value: float(len(value)),
    "k_lower": str.lower,
    "k_upper": str.upper,
    "k_trim": str.strip,
    "k_left": _left,
    "k_right": _right,
    "k_year": lambda value: float(day(value).year),
    "k_month": lambda value: float(day(value).month),
    "k_day": lambda value: float(day(value).day),
    "k_weekday": lambda value: float(day(value).isoweekday()),
    "k_months": _months,
    "k_date": lambda value: instant(value).date().toordinal(),
    "k_midnight": _midnight,
}

_NUMBERS = ("number", "number")
FUNCTIONS: Mapping[str, tuple[Function, ...]] = {
    "round": (
        Function(("number",), "number", "k_round"),
        Function(_NUMBERS, "number", "k_round"),
        Function(("money",), "money", "k_round_m"),
        Function(("money", "number"), "money", "k_round_m"),
    ),
    "floor": (Function(("number",), "number", "k_floor"), Function(("money",), "money", "k_floor_m")),
    "ceil": (Function(("number",), "number", "k_ceil"), Function(("money",), "money", "k_ceil_m")),
    "abs": (Function(("number",), "number", "k_abs"), Function(("money",), "money", "k_abs")),
    "min": tuple(
        Function((kind, kind, "..."), kind, "k_min") for kind in ("number", "money", "date", "datetime")
    ),
    "max": tuple(
        Function((kind, kind, "..."), kind, "k_max") for kind in ("number", "money", "date", "datetime")
    ),
    "size": tuple(Function((kind,), "number", "k_size") for kind in ("text", "texts", "links")),
    "string": (
        Function(("text",), "text", ""),
        Function(("number",), "text", "k_text"),
        Function(("money",), "text", "k_amount"),
        Function(("date",), "text", "k_iso"),
        Function(("datetime",), "text", "k_instant"),
        Function(("boolean",), "text", "k_yes"),
    ),
    "double": (Function(("text",), "number", "k_number"), Function(("number",), "number", "")),
    "lower": (Function(("text",), "text", "k_lower"),),
    "upper": (Function(("text",), "text", "k_upper"),),
    "trim": (Function(("text",), "text", "k_trim"),),
    "left": (Function(("text", "number"), "text", "k_left"),),
    "right": (Function(("text", "number"), "text", "k_right"),),
    "year": (Function(("date",), "number", "k_year"),),
    "month": (Function(("date",), "number", "k_month"),),
    "day": (Function(("date",), "number", "k_day"),),
    "weekday": (Function(("date",), "number", "k_weekday"),),
    "addMonths": (Function(("date", "number"), "date", "k_months"),),
    "date": (Function(("datetime",), "date", "k_date"), Function(("date",), "date", "")),
    "timestamp": (Function(("date",), "datetime", "k_midnight"),),
}
# Written behind what they ask, as CEL has them.
METHODS = ("contains", "startsWith", "endsWith", "matches")

HELP: tuple[Told, ...] = (
    Told("hours * 80", N_("Signs: + - * / for numbers and amounts, and + to join texts.")),
    Told(
        "stage == 'won' ? amount : 0", N_("One or the other by a condition; == != < <= > >= && || ! compare.")
    ),
    Told("state in ['open', 'waiting']", N_("One of several. Choices are named by their values.")),
    Told(
        "discount.orValue(0)",
        N_("What counts where a field is empty. Without it an empty field gives an empty result."),
    ),
    Told("has(closed_on)", N_("Whether a field has a value.")),
    Told("round(price * 1.19, 2)", N_("Rounds; also floor, ceil, abs, min, max.")),
    Told("due_on - built_on", N_("Days between two dates; a date plus 14 is a day two weeks later.")),
    Told("addMonths(signed_on, 12)", N_("Months later; also year, month, day, weekday (Monday is 1).")),
    Told(
        "date('2026-01-31')", N_("A day as it is written; date(created_at) is the day of an instant, in UTC.")
    ),
    Told("upper(left(name, 3))", N_("Parts of texts; also lower, right, trim, size, string, double.")),
    Told(
        "size(operators)",
        N_("How many records a field of several holds; has(operators), and company_id in operators."),
    ),
    Told("serial.startsWith('P-')", N_("Also contains, endsWith and matches.")),
)
