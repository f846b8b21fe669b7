"""Records as rows of a CSV file (RFC 4180). Pure."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.imports.rules.formula import safe_cell

BETWEEN = "; "


def header(names: Sequence[str]) -> bytes:
    """The first line: names of fields."""
    return _lines([names])


def rows(records: Iterable[Mapping[str, Any]], names: Sequence[str]) -> bytes:
    """A line for each record; no cell is a formula for a spreadsheet."""
    return _lines([safe_cell(cell(record.get(name))) for name in names] for record in records)


def cell(value: Any) -> str:
    """A value as text: yes and no as true and false, lists with semicolons between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return BETWEEN.join(str(each["value"] if isinstance(each, Mapping) else each) for each in value)
    if isinstance(value, Mapping):
        return BETWEEN.join(f"{system}:{known}" for system, known in value.items())
    return str(value)


def _lines(cells: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(cells)
    return text.getvalue().encode("utf-8", "replace")
