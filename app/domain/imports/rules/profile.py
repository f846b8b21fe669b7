"""What the values of a column look like, taken from all rows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.imports.rules.dates import DateEvidence
from app.domain.imports.rules.numbers import NumberEvidence
from app.domain.imports.rules.records import Row
from app.domain.imports.rules.words import is_empty

SAMPLES = 3
SAMPLE_LENGTH = 80
TRIAL = 200  # values after which a column that shows no date is no longer searched for dates

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WEB = re.compile(r"(https?://)?([\w-]+\.)+[a-z]{2,24}(/\S*)?", re.IGNORECASE)


@dataclass
class ColumnProfile:
    """Counts over the values of one column, and a few of them as examples."""

    filled: int = 0
    emails: int = 0
    ids: int = 0
    addresses: int = 0
    samples: list[str] = field(default_factory=list)
    dates: DateEvidence = field(default_factory=DateEvidence)
    numbers: NumberEvidence = field(default_factory=NumberEvidence)

    def add(self, cell: str) -> None:
        """Look at one more value."""
        if is_empty(cell):
            return
        self.filled += 1
        if len(self.samples) < SAMPLES:
            self._keep(cell.strip())
        if self.filled <= TRIAL:
            self._shape(cell.strip())
        if self.filled <= TRIAL or self.dates.is_dates:
            self.dates.add(cell)
        if self.filled <= TRIAL or self.numbers.is_numbers:
            self.numbers.add(cell)

    def _keep(self, text: str) -> None:
        short = text if len(text) <= SAMPLE_LENGTH else text[: SAMPLE_LENGTH - 1] + "…"
        if short not in self.samples:
            self.samples.append(short)

    def _shape(self, text: str) -> None:
        if "@" in text:
            self.emails += _EMAIL.fullmatch(text) is not None
        elif len(text) == 36:
            self.ids += _ID.fullmatch(text) is not None
        elif "." in text:
            self.addresses += _WEB.fullmatch(text) is not None

    def mostly(self, count: int) -> bool:
        """Whether `count` of the values looked at is nearly all of them."""
        return count > 0 and count * 10 >= min(self.filled, TRIAL) * 8


@dataclass
class TableProfile:
    """The profile of each column, how many rows were looked at, and how many of them cannot be read."""

    columns: list[ColumnProfile]
    rows: int = 0
    faults: int = 0


def profile(found: Iterable[Row], width: int) -> TableProfile:
    """The profile of a table of `width` columns."""
    table = TableProfile([ColumnProfile() for _ in range(width)])
    for row in found:
        table.rows += 1
        if row.fault:
            table.faults += 1
            continue
        for column, cell in zip(table.columns, row.cells, strict=True):
            column.add(cell)
    return table
