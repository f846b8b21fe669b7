"""Which record another one was merged into, and where what told the two apart leads since."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from app.records.joining.pointers import links
from app.records.tables import array_of
from app.records.types import IDENTIFIED, ObjectType
from app.records.uniqueness import lowered
from tenants.session import session

KIND = "merged"
# A record may go on into another one; the way ends where nothing leads on.
_WAY = (
    "WITH RECURSIVE way AS ({begin}"
    " UNION ALL SELECT way.value, l.to_id, way.step + 1 FROM way"
    " JOIN links l ON l.kind = 'merged' AND l.from_object = :object AND l.from_id = way.id"
    " WHERE way.step < 50)"
    " SELECT value, id FROM way ORDER BY step"
)
_MANY = bindparam("values", type_=ARRAY(Text))
_IDENTIFIED = (
    "SELECT i.value, l.to_id AS id, 1 AS step FROM identifiers i"
    " JOIN links l ON l.kind = 'merged' AND l.from_object = :object AND l.from_id = i.record_id"
    " WHERE i.object = :object AND i.kind = :kind AND NOT i.is_live AND i.value = ANY(:values)"
    " AND (i.system = :system OR :system = '')"
)
_UNIQUE = (
    "SELECT key.value, l.to_id AS id, 1 AS step FROM unnest(:values) key (value)"
    " JOIN links l ON l.kind = 'merged' AND l.from_object = :object"
    " AND l.data -> 'once' ? (:name || ':' || key.value)"
)
_LED = text(_WAY.format(begin=_IDENTIFIED)).bindparams(_MANY)
_LED_BY = text(_WAY.format(begin=_UNIQUE)).bindparams(_MANY)


def into(object_name: str, record_id: UUID) -> UUID | None:
    """The record that this one was merged into and still is, or None."""
    here = (links.c.kind == KIND, links.c.from_object == object_name, links.c.from_id == record_id)
    found: UUID | None = session.scalar(select(links.c.to_id).where(*here))
    return found


def led(object_name: str, system: str, values: Collection[str], kind: str = "external") -> dict[str, UUID]:
    """Where ids in another system lead of which the records were merged into others; '' is any system.

    The other system knows nothing of a merge and goes on speaking of both.
    """
    if not values:
        return {}
    asked = {"object": object_name, "kind": kind, "system": system, "values": sorted(values)}
    return {row.value: row.id for row in session.execute(_LED, asked)}


def led_by(described: ObjectType, name: str, values: Collection[str]) -> dict[str, UUID]:
    """The same for values of a field of which one belongs to one live record only; of any other none."""
    lists = {one: described.by_name[many] for many, one in described.primaries.items()}
    if name in lists:
        listed = lists[name]
        return led(described.name, "", values, IDENTIFIED[listed.kind]) if listed.exclusive else {}
    field = described.by_name.get(name)
    if not values or field is None or not field.unique:
        return {}
    forms = {value: lowered(value) for value in values}
    asked = {"object": described.name, "name": name, "values": sorted(set(forms.values()))}
    found = {row.value: row.id for row in session.execute(_LED_BY, asked)}
    return {value: found[form] for value, form in forms.items() if form in found}


def once(described: ObjectType, both: Collection[Mapping[str, Any]]) -> list[str]:
    """What the unique fields of two records say that become one, as `led_by` finds it."""
    told = ((field.name, each.get(field.name)) for field in described.uniques for each in both)
    return [f"{name}:{lowered(str(value))}" for name, value in told if value is not None]


def by(record_ids: Collection[UUID]) -> list[UUID]:
    """The records that were merged into these."""
    here = (links.c.kind == KIND, links.c.to_id == any_(array_of(record_ids)))
    return list(session.scalars(select(links.c.from_id).where(*here)))
