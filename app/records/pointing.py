"""What a relation tells: the record that it points to where one sees that record, else nothing at all.

What one may not see does not exist, so a relation to it reads as empty wherever it is read: in columns, as
JSON, in filters, in what the log tells and in what a conflict tells. Who leaves such a field empty leaves it
as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.ids import parse_id
from app.records import holding, registry, scope
from app.records.types import Change, Field, ObjectType
from tenants.session import session


def seen(actor: Actor | None, field: Field, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column of the relation, empty where it points to what `actor` does not see.

    It is the very same column where he sees all, and of every field that is no relation to records. Of
    several records it is those that he sees and that lie not in the trash.
    """
    if field.holds:
        return holding.seen(actor, field, column)
    target = half_seen(actor, field)
    if actor is None or target is None:
        return column
    other = target.table.alias()
    theirs = scope.rows(actor, target, other)
    if theirs is None:
        return column
    return select(other.c.id).where(other.c.id == column, theirs).correlate_except(other).scalar_subquery()


def written(actor: Actor | None, field: Field, alias: str) -> str:
    """The same as SQL, of a row of the field's object under the name `alias`."""
    if field.holds:
        return holding.written(actor, field, alias)
    column, target = f"{alias}.{field.name}", half_seen(actor, field)
    if actor is None or target is None:
        return column
    there = f"to_{field.name}"
    theirs = scope.written(actor, target, there)
    if not theirs:
        return column
    source = f"{target.source} {there}"
    return f"(SELECT {there}.id FROM {source} WHERE {there}.id = {column} AND {theirs})"  # noqa: S608


def unsaid(
    actor: Actor,
    described: ObjectType,
    values: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    sight: scope.Sight | None = None,
) -> Mapping[str, Any]:
    """The values without those that empty what is empty for `actor` already, who only said what he saw."""
    if not before or not scope.is_limited(actor):
        return values
    before = {name: value for name, value in before.items() if not isinstance(value, list)}
    kept = {each.path for each in scope.out_of_sight(actor, described, emptied(values, before), sight)}
    return {name: value for name, value in values.items() if name not in kept} if kept else values


def emptied(values: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the fields held that these values empty."""
    return {name: before[name] for name, value in values.items() if not value and before.get(name)}


def sight(
    actor: Actor, described: ObjectType, rows: Sequence[Mapping[str, Any]], changes: Sequence[Change]
) -> scope.Sight | None:
    """What `actor` sees of all that these rows point to, and of what those pointed to that are changed."""
    if not scope.is_limited(actor):
        return None
    held = [emptied(values, each.before or {}) for values, each in zip(rows, changes, strict=True)]
    return scope.sight(actor, described, [*rows, *held])


def whole(described: ObjectType, record_id: UUID) -> Mapping[str, UUID]:
    """What the record points to, seen or not, by field: for what is written about it, never to be shown."""
    names = [each.name for each in described.relations]
    table = described.table
    row = session.execute(select(*(table.c[name] for name in names)).where(table.c.id == record_id)).first()
    return {name: each for name, each in zip(names, row or (), strict=False) if isinstance(each, UUID)}


def told(actor: Actor, described: ObjectType, conflict: Conflict) -> Conflict:
    """The conflict without what `actor` does not see of it."""
    if not scope.is_limited(actor):
        return conflict
    for values in (conflict.yours, conflict.theirs, conflict.base):
        for field in described.holding:
            if values.get(field.name):
                ids = holding.ids_of(values[field.name])
                values[field.name] = blanked(
                    values[field.name], scope.visible(actor, field.target or "", ids)
                )
    for values in (conflict.theirs, conflict.base):
        for each in scope.out_of_sight(actor, described, values):
            values[each.path] = None
    return conflict


def blanked(value: Any, names: Collection[UUID]) -> Any:
    """The id as a fact tells it where it is among those that are seen, of several those that are, or None."""
    if isinstance(value, list):
        return holding.among(value, names)
    return value if parse_id(value) in names else None


def half_seen(actor: Actor | None, field: Field) -> ObjectType | None:
    """The object that the field points to, where there may be records of it which `actor` does not see."""
    if actor is None or field.kind != "relation" or not field.target or not scope.is_limited(actor):
        return None
    return registry.find(field.target)
