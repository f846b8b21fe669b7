"""The values of a field as they lie in its records, read and laid down anew in portions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, func, select, text
from sqlalchemy.dialects.postgresql import array

from app.core.clock import now
from app.domain.modelling.removing import table_of
from app.records.plain import dumps
from app.records.tables import array_of, records
from tenants.session import session

SIZE = 2_000
NONE = UUID(int=0)


def kept_beside(key: str) -> str:
    """Under which name the value lies that the one under `key` was before the field was of this kind."""
    return f"{key}>"


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
    def kept(self) -> str:
        """Under which name lies what the value under `new` was before."""
        return kept_beside(self.new)

    @property
    def table(self) -> Any:
        """The table of the records."""
        return table_of(self.object)


Found = Sequence[tuple[UUID, Any, Any]]
Settled = Sequence[tuple[UUID, int, Any, Any]]


def after(place: Place, last: UUID) -> Found:
    """Ids and values of the records behind `last` that have one, those in the trash too.

    Beside them what the values were before the field was given the kind that it has, where they were others.
    """
    statement = _rows(place).where(place.table.c.id > last, place.table.c.custom.has_key(place.old))
    rows = session.execute(statement.order_by(place.table.c.id).limit(SIZE))
    return [(record_id, value, kept) for record_id, value, kept in rows]


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
    return [(record_id, value, kept) for record_id, value, kept in rows]


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


def settle(place: Place, ids: Sequence[UUID], member_id: UUID | None) -> Settled:
    """Put the values as they were aside, for who takes the change back; a record that says something else by
    now has another version.

    Answers these with id, version, and the value before and now.
    """
    found = session.execute(
        text(_SETTLE.format(table=place.table.name)),
        {
            "ids": list(ids), "old": place.old, "source": place.source, "new": place.new, "kept": place.kept,
            "member": member_id, "at": now(),
        },
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in found if row[2] is not None]


def forget(place: Place) -> int:
    """Remove some of what was put aside; of how many records."""
    mine = select(place.table.c.id).where(place.table.c.custom.has_key(place.kept)).limit(SIZE)
    ids = session.scalars(mine).all()
    if ids:
        session.execute(text(_FORGET.format(table=place.table.name)), {"ids": list(ids), "kept": place.kept})
    return len(ids)


def are_unique(place: Place) -> bool:
    """Whether no two live records have the same new value."""
    key = func.lower(place.table.c.custom[place.new].astext)
    live = select(key).where(place.table.c.deleted_at.is_(None), key.is_not(None))
    if place.table is records:
        live = live.where(records.c.object == place.object)
    return session.scalar(live.group_by(key).having(func.count() > 1).limit(1)) is None


def _rows(place: Place) -> Select[Any]:
    custom = place.table.c.custom
    statement = select(place.table.c.id, custom[place.old], custom[kept_beside(place.old)])
    return statement.where(records.c.object == place.object) if place.table is records else statement


# Neither version nor time of change: what the record says is the same.
_LAY = """
UPDATE {table} t SET custom = jsonb_strip_nulls(
    (t.custom - CAST(:stale AS text[]))
    || jsonb_build_object(CAST(:new AS text), r.new, CAST(:source AS text), r.raw))
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id uuid, raw jsonb, new jsonb)
 WHERE t.id = r.id AND t.custom -> :old IS NOT DISTINCT FROM nullif(r.raw, 'null')
"""
_OTHER = "(t.custom ? :source AND t.custom ? :new AND t.custom -> :source IS DISTINCT FROM t.custom -> :new)"
_SETTLE = f"""
UPDATE {{table}} t SET custom = (t.custom - CAST(:old AS text) - CAST(:source AS text) - CAST(:kept AS text))
       || CASE WHEN {_OTHER} THEN jsonb_build_object(CAST(:kept AS text), t.custom -> :source)
               ELSE CAST('{{{{}}}}' AS jsonb) END,
       version = t.version + CASE WHEN {_OTHER} THEN 1 ELSE 0 END,
       updated_at = CASE WHEN {_OTHER} THEN CAST(:at AS timestamptz) ELSE t.updated_at END,
       updated_by = CASE WHEN {_OTHER} THEN coalesce(CAST(:member AS uuid), t.updated_by)
                         ELSE t.updated_by END
 WHERE t.id = ANY(CAST(:ids AS uuid[])) AND t.custom -> :old IS NOT DISTINCT FROM t.custom -> :source
RETURNING t.id, t.version, t.custom -> :kept, t.custom -> :new
"""  # noqa: S608 - our own words
_FORGET = """
UPDATE {table} SET custom = custom - CAST(:kept AS text) WHERE id = ANY(CAST(:ids AS uuid[]))
"""
