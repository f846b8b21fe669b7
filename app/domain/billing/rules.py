"""When an invoice is written, due and overdue, what tax it bears, and what that makes of a company. Pure.

Amounts are whole numbers of the currency's smallest unit; days are dates, never the clock's.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.core.errors import Problem
from app.core.text import N_

DUE_DAYS = 14
# So many days after it was due a reminder goes out, and the workspace becomes read-only.
REMINDED_DAYS = 3
READ_ONLY_DAYS = 14

Standing = Literal["active", "past_due", "read_only"]
Tax = Literal["domestic", "reverse", "abroad"]

# Member states of the European Union (ISO 3166), between whose businesses the buyer owes the tax.
UNION = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
_LONGEST = {"company": 200, "address": 500, "vat_id": 20}


@dataclass(frozen=True)
class Open:
    """An invoice that nobody has paid yet."""

    number: str
    due_on: date
    is_reminded: bool = False


@dataclass(frozen=True)
class Verdict:
    """What is so on a day: the company's standing, by which invoice, and which are to be reminded of."""

    standing: Standing
    number: str = ""
    remind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sum:
    """An invoice's amounts in the smallest unit; `tax_permille` 190 is 19 %."""

    net: int
    tax: int
    tax_permille: int

    @property
    def gross(self) -> int:
        """What is to be paid."""
        return self.net + self.tax


def judge(invoices: Sequence[Open], today: date) -> Verdict:
    """What the open invoices of a company make of it on that day; the oldest counts."""
    late = sorted((each for each in invoices if each.due_on < today), key=lambda each: each.due_on)
    remind = tuple(
        each.number
        for each in late
        if not each.is_reminded and today >= each.due_on + timedelta(days=REMINDED_DAYS)
    )
    if not late:
        return Verdict("active")
    worst = late[0]
    is_long = today >= worst.due_on + timedelta(days=READ_ONLY_DAYS)
    return Verdict("read_only" if is_long else "past_due", worst.number, remind)


def due_on(issued_on: date) -> date:
    """The last day on which an invoice of that day is paid in time."""
    return issued_on + timedelta(days=DUE_DAYS)


def period(began_on: date, today: date) -> tuple[date, date]:
    """First and last day of the month of service that holds `today`, where the first began on that day.

    A month that lacks the day begins on its last: 31 Jan, 28 Feb, 31 Mar.
    """
    months = (today.year - began_on.year) * 12 + today.month - began_on.month
    first = _month_on(began_on, months)
    if first > today:
        months -= 1
        first = _month_on(began_on, months)
    return first, _month_on(began_on, months + 1) - timedelta(days=1)


def difference(old: int, new: int, today: date, last: date, first: date) -> int:
    """What the dearer of two prices adds for the days from `today` to `last` of the month from `first`."""
    days = (last - first).days + 1
    left = (last - today).days + 1
    return max(0, (new - old) * left // days)


def tax_of(seller_country: str, country: str, vat_id: str) -> Tax:
    """Who owes the tax (Directive 2006/112/EC, articles 44 and 196), for services to a company."""
    if country == seller_country or not country:
        return "domestic"
    if seller_country in UNION and country in UNION:
        return "reverse" if vat_id else "domestic"
    return "abroad"


def total(net: int, permille: int, tax: Tax) -> Sum:
    """The amounts of an invoice; halves of the smallest unit are rounded up."""
    rate = permille if tax == "domestic" else 0
    return Sum(net, (net * rate + 500) // 1000, rate)


def number(series: str, count: int) -> str:
    """The number of an invoice in its series: 2026-00001."""
    return f"{series}-{count:05d}"


def problems(values: dict[str, str]) -> list[Problem]:
    """What is wrong with whom invoices are to go to."""
    needed = {
        "company": N_("Enter the company as it stands on invoices."),
        "address": N_("Enter the postal address."),
        "country": N_("Choose a country."),
        "email": N_("Enter the e-mail address that invoices go to."),
    }
    found = [
        Problem(name, "required", sentence)
        for name, sentence in needed.items()
        if not values.get(name, "").strip()
    ]
    for name, most in _LONGEST.items():
        if len(values.get(name, "")) > most:
            found.append(Problem(name, "long", N_("Use at most %(most)s characters."), {"most": most}))
    return found


def _month_on(began_on: date, months: int) -> date:
    year, month = divmod(began_on.year * 12 + began_on.month - 1 + months, 12)
    return date(year, month + 1, min(began_on.day, monthrange(year, month + 1)[1]))
