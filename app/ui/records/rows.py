"""Rows of tables of records: drawn once, and again only where something that they show is another."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from app.records.record import Record
from app.records.types import Beside, Field, ObjectType
from app.ui import cells
from app.ui.formats import Formats
from app.ui.records import values
from app.ui.table import Row

# With its HTML a row takes some 5 kB.
KEPT = 2048

Cells = tuple[Markup, ...]
Write = Callable[[Record, Cells], Row]


@dataclass(frozen=True)
class Way:
    """How a table writes its rows; ways of the same `key` write what is equal alike."""

    key: tuple[Hashable, ...]
    write: Write = field(compare=False)

    def row(self, record: Record, beside: Cells) -> Row:
        """The record's row, with the cells of the columns that are no fields, in their order."""
        try:
            return _kept(self, _Seen.of(record, beside))
        except TypeError:  # a list among the values has no hash
            return self.write(record, beside)


def way(
    described: ObjectType,
    columns: Sequence[Field | Beside],
    edited: Sequence[Field],
    formats: Formats,
    *,
    currency: str | None,
    held: Sequence[str],
) -> Way:
    """How rows of records that hold the fields `held` are written; `edited` are those that an input changes.

    The key has the minute where the rows tell how long ago something was, else the reader's day.
    """
    tells_time = any(each.kind == "datetime" for each in columns)
    moment = formats.now.replace(second=0, microsecond=0) if tells_time else formats.today
    reader = (formats.locale, formats.zone, formats.region, moment)
    names = tuple(each.name for each in columns), tuple(each.name for each in edited)
    key = (described, *names, currency, tuple(held), *reader)
    return Way(key, _writer(described, columns, edited, formats, currency))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record by all that its row shows."""

    content: tuple[Hashable, ...]
    drawn_from: tuple[Record, Cells] = field(compare=False)

    @classmethod
    def of(cls, record: Record, beside: Cells) -> "_Seen":
        content = (record.title, *record.values.values(), *record.labels.items(), beside)
        return cls(content, (record, beside))


@lru_cache(maxsize=KEPT)
def _kept(how: Way, seen: _Seen) -> Row:
    return how.write(*seen.drawn_from)


def forget() -> None:
    """Draw every row anew."""
    _kept.cache_clear()


def _writer(
    described: ObjectType,
    columns: Sequence[Field | Beside],
    edited: Sequence[Field],
    formats: Formats,
    currency: str | None,
) -> Write:
    shown = [values.show(each, formats, currency) if isinstance(each, Field) else None for each in columns]
    square, face = described.name not in values.ROUND, described.name in values.WITH_FACE

    def write(record: Record, beside: Cells) -> Row:
        key = str(record.id)
        href = f"/{described.name}/{key}"
        first = cells.record(record.title or "–", href, square, face)
        others = iter(beside)
        return Row(
            id=key,
            name=record.title,
            href=href,
            cells=(first, *[show(record) if show else next(others) for show in shown]),
            raw={each.name: values.raw(each, record.get(each.name), formats) for each in edited},
            version=record.version,
        )

    return write
