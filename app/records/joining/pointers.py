"""What points to a record: worked out from the descriptions and the tables, so that nothing is forgotten.

A relation of an object is one; so is a column with a foreign key, a pair of columns `object` and `record_id`,
either end of a link, and a column whose model says `info=points_to("contacts", ...)`. What the engine keeps
of each record in its own way (identifiers, search, facts) is no pointer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint, select

from app.records import registry
from app.records.computed.tables import recounts
from app.records.model import built
from app.records.tables import (
    POINTS_TO,
    Link,
    fact_values,
    facts,
    field_rows,
    identifiers,
    object_types,
    search,
    table_of,
)
from app.records.types import Field, ObjectType
from tenants.base import TenantBase
from tenants.session import session

links = table_of(Link)
# Kept of each record in a way of their own: see `merge`.
OWN = frozenset({identifiers.name, search.name, facts.name, fact_values.name, recounts.name})
_ENDS = (("from_id", "from_object", "to_id", "to_object"), ("to_id", "to_object", "from_id", "from_object"))


@dataclass(frozen=True, eq=False)
class Pointer:
    """A column that points to records of one object, in the rows whose `given` columns hold these values.

    A link is never turned to point from a record to itself: `other` names the columns of its other end.
    """

    table: Table
    column: str
    given: Mapping[str, str] = field(default_factory=dict)
    other: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """How a journal calls it."""
        return f"{self.table.name}.{self.column}"

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart, whatever they point to."""
        return tuple(each.name for each in self.table.primary_key if each.name != self.column)

    @property
    def unique(self) -> tuple[tuple[str, ...], ...]:
        """For each constraint on the column its other columns: rows that agree in these cannot both be."""
        found = []
        for each in self.table.constraints:
            if isinstance(each, PrimaryKeyConstraint | UniqueConstraint) and self.column in each.columns:
                found.append(tuple(column.name for column in each.columns if column.name != self.column))
        return tuple(found)


def fields_to(described: ObjectType) -> list[tuple[ObjectType, Field]]:
    """The relations, to one or to several, of all objects, hidden ones too, that point to `described`."""
    return [
        (other, each)
        for other in _whole()
        for each in (*other.relations, *other.holding)
        if each.target == described.name
    ]


def _whole() -> Sequence[ObjectType]:
    """The objects and fields of the tenant as if nothing were hidden: what is hidden keeps its values."""
    if registry.model() is registry.standard():
        return registry.every()
    objects, fields = (
        [{**row, "hidden_at": None} for row in session.execute(select(table)).mappings()]
        for table in (object_types, field_rows)
    )
    return built("", registry.standard(), objects, fields).every()


def pointers_to(described: ObjectType) -> list[Pointer]:
    """Whatever else points to its records."""
    covered = frozenset((other.base.name, each.name) for other, each in fields_to(described))
    return [
        each
        for each in _all(described.name, described.base.name)
        if (each.table.name, each.column) not in covered
    ]


@lru_cache(maxsize=256)
def _all(name: str, table_name: str) -> tuple[Pointer, ...]:
    return tuple(_found(name, table_name))


def _found(name: str, table_name: str) -> Iterator[Pointer]:
    for table in TenantBase.metadata.sorted_tables:
        if table.name == links.name:
            for column, kind, other, other_kind in _ENDS:
                yield Pointer(table, column, {kind: name}, (other, other_kind))
        elif table.name not in OWN:
            yield from _of_table(table, name, table_name)


def _of_table(table: Table, name: str, table_name: str) -> Iterator[Pointer]:
    if {"object", "record_id"} <= set(table.c.keys()):
        yield Pointer(table, "record_id", {"object": name})
    for column in table.c:
        declared = column.info.get(POINTS_TO)
        if declared and declared[0] == name:
            yield Pointer(table, column.name, declared[1])
        elif any(key.column.table.name == table_name for key in column.foreign_keys):
            yield Pointer(table, column.name)
