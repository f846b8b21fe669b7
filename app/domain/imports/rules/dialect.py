"""How a table was written down: what stands between cells, what ends a line."""

from collections import Counter

from app.core.errors import Invalid
from app.domain.imports.rules.encoding import bom_length, guess_encoding
from app.domain.imports.rules.limits import DELIMITERS
from app.domain.imports.rules.lines import lines
from app.domain.imports.rules.records import Format, Place, rows

_ROWS = 200


def guess_format(head: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Format:
    """The format of a file that begins with `head`; what is given is taken as given.

    Whether the first row holds names is left to `header.has_header`.
    """
    encoding = encoding or guess_encoding(head).encoding
    start = bom_length(head, encoding)
    newline = _newline(head, encoding)
    announced, length = _announced(head[start : start + 32], encoding, newline)
    if announced and delimiter in {None, announced}:
        return Format(encoding, announced, newline, start=start + length)
    found = delimiter or _delimiter(head, Format(encoding, newline=newline, start=start))
    return Format(encoding, found, newline, start=start)


def _newline(head: bytes, encoding: str) -> str:
    """A lone carriage return ends lines only where there is no line feed at all."""
    text = head.decode(encoding, "replace")
    return "\r" if "\r" in text and "\n" not in text else "\n"


def _announced(head: bytes, encoding: str, newline: str) -> tuple[str | None, int]:
    """Excel's first line `sep=;` and its length in bytes."""
    text = head.decode(encoding, "replace").split(newline)[0]
    bare = text.rstrip("\r").strip('"').lower()
    if len(bare) == 5 and bare.startswith("sep=") and bare[4] in DELIMITERS:
        return bare[4], len((text + newline).encode(encoding))
    return None, 0


def _delimiter(head: bytes, how: Format) -> str:
    scores = {delimiter: _score(head, how, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 0) else ","


def _score(head: bytes, how: Format, delimiter: str) -> tuple[float, int]:
    """How alike the rows are when cut at `delimiter`: share of the commonest width, then that width."""
    widths = Counter(_widths(head, how, delimiter))
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    count, width = max(wide)
    return round(count / widths.total(), 2), width


def _widths(head: bytes, how: Format, delimiter: str) -> list[int]:
    """Cells per row of the sample; its last line may be cut off and does not count."""
    text = head[how.start :]
    whole = text[: text.rfind(b"\n") + 1] or text
    form = Format(how.encoding, delimiter, how.newline)
    first = next(lines([whole], how.encoding, how.newline), None)
    if first is None or first[0] is None:
        return []
    found = []
    try:
        for row in rows([whole], form, first[0].count(delimiter) + 1, Place(0)):
            found.append(len(row.cells))
            if len(found) == _ROWS:
                break
    except Invalid:  # too many open quotes with this delimiter: what was read so far decides
        pass
    return found
