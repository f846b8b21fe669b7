"""Which columns a list selects, and where the names of its relations come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, select

from app.core.actor import Actor
from app.core.errors import Invalid
from app.records import holding, intake, limits, pointing, registry, scope
from app.records.record import Record
from app.records.titles import title, title_of
from app.records.types import ObjectType

_ALWAYS = ("id", "version")


@dataclass(frozen=True)
class Projection:
    """The columns to select, what to select them from, and how a row becomes a record."""

    described: ObjectType
    columns: tuple[ColumnElement[Any], ...]
    source: FromClause
    names: tuple[str, ...]
    labelled: tuple[str, ...]
    named: tuple[str, ...] = ()

    @cached_property
    def selected(self) -> Select[Any]:
        """The select of the columns, which is kept: taking them one by one costs a tenth of a page."""
        return select(*self.columns)

    def record(self, row: Sequence[Any]) -> Record:
        """The record of a row that begins with this projection's columns."""
        count = len(self.names)
        values = dict(zip(self.names, row, strict=False))
        found = zip(self.labelled, row[count : count + len(self.labelled)], strict=False)
        labels = {name: label for name, label in found if label}
        called_many = zip(self.named, row[count + len(self.labelled) :], strict=False)
        names = {name: tuple(known) for name, known in called_many if known}
        called = title(self.described, values)
        return Record(self.described.name, values["id"], values["version"], called, values, labels, names)


def projection(actor: Actor, described: ObjectType, fields: Sequence[str] | None) -> Projection:
    """What to select for these fields (None: those a table shows); raises Invalid for unknown ones."""
    wanted = described.in_table if fields is None else tuple(fields)
    unknown = [name for name in wanted if name not in described.by_name]
    if unknown:
        raise Invalid([intake.unknown(described, name) for name in unknown])
    targets = frozenset(
        target
        for name in wanted
        if (target := described.by_name[name].relates_to or described.by_name[name].holds) is not None
        and _may_see(actor, target)
    )
    if scope.is_limited(actor):
        return _projection(described, wanted, targets, actor)
    return _of_everybody(described, wanted, targets)


def everything(described: ObjectType) -> tuple[str, ...]:
    """All columns of a record."""
    stamps = ("created_at", "updated_at", "created_by", "updated_by")
    return (*(field.name for field in described.columns), *(s for s in stamps if s in described.by_name))


def _may_see(actor: Actor, target: str) -> bool:
    known = registry.model().targets.get(target)
    return known is not None and (known.permission is None or known.permission in actor.permissions)


@lru_cache(maxsize=512)
def _of_everybody(described: ObjectType, wanted: tuple[str, ...], targets: frozenset[str]) -> Projection:
    return _projection(described, wanted, targets, None)


def _projection(
    described: ObjectType, wanted: tuple[str, ...], targets: frozenset[str], actor: Actor | None
) -> Projection:
    table = described.table
    needed = (*_ALWAYS, *wanted, described.title, *described.title_else, "deleted_at")
    names = tuple(dict.fromkeys(name for name in needed if name in table.c))
    source: FromClause = table
    labels: dict[str, ColumnElement[Any]] = {}
    many: dict[str, ColumnElement[Any]] = {}
    columns: dict[str, ColumnElement[Any]] = {name: table.c[name] for name in names}
    for name in names:
        field = described.by_name.get(name)
        if field and field.relates_to in targets and name in wanted:
            source, labels[name], there = _joined(source, table.c[name], field.relates_to, name, actor)
            columns[name] = there if pointing.half_seen(actor, field) else columns[name]
        elif field:
            if field.holds in targets and name in wanted:
                many[name] = holding.called(actor, field, columns[name]).label(f"{name}_names")
            columns[name] = pointing.seen(actor, field, columns[name])
    selected = (*columns.values(), *labels.values(), *many.values())
    return Projection(described, selected, source, names, tuple(labels), tuple(many))


def _joined(
    source: FromClause, column: ColumnElement[Any], target: str, name: str, actor: Actor | None
) -> tuple[FromClause, ColumnElement[Any], ColumnElement[Any]]:
    """What to select from, the name of what the column points to, and its id where it is seen."""
    other, label = registry.target(target).aliased(f"{name}_of")
    on = other.c.id == column
    pointed_at = registry.find(target)
    if actor and pointed_at:
        if (theirs := scope.rows(actor, pointed_at, other)) is not None:
            on = and_(on, theirs)
        if limits.renamed(actor, target):
            label = title_of(scope.seen(actor, pointed_at), other)
    return source.outerjoin(other, on), label.label(f"{name}_label"), other.c.id.label(f"{name}_seen")
