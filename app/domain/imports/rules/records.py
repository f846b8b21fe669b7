"""A stream of lines as rows of cells; a line that cannot be read becomes a row with a fault, never a stop."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.imports.rules.limits import CELL_CHARACTERS, OPEN_QUOTES
from app.domain.imports.rules.lines import Line, lines

csv.field_size_limit(CELL_CHARACTERS)  # the module's default is another, and it is one for the process


@dataclass(frozen=True)
class Format:
    """How a file's bytes become cells; `start` is the first byte behind marks and behind a `sep=` line."""

    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    has_header: bool = True
    start: int = 0


@dataclass(frozen=True)
class Place:
    """Where reading goes on: byte, line already read, rows already read."""

    offset: int
    line: int = 0
    row: int = 0


@dataclass(slots=True)
class Row:
    """One row: its number among the rows, the line it begins on, its cells, the place behind it.

    `fault` is an English msgid that says why it cannot be read, filled by `data`.
    """

    number: int
    line: int
    cells: list[str]
    end: int
    end_line: int
    fault: str | None = None
    data: dict[str, object] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where reading goes on behind this row."""
        return Place(self.end, self.end_line, self.number)


_UNREADABLE = N_("The quotes in this line do not pair up.")
_LONG_LINE = N_("This line is longer than any that can be read.")
_LONG_CELL = N_("A cell in this line has more than %(limit)s characters.")
_NUL = N_("This line holds a zero byte, which is no text.")
_NOT_TEXT = N_("This line holds bytes that are no text in the encoding chosen.")
_END = "\x1a"
_RAGGED = N_("This line has %(found)s cells where %(expected)s are expected.")


def rows(pieces: Iterable[bytes], how: Format, width: int, at: Place) -> Iterator[Row]:
    """The rows of `pieces`, which begin at `at`, each to have `width` cells; blank lines are left out.

    Raises Invalid where so many quotes stay open that the file is not what `how` says.
    """
    number = at.row
    for row in _Reader(lines(pieces, how.encoding, how.newline, at.offset), how.delimiter, at, width):
        if row.cells or row.fault:
            number += 1
            row.number = number
            if row.fault is None:
                _check(row, width)
            yield row


def batched(found: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of `size`; the last may be shorter."""
    each = iter(found)
    while chunk := list(islice(each, size)):
        yield chunk


def _check(row: Row, width: int) -> None:
    while len(row.cells) > width and not row.cells[-1].strip():
        row.cells.pop()
    if len(row.cells) != width:
        row.fault, row.data = _RAGGED, {"found": len(row.cells), "expected": width}
        return
    text = "".join(row.cells)
    if "\0" in text:
        row.fault = _NUL
    elif not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        row.fault = _NOT_TEXT


class _Reader:
    """Feeds lines to the csv module and remembers those of the current row, to go back where it breaks."""

    def __init__(self, source: Iterator[Line], delimiter: str, at: Place, width: int) -> None:
        self._source = source
        self._delimiter = delimiter
        self._width = width
        self._pushed: deque[Line] = deque()
        self._taken: list[Line] = []
        self._line = at.line
        self._end = at.offset
        self._broken = 0

    def __iter__(self) -> Iterator[Row]:
        parser = self._parser()
        while True:
            self._taken.clear()
            first = self._line + 1
            try:
                cells = next(parser)
            except StopIteration:
                return
            except (csv.Error, _LineTooLong):
                yield self._mend(first)
                parser = self._parser()  # the old one may have lost its place
            else:
                yield Row(0, first, cells, self._end, self._line)

    def _parser(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._delimiter, strict=True)

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._pushed.popleft() if self._pushed else next(self._source, None)
            if line is None:
                return
            self._taken.append(line)
            self._line += 1
            self._end = line[1]
            if line[0] is None:
                raise _LineTooLong
            yield line[0]

    def _mend(self, first: int) -> Row:
        """The row of the first line alone: read leniently where that gives the right cells, else a fault.

        Lines that were swallowed behind it are read again as rows of their own.
        """
        self._pushed.extendleft(reversed(self._taken[1:]))
        text, self._end = self._taken[0]
        self._line = first
        if text is None:
            return Row(0, first, [], self._end, first, _LONG_LINE)
        cells = self._lenient(text.rstrip("\r\n"))
        if len(cells) == self._width:
            return Row(0, first, cells, self._end, first)
        if len(text) > CELL_CHARACTERS:
            return Row(0, first, [], self._end, first, _LONG_CELL, {"limit": CELL_CHARACTERS})
        self._count_broken(first)
        return Row(0, first, [], self._end, first, _UNREADABLE)

    def _lenient(self, text: str) -> list[str]:
        """The cells of one line with stray quotes; none where a quote stays open to its end."""
        try:
            cells = next(csv.reader([text + self._delimiter + _END], delimiter=self._delimiter), [])
        except csv.Error:
            return []
        return cells[:-1] if cells and cells[-1] == _END else []

    def _count_broken(self, line: int) -> None:
        """Each open quote may swallow a long stretch before it is given up, so there is a limit to them."""
        self._broken += 1
        if self._broken > OPEN_QUOTES:
            raise Invalid.one(
                "file",
                "quotes",
                N_("In more than %(count)s lines the quotes do not pair up, the last is line %(line)s."),
                count=OPEN_QUOTES,
                line=line,
            )


class _LineTooLong(Exception):
    """A line beyond all measure; it was read past."""
