"""Numbers and money as people write them: 1,234.56 or 1.234,56, with or without a currency."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

Point = Literal[".", ","]

_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
    "Fr.": "CHF",
    "kr": "SEK",
    "$": "USD",
}
_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<before>[A-Z]{3}(?=[\s\d+-])|[€£¥₹$])?\s*(?P<sign>[+-])?\s*(?P<inner>[€£¥₹$])?\s*"
    r"(?P<digits>\d[\d.,'’\s\u00a0\u202f]*|[.,]\d+)\s*(?P<trail>-)?\s*"
    r"(?P<after>[A-Z]{3}|[€£¥₹$%]|zł|kr|Fr\.)?\s*(?P<close>\))?"
)
_SPACES = re.compile(r"[\s'’\u00a0\u202f]")
_GROUPED = {
    ".": re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?|\d{1,2}(,\d{2})+,\d{3}(\.\d*)?"),
    ",": re.compile(r"\d{1,3}(\.\d{3})+(,\d*)?"),
}


@dataclass(frozen=True)
class Amount:
    """A number with what stood beside it: an ISO 4217 code, or a symbol that several currencies share."""

    value: Decimal
    currency: str | None = None
    symbol: str | None = None
    percent: bool = False


@dataclass
class NumberEvidence:
    """What all values of a column say about their decimal mark."""

    read: int = 0
    numbers: int = 0
    point: int = 0
    comma: int = 0
    unclear: int = 0
    percents: int = 0
    largest: Decimal = Decimal(0)

    def add(self, cell: str) -> None:
        """Look at one more value that is not empty."""
        self.read += 1
        match = _NUMBER.fullmatch(cell.strip())
        if match is None:
            return
        self.numbers += 1
        self.percents += match["after"] == "%"
        mark = _mark(_SPACES.sub("", match["digits"]))
        self.point += mark == "."
        self.comma += mark == ","
        self.unclear += mark == "?"
        value = parse_amount(cell, "," if mark == "," else ".")
        if value is not None:
            self.largest = max(self.largest, abs(value.value))

    @property
    def is_numbers(self) -> bool:
        """Whether nearly all values look like numbers."""
        return self.read > 0 and self.numbers * 10 >= self.read * 9

    def verdict(self, habit: Point = ".") -> tuple[Point, bool]:
        """The decimal mark and whether the values prove it; `habit` decides where they do not."""
        if self.point or self.comma:
            return ("," if self.comma > self.point else "."), not (self.point and self.comma)
        return habit, not self.unclear


def _mark(digits: str) -> str:
    """The decimal mark that a number shows; "?" where its one mark may as well group thousands."""
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return ""
    if dots and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    mark, count = (".", dots) if dots else (",", commas)
    if count > 1:
        return "," if mark == "." else "."
    whole, _, fraction = digits.partition(mark)
    if len(fraction) != 3 or not whole or whole.startswith("0") or len(whole) > 3:
        return mark
    return "?"


def parse_amount(cell: str, point: Point) -> Amount | None:
    """The number in a cell whose decimal mark is `point`, or None where it is none."""
    match = _NUMBER.fullmatch(cell.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    digits = _plain(_SPACES.sub("", match["digits"]), point)
    if digits is None:
        return None
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    if match["open"] or match["sign"] == "-" or match["trail"]:
        value = -value
    unit = match["before"] or match["inner"] or match["after"] or ""
    code = unit if len(unit) == 3 and unit.isupper() and unit.isascii() else _SYMBOLS.get(unit)
    return Amount(value, code, unit if unit in _SYMBOLS else None, percent=unit == "%")


def _plain(digits: str, point: Point) -> str | None:
    """Digits with a dot as decimal mark and no groups; None where the groups are not groups."""
    group = "," if point == "." else "."
    if group in digits:
        if not _GROUPED[point].fullmatch(digits):
            return None
        digits = digits.replace(group, "")
    if digits.count(point) > 1:
        return None
    return digits.replace(point, ".").removesuffix(".")
