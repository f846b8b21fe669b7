"""Working a formula out for one record, in bounded time; or no value, and why."""

import logging
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from app.core import money
from app.core.text import N_
from app.records.formulas import kinds
from app.records.formulas.checking import Checked, check
from app.records.formulas.engine import engine
from app.records.formulas.functions import ENGINE
from app.records.formulas.kinds import Usable
from app.records.formulas.wrong import NoValue, WrongFormula

# Why a record has no value in a field that is worked out.
REASONS: Mapping[str, str] = {
    "missing_value": N_("A field that the formula needs is empty"),
    "division_by_zero": N_("Divided by nought"),
    "out_of_range": N_("The result is too large"),
    "too_long": N_("A text is too long"),
    "no_number": N_("A text is no number"),
    "different_currencies": N_("The amounts are in different currencies"),
    "failed": N_("It could not be worked out"),
    "broken": N_("A field that it needs is hidden or gone"),
}
# A record without a value is told in the field's settings; its values belong in no log.
logging.getLogger("cel").setLevel(logging.CRITICAL)
# How the engine tells what a function of ours raised.
_OURS = re.compile(r"NoValue: (\w+)")


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for values that are there: nothing is made of what is missing."""

    def run(*given: Any) -> Any:
        if any(each is None for each in given):
            raise NoValue("missing_value")
        return function(*given)

    return run


_FUNCTIONS = {name: _guarded(function) for name, function in ENGINE.items()}


class Formula:
    """A formula that was checked and may be worked out again and again, by several threads at once."""

    def __init__(self, checked: Checked) -> None:
        try:
            self._program = engine.compile(checked.cel)
        except ValueError as refused:
            message = N_("This is nested too deep. Divide it into several fields.")
            raise WrongFormula("too_deep", message, 0) from refused
        self.checked = checked

    @property
    def kind(self) -> str:
        """What it gives."""
        return self.checked.kind

    def work_out(self, values: Mapping[str, Any], kind: str, decimals: int) -> tuple[Any, str | None]:
        """The value as a field of `kind` holds it, and the currency of amounts; raises NoValue.

        `values` are those of the record's fields.
        """
        given = {
            variable: kinds.entering(field.kind, values.get(field.name))
            for variable, field in self.checked.variables.items()
        }
        currency = self._currency(values)
        places = (currency_places(currency) if kind == "money" else decimals) if kind != "text" else 0
        found = self._executed(given)
        try:
            return kinds.leaving(kind, found, places), currency
        except NoValue:
            if None in given.values():
                raise NoValue("missing_value") from None
            raise

    def _currency(self, values: Mapping[str, Any]) -> str | None:
        """The one currency that all amounts are in."""
        named = {
            values.get(field.currency)
            for field in self.checked.variables.values()
            if field.currency and values.get(field.name) is not None
        } - {None}
        if len(named) > 1:
            raise NoValue("different_currencies")
        return next(iter(named), None)

    def _executed(self, given: Mapping[str, Any]) -> Any:
        try:
            return self._program.execute(engine.Context(variables=dict(given), functions=_FUNCTIONS))
        except Exception as refused:
            raise NoValue(_reason(refused, given)) from None


def currency_places(currency: str | None) -> int:
    """How many places an amount in that currency has; two where it is not known."""
    return money.places(currency) if currency else 2


def _reason(refused: Exception, given: Mapping[str, Any]) -> str:
    """Why the engine gave up; what a function of ours says of it comes first."""
    ours = _OURS.search(str(refused))
    if ours and ours[1] in REASONS:
        return ours[1]
    if None in given.values():
        return "missing_value"
    if isinstance(refused, ZeroDivisionError):
        return "division_by_zero"
    return "out_of_range" if isinstance(refused, OverflowError) else "failed"


@lru_cache(maxsize=2048)
def formula(source: str, usable: tuple[Usable, ...]) -> Formula:
    """The formula that `source` is over these fields; raises WrongFormula."""
    return Formula(check(source, {each.name: each for each in usable}))
