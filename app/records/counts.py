"""How much belongs to a record: one figure for each of its related lists, in one statement."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, Uuid, bindparam, func, select

from app.core.actor import Actor
from app.records import holding, registry, scope
from app.records.types import ObjectType
from tenants.session import session

# Beyond this a figure on a tab tells nobody anything.
COUNTED = 1000
_RECORD = bindparam("record", type_=Uuid)


def related_counts(
    actor: Actor,
    described: ObjectType,
    record_id: UUID,
    beside: Mapping[str, ScalarSelect[int]] | None = None,
) -> Mapping[str, int]:
    """The number of rows of each related list that `actor` may read, at most COUNTED.

    `beside` are counts of what features keep for the record, taken in the same statement.
    """
    beside = beside or {}
    names = tuple(
        each.name
        for each in described.related
        if registry.get(each.object).permission("read") in actor.permissions
    )
    if not names and not beside:
        return {}
    limited = scope.is_limited(actor)
    statement = _counting(described, names, actor) if limited else _statement(described, names)
    row = session.execute(statement.add_columns(*beside.values()), {"record": record_id}).one()
    return dict(zip((*names, *beside), row, strict=True))


@lru_cache(maxsize=64)
def _statement(described: ObjectType, names: tuple[str, ...]) -> Select[Any]:
    return _counting(described, names, None)


def _counting(described: ObjectType, names: tuple[str, ...], actor: Actor | None) -> Select[Any]:
    counts = []
    for related in described.related:
        if related.name in names:
            other = registry.get(related.object)
            table = other.table
            here = holding.names(other.by_name[related.field], table.c[related.field], _RECORD)
            mine = [here, table.c.deleted_at.is_(None)]
            if actor is not None and (theirs := scope.rows(actor, other)) is not None:
                mine.append(theirs)
            some = select(table.c.id).where(*mine).limit(COUNTED).subquery()
            counts.append(select(func.count()).select_from(some).scalar_subquery())
    return select(*counts)
