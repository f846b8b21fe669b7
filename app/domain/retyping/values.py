"""The values of a field as they lie in its records, read and laid down anew in portions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, func, select, text
from sqlalchemy.dialects.postgresql import array

from app.domain.modelling.removing import table_of
from app.records.plain import dumps
from app.records.tables import array_of, records
from tenants.session import session

SIZE = 2_000
NONE = UUID(int=0)


@dataclass(frozen=True)
class Place:
    """Where the values lie: under `old` still, under `new` what they become, beside it what that came of."""

    object: str
    old: str
    new: str

    @property
    def source(self) -> str:
        """The key of what a value under `new` came of."""
        return f"{self.new}<"

    @property
    def table(self) -> Any:
        """The table of the records."""
        return table_of(self.object)


Found = Sequence[tuple[UUID, Any]]


def after(place: Place, last: UUID) -> Found:
    """Ids and values of the records behind `last` that have one, those in the trash too."""
    statement = _rows(place).where(place.table.c.id > last, place.table.c.custom.has_key(place.old))
    rows = session.execute(statement.order_by(place.table.c.id).limit(SIZE))
    return [(record_id, value) for record_id, value in rows]


def unlike(
    place: Place, last: UUID, since: datetime | None = None, ids: Sequence[UUID] | None = None
) -> Found:
    """The same of those whose value is not what was laid down for it; None: it was emptied meanwhile."""
    custom = place.table.c.custom
    statement = _rows(place).where(
        place.table.c.id > last, custom[place.old].is_distinct_from(custom[place.source])
    )
    if ids is not None:
        statement = statement.where(place.table.c.id == any_(array_of(ids)))
    if since is not None:
        statement = statement.where(place.table.c.updated_at >= since)
    rows = session.execute(statement.order_by(place.table.c.id).limit(SIZE))
    return [(record_id, value) for record_id, value in rows]


def count(place: Place) -> int:
    """How many records have a value."""
    held = _rows(place).where(place.table.c.custom.has_key(place.old)).subquery()
    return session.scalar(select(func.count()).select_from(held)) or 0


def lay(place: Place, rows: Sequence[Mapping[str, Any]], stale: Sequence[str] = ()) -> None:
    """Lay down what values become, each {id, raw, new}, where the value is still the one that was read."""
    if rows:
        session.execute(
            text(_LAY.format(table=place.table.name)),
            {
                "rows": dumps(rows), "old": place.old, "new": place.new, "source": place.source,
                "stale": list(stale),
            },
        )  # fmt: skip


def settled(place: Place, last: UUID) -> Sequence[UUID]:
    """Records behind `last` that still have what the value came of, or the value as it was."""
    custom = place.table.c.custom
    mine = select(place.table.c.id).where(
        place.table.c.id > last, custom.has_any(array([place.old, place.source]))
    )
    if place.table is records:
        mine = mine.where(records.c.object == place.object)
    return session.scalars(mine.order_by(place.table.c.id).limit(SIZE)).all()


def forget(place: Place, ids: Sequence[UUID]) -> None:
    """Remove the values as they were, and what those laid down came of."""
    session.execute(
        text(_FORGET.format(table=place.table.name)),
        {"ids": list(ids), "old": place.old, "source": place.source},
    )


def _rows(place: Place) -> Select[Any]:
    statement = select(place.table.c.id, place.table.c.custom[place.old])
    return statement.where(records.c.object == place.object) if place.table is records else statement


# Neither version nor time of change: what the record says is the same.
_LAY = """
UPDATE {table} t SET custom = jsonb_strip_nulls(
    (t.custom - CAST(:stale AS text[]))
    || jsonb_build_object(CAST(:new AS text), r.new, CAST(:source AS text), r.raw))
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id uuid, raw jsonb, new jsonb)
 WHERE t.id = r.id AND t.custom -> :old IS NOT DISTINCT FROM nullif(r.raw, 'null')
"""
_FORGET = """
UPDATE {table} SET custom = custom - CAST(:old AS text) - CAST(:source AS text)
 WHERE id = ANY(CAST(:ids AS uuid[]))
   AND custom -> :old IS NOT DISTINCT FROM custom -> :source
"""
