"""An import's file as it lies in the store, and as rows."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from app.core import storage
from app.domain.imports.rules.plan import Plan
from app.domain.imports.rules.records import Place, Row, rows

HEAD = 1024 * 1024


@dataclass(frozen=True)
class Source:
    """Where the bytes are, what the file was called, its size in bytes, its hash, whether all is UTF-8."""

    key: str
    name: str
    size: int
    sha256: str
    is_utf8: bool

    def as_json(self) -> dict[str, Any]:
        """The source as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Source":
        """The source that `as_json` wrote."""
        return cls(**data)

    def head(self) -> bytes:
        """The first bytes, at most HEAD."""
        found = b""
        for piece in storage.stream(self.key):
            found += piece
            if len(found) >= HEAD:
                break
        return found[:HEAD]

    def rows(self, plan: Plan, at: Place | None = None) -> Iterator[Row]:
        """The rows of data from `at`; number 1 is the file's first row, whether it holds names or not."""
        place = at or Place(plan.format.start)
        if place.offset >= self.size:
            return
        found = rows(storage.stream(self.key, place.offset), plan.format, len(plan.columns), place)
        if plan.format.has_header and place.row == 0:
            next(found, None)
        yield from found

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """The rows of a file that keeps numbers and cells as JSON, one row a line."""
        rest = b""
        for piece in storage.stream(self.key):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                number, cells = orjson.loads(line)
                yield number, cells
