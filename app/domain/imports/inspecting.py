"""What a file holds, before anything is decided: its format, its columns, examples, and a first plan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.imports.rules.dialect import guess_format
from app.domain.imports.rules.encoding import guess_encoding, refuse_binary
from app.domain.imports.rules.header import is_mended, repeated
from app.domain.imports.rules.limits import check_columns
from app.domain.imports.rules.mapping import read_formats
from app.domain.imports.rules.plan import Column, Plan
from app.domain.imports.rules.profile import TableProfile, profile
from app.domain.imports.rules.records import Format, Place, Row, rows
from app.domain.imports.source import HEAD, Source
from app.domain.imports.suggesting import names_of, suggest
from app.records.habits import Habits

SAMPLE_ROWS = 20_000
SMALL = 4 * HEAD
_WIDEST = 100_000  # cells that a first row may have before it is counted


@dataclass(frozen=True)
class Inspection:
    """A first plan, and what a person needs to see to judge it: examples by column, rows where all were read.

    `repeated` are names that stand over several columns.
    """

    plan: Plan
    samples: list[list[str]]
    filled: list[int]
    repeated: list[str]
    rows: int | None

    def as_json(self) -> dict[str, Any]:
        """What is shown, as plain JSON; the plan travels by itself."""
        return {
            "samples": self.samples,
            "filled": self.filled,
            "repeated": self.repeated,
            "rows": self.rows,
        }


def inspect(
    source: Source,
    object_name: str,
    habits: Habits,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    thorough: bool = False,
) -> Inspection:
    """Look into the file; what is given is taken as given. `thorough` reads all rows of a large file too.

    Raises Invalid where there is no table in it.
    """
    head = source.head()
    refuse_binary(head)
    encoding = encoding or guess_encoding(head, source.is_utf8).encoding
    how = guess_format(head, encoding=encoding, delimiter=delimiter)
    first = _first_row(head, how)
    check_columns(len(first))
    names, has_header = names_of(first, header)
    how = replace(how, has_header=has_header)
    plan = _unmapped(object_name, how, names)
    looked, is_whole = _profile(source, plan, thorough=thorough)
    if is_whole and not looked.rows:
        raise Invalid.one("file", "no_rows", N_("This file has names of columns and no rows below them."))
    plan = suggest(object_name, how, names, looked.columns, habits)
    return Inspection(
        replace(plan, is_mended=is_mended(names)),
        [column.samples for column in looked.columns],
        [column.filled for column in looked.columns],
        repeated(first) if has_header else [],
        looked.rows if is_whole else None,
    )


def _unmapped(object_name: str, how: Format, names: list[str]) -> Plan:
    """A plan that leaves every column out: enough to read by."""
    return Plan(object_name, tuple(Column(name) for name in names), how)


def settle_formats(plan: Plan, looked: TableProfile) -> Plan:
    """The plan with the orders of dates and decimal marks that all values of the file show."""
    return replace(
        plan,
        columns=tuple(
            read_formats(column, seen) if column.target else column
            for column, seen in zip(plan.columns, looked.columns, strict=True)
        ),
    )


def _first_row(head: bytes, how: Format) -> list[str]:
    found = rows([head[how.start :]], how, _WIDEST, Place(how.start))
    first = next((row for row in found if row.cells), None)
    if first is None:
        raise Invalid.one("file", "no_table", N_("No table was found in this file."))
    return first.cells


def _profile(source: Source, plan: Plan, *, thorough: bool) -> tuple[TableProfile, bool]:
    """The profile of the rows, and whether it covers all of them."""
    found: Iterator[Row] = source.rows(plan)
    if thorough or source.size <= SMALL:
        return profile(found, len(plan.columns)), True
    return profile(islice(found, SAMPLE_ROWS), len(plan.columns)), False
