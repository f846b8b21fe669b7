"""Records as JSON text, made by the database: one, or a page of many in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, select, true

from app.core import paging
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.records import filters, keyset, patience, reading, scope, shapes
from app.records.keyset import Mark, Sort, Way
from app.records.reading import OUT_OF_RANGE, Query
from app.records.rights import allowed
from app.records.types import ObjectType
from tenants import direct
from tenants.direct import Written
from tenants.session import session

Place = Literal["valued", "empty"]
_ID = "record_id"


@dataclass(frozen=True)
class Document:
    """A record as JSON text; `versions` are its own and those of the records that it shows whole."""

    id: UUID
    json: str
    versions: tuple[int, ...]


@dataclass(frozen=True)
class Documents:
    """Records as JSON texts in order, and the cursor of what follows, None at the end."""

    json: list[str]
    next_cursor: str | None


def one(
    actor: Actor,
    object_name: str,
    record_id: UUID,
    *,
    fields: Sequence[str] | None = None,
    expand: Sequence[str] = (),
) -> Document:
    """The record with these fields, None for all that `actor` sees; raises NotFound, or Invalid for names."""
    described = allowed(actor, object_name, "read")
    names = shapes.names_of(actor, described, fields)
    expansions = shapes.expansions_of(actor, described, expand)
    limited = scope.rows(actor, described)
    limited = true() if limited is None and scope.is_limited(actor) else limited
    if limited is None:
        text = _one_text(described, names, expansions)
        row = next(iter(direct.rows(text, {_ID: record_id})), None)
    else:
        statement = _built(actor, described, names, expansions).where(limited)
        row = session.execute(statement, {_ID: record_id}).one_or_none()
    if row is None:
        raise NotFound(object_name)
    return Document(record_id, row[0], (row[1], *(each or 0 for each in row[2])))


@lru_cache(maxsize=256)
def _one(described: ObjectType, names: tuple[str, ...], expansions: tuple[str, ...]) -> Select[Any]:
    shown = shapes.document(described, names, expansions)
    return _selected(described, shown, shapes.expanded_versions(described, expansions))


def _built(
    actor: Actor, described: ObjectType, names: tuple[str, ...], expansions: tuple[str, ...]
) -> Select[Any]:
    """The same for an actor with limits, who may not see all that the record points to."""
    shown = shapes.document_for(actor, described, names, expansions)
    return _selected(described, shown, shapes.versions_for(actor, described, expansions))


def _selected(described: ObjectType, shown: str, versions: str) -> Select[Any]:
    table = described.table
    columns: tuple[ColumnElement[Any], ...] = (
        literal_column(shown),
        table.c.version,
        literal_column(versions),
    )
    here = table.c.id == bindparam(_ID, type_=table.c.id.type)
    return select(*columns).select_from(table).where(here, table.c.deleted_at.is_(None))


@lru_cache(maxsize=256)
def _one_text(described: ObjectType, names: tuple[str, ...], expansions: tuple[str, ...]) -> Written:
    """The same as the driver takes it."""
    return direct.written(_one(described, names, expansions))


def page(
    actor: Actor,
    object_name: str,
    query: Query,
    *,
    expand: Sequence[str] = (),
    most: int = reading.LARGEST_PAGE,
) -> Documents:
    """The records that `query` asks for, in one statement; raises Invalid for what it cannot mean."""
    described = allowed(actor, object_name, "read")
    if not 1 <= query.limit <= most:
        raise Invalid.one("limit", "out_of_range", OUT_OF_RANGE)
    names = shapes.names_of(actor, described, query.fields)
    expansions = shapes.expansions_of(actor, described, expand)
    sort = keyset.sort_of(described, query.sort)
    kind = f"onward {reading.cursor_kind(described, sort, query)}"
    mark = keyset.unpacked(sort, paging.unpack(kind, query.cursor)) if query.cursor else None
    wanted = _Wanted(names, expansions, sort, mark, filters.asks_empty(query.where, sort.name))
    ask = partial(_rows, actor, described, wanted, query)
    limited = scope.is_limited(actor)
    rows = patience.patient(described, query.where, query.search, sort, ask, limited=limited)
    more = len(rows) > query.limit
    kept = rows[: query.limit]
    last = Mark("next", kept[-1][1], kept[-1][0]) if more else None
    return Documents([row[2] for row in kept], paging.pack(kind, last.packed) if last else None)


@dataclass(frozen=True)
class _Wanted:
    """What a page shows, in which order, from where."""

    names: tuple[str, ...]
    expansions: tuple[str, ...]
    sort: Sort
    mark: Mark | None
    empty: bool = False


def _rows(
    actor: Actor, described: ObjectType, wanted: _Wanted, query: Query, way: Way
) -> Sequence[Sequence[Any]]:
    """Id, sort value and JSON text of the page's rows and of one more."""
    if query.where or query.search or query.trashed or scope.is_limited(actor):
        conditions = reading.conditions_of(actor, described, query)
        text = shapes.document_for(actor, described, wanted.names, wanted.expansions)
        return session.execute(_statement(described, wanted, (conditions, way), query.limit, text)).all()
    mark = wanted.mark
    place: Place | None = None if mark is None else "empty" if mark.value is None else "valued"
    plain = _Plain(wanted.names, wanted.expansions, str(wanted.sort), place, query.limit)
    values = {keyset.AT: mark.value, keyset.BEHIND: mark.id} if mark else {}
    return direct.rows(_prepared(described, plain), values)


@dataclass(frozen=True)
class _Plain:
    """A list without conditions: what its statement depends on, of the mark only among which rows it lies."""

    names: tuple[str, ...]
    expansions: tuple[str, ...]
    sort: str
    place: Place | None
    limit: int


@lru_cache(maxsize=512)
def _prepared(described: ObjectType, plain: _Plain) -> Written:
    """The statement as the server takes it, with its values but for those of the mark.

    Building and compiling it takes longer than running it, and lists without conditions are asked most.
    """
    sort = keyset.sort_of(described, plain.sort)
    mark = Mark("next", None if plain.place == "empty" else "", UUID(int=0)) if plain.place else None
    alive = [described.table.c.deleted_at.is_(None)]
    wanted = _Wanted(plain.names, plain.expansions, sort, mark)
    text = shapes.document(described, wanted.names, wanted.expansions)
    return direct.written(_statement(described, wanted, (alive, "straight"), plain.limit, text))


def _statement(
    described: ObjectType, wanted: _Wanted, met: tuple[list[Any], Way], limit: int, shown: str
) -> Select[Any]:
    """Of the rows that meet conditions, found that way, the first behind the mark."""
    table = described.table
    conditions, way = met
    found = keyset.keys(
        described, wanted.sort, conditions, wanted.mark, limit + 1, way=way, empty=wanted.empty
    )
    text: ColumnElement[Any] = literal_column(shown)
    return (
        select(found.c.id, found.c.key, text)
        .select_from(found.join(table, table.c.id == found.c.id))
        .order_by(*keyset.order(wanted.sort, found, backward=False))
    )
