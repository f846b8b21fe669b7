"""Records as JSON text, made by the database: one, or a page of many, which are found first if filtered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, bindparam, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY

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
_ID, _IDS = "record_id", "record_ids"


@dataclass(frozen=True)
class Document:
    """A record as JSON text; `versions` are its own and those of the records that it shows whole."""

    id: UUID
    json: str
    versions: tuple[int, ...]


@dataclass(frozen=True)
class Documents:
    """Records as JSON texts in order, and the cursor of what follows, None at the end.

    `meant` is what the search was read as, None where the records have what was typed.
    """

    json: list[str]
    next_cursor: str | None
    meant: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no record."""
        return not self.json


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
    """The records that `query` asks for, in one statement or two; raises Invalid for what it cannot mean.

    Where it is forgiving and finds nothing, further statements look for what was meant.
    """
    ask = partial(_page, actor, object_name, expand, most)
    return reading.forgiven(actor, object_name, query, ask)


def _page(actor: Actor, object_name: str, expand: Sequence[str], most: int, query: Query) -> Documents:
    described = allowed(actor, object_name, "read")
    if not 1 <= query.limit <= most:
        raise Invalid.one("limit", "out_of_range", OUT_OF_RANGE)
    names = shapes.names_of(actor, described, query.fields)
    expansions = shapes.expansions_of(actor, described, expand)
    sort = keyset.sort_of(described, query.sort)
    kind = f"onward {reading.cursor_kind(described, sort, query)}"
    mark, query = reading.opened(kind, sort, query)
    wanted = _Wanted(names, expansions, sort, mark, filters.asks_empty(query.where, sort.name))
    limited = scope.is_limited(actor)
    is_plain = not (query.where or query.search or query.trashed or limited)
    ask = (
        partial(_plain_rows, described, wanted, query.limit)
        if is_plain
        else partial(_places, actor, described, wanted, query)
    )
    rows = patience.patient(described, query.where, query.search, sort, ask, limited=not is_plain)
    more = len(rows) > query.limit
    kept = rows[: query.limit]
    last = Mark("next", kept[-1][1], kept[-1][0]) if more else None
    texts = [row[2] for row in kept] if is_plain else _texts(actor, described, wanted, kept)
    return Documents(texts, reading.cursor(kind, query, last) if last else None, query.meant)


@dataclass(frozen=True)
class _Wanted:
    """What a page shows, in which order, from where."""

    names: tuple[str, ...]
    expansions: tuple[str, ...]
    sort: Sort
    mark: Mark | None
    empty: bool = False


def _places(
    actor: Actor, described: ObjectType, wanted: _Wanted, query: Query, way: Way
) -> Sequence[Sequence[Any]]:
    """Id and sort value of the page's rows and of one more: what is planned for the values of each list."""
    conditions = reading.conditions_of(actor, described, query)
    found = keyset.keys(
        described, wanted.sort, conditions, wanted.mark, query.limit + 1, way=way, empty=wanted.empty
    )
    order = keyset.order(wanted.sort, found, backward=False)
    return session.execute(select(found.c.id, found.c.key).order_by(*order)).all()


def _texts(actor: Actor, described: ObjectType, wanted: _Wanted, rows: Sequence[Sequence[Any]]) -> list[str]:
    """The JSON texts of these rows, which is planned once for all lists; what went meanwhile has none."""
    ids = [row[0] for row in rows]
    if not ids:
        return []
    if scope.is_limited(actor):
        text = shapes.document_for(actor, described, wanted.names, wanted.expansions)
        found = session.execute(_many(described, text), {_IDS: ids}).all()
    else:
        found = direct.rows(_many_written(described, wanted.names, wanted.expansions), {_IDS: ids})
    known = {row[0]: row[1] for row in found}
    return [known[each] for each in ids if each in known]


def _many(described: ObjectType, shown: str) -> Select[Any]:
    table = described.table
    these = table.c.id == any_(bindparam(_IDS, type_=ARRAY(Uuid)))
    return select(table.c.id, literal_column(shown)).select_from(table).where(these)


@lru_cache(maxsize=256)
def _many_written(described: ObjectType, names: tuple[str, ...], expansions: tuple[str, ...]) -> Written:
    return direct.written(_many(described, shapes.document(described, names, expansions)))


def _plain_rows(described: ObjectType, wanted: _Wanted, limit: int, way: Way) -> Sequence[Sequence[Any]]:
    """Id, sort value and JSON text of the rows of a list without conditions, and of one more."""
    del way
    mark = wanted.mark
    place: Place | None = None if mark is None else "empty" if mark.value is None else "valued"
    plain = _Plain(wanted.names, wanted.expansions, str(wanted.sort), place, limit)
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
    alive: list[ColumnElement[bool]] = [described.table.c.deleted_at.is_(None)]
    found = keyset.keys(described, sort, alive, mark, plain.limit + 1)
    text: ColumnElement[Any] = literal_column(shapes.document(described, plain.names, plain.expansions))
    statement = (
        select(found.c.id, found.c.key, text)
        .select_from(found.join(described.table, described.table.c.id == found.c.id))
        .order_by(*keyset.order(sort, found, backward=False))
    )
    return direct.written(statement)
