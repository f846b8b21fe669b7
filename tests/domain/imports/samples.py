"""Real files written by others, beside the repository; and bytes as the rules see them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.imports.rules.dialect import guess_format
from app.domain.imports.rules.records import Format, Place, Row, rows

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def sample(name: str) -> Path:
    """The file `name` of the shared data; the test is skipped where the data is not there."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"real data is not beside the repository: {name}")
    return path


def table(content: bytes, how: Format | None = None, piece: int = 1 << 16) -> tuple[Format, list[Row]]:
    """The format and all rows of `content`, the header included, read in pieces of `piece` bytes."""
    how = how or guess_format(content[:65536])
    width = len(next(read(content, how, 10**6, piece)).cells)
    return how, list(read(content, how, width, piece))


def read(content: bytes, how: Format, width: int, piece: int = 1 << 16) -> Iterator[Row]:
    """The rows of `content`."""
    pieces = (content[at : at + piece] for at in range(how.start, len(content), piece))
    return rows(pieces, how, width, Place(how.start))
