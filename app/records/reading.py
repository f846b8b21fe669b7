"""Reading records: one, a page of many, and choices for relations. Rows, never ORM objects."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2s
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func, select

from app.core import paging
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.text import N_
from app.records import (
    filters,
    identifiers,
    keyset,
    lengths,
    meaning,
    patience,
    projection,
    reaches,
    reaching,
    registry,
    scope,
    searching,
)
from app.records.filters import All, Condition, Where
from app.records.keyset import Mark, Sort, Way
from app.records.plain import identified, outward
from app.records.record import Record
from app.records.rights import allowed
from app.records.tables import search as entries
from app.records.titles import named_in
from app.records.types import ObjectType
from tenants.context import current
from tenants.session import session

LARGEST_PAGE = 200
COUNTED = 10_000
OUT_OF_RANGE = N_("A page has 1 to 200 rows.")


@dataclass(frozen=True)
class Query:
    """What a list shows. `sort` is a field's name, with - before it for the largest first.

    `fields` None: those that a table shows by default. `limit` is 1 to 200. `forgiving`: where nothing has
    the words of `search`, they are read with a slip in them; `meant` is what a page reads them as.
    """

    where: Where | None = None
    search: str | None = None
    sort: str | None = None
    cursor: str | None = None
    limit: int = 50
    fields: Sequence[str] | None = None
    trashed: bool = False
    count: bool = True
    forgiving: bool = False
    meant: str | None = None


@dataclass(frozen=True)
class Count:
    """How many rows there are; `exact` False: at least that many."""

    value: int
    exact: bool


@dataclass(frozen=True)
class Page:
    """Rows in order, and the cursors of the pages after and before them.

    `meant` is what the search was read as, None where the rows have what was typed.
    """

    rows: list[Record]
    next_cursor: str | None
    previous_cursor: str | None
    count: Count | None
    sort: str
    meant: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no row."""
        return not self.rows


class Found(Protocol):
    """A page of any form."""

    @property
    def is_empty(self) -> bool: ...


T = TypeVar("T", bound=Found)


def fetch(actor: Actor, object_name: str, record_id: UUID, *, trashed: bool = False) -> Record:
    """The record with all its fields and the names of what it points to; raises NotFound.

    With `trashed` it may also lie in the trash; `deleted_at` tells.
    """
    described = allowed(actor, object_name, "read")
    table = described.table
    shown = projection.projection(actor, described, projection.everything(described))
    statement = shown.selected.select_from(shown.source).where(table.c.id == record_id)
    if not trashed:
        statement = statement.where(table.c.deleted_at.is_(None))
    if (theirs := scope.rows(actor, described)) is not None:
        statement = statement.where(theirs)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(object_name)
    record = shown.record(row)
    if not described.identified:
        return record
    known = identifiers.load(described, [record_id])[record_id]
    return dataclasses.replace(record, values=outward(described, {**record.values, **known}))


def page(actor: Actor, object_name: str, query: Query | None = None) -> Page:
    """The rows that `query` asks for, in at most two statements; raises Invalid for what it cannot mean.

    Where it is forgiving and finds nothing, further statements look for what was meant.
    """
    return forgiven(actor, object_name, query or Query(), partial(_page, actor, object_name))


def forgiven(actor: Actor, object_name: str, query: Query, ask: Callable[[Query], T]) -> T:
    """What `ask` finds; where that is nothing and a slip is forgiven, what it finds by what may be meant.

    Pages after the first tell by their cursor as what the search was read, so they are of one list.
    """
    found = ask(query)
    if not (found.is_empty and query.forgiving and query.search) or query.cursor or query.trashed:
        return found
    for each in meaning.readings(actor, object_name, query.search):
        try:
            again = ask(dataclasses.replace(query, meant=each))
        except Invalid as refused:
            if not patience.too_slow(refused):
                raise
            return found
        if not again.is_empty:
            return again
    return found


def _page(actor: Actor, object_name: str, query: Query) -> Page:
    described = allowed(actor, object_name, "read")
    if not 1 <= query.limit <= LARGEST_PAGE:
        raise Invalid.one("limit", "out_of_range", OUT_OF_RANGE)
    shown = projection.projection(actor, described, query.fields)
    sort = keyset.sort_of(described, query.sort)
    kind = cursor_kind(described, sort, query)
    mark, query = opened(kind, sort, query)
    conditions = conditions_of(actor, described, query)
    backward = mark is not None and mark.direction == "previous"
    empty = filters.asks_empty(query.where, sort.name)

    def ask(way: Way) -> list[Any]:
        met = conditions_of(actor, described, query, gathered=True) if way == "sorted" else conditions
        found = keyset.keys(described, sort, met, mark, query.limit + 1, way=way, empty=empty)
        return _rows(shown, found, keyset.order(sort, found, backward=backward))

    limited = scope.is_limited(actor) or query.trashed
    rows = patience.patient(described, query.where, query.search, sort, ask, limited=limited)
    records, after, before = _cut(partial(cursor, kind, query), shown, rows, mark, query.limit)
    return Page(
        _with_lists(described, records, query.fields),
        after,
        before,
        count=_counted(actor, described, query, conditions, rows) if query.count else None,
        sort=str(sort),
        meant=query.meant,
    )


def related(
    actor: Actor, object_name: str, record_id: UUID, related_name: str, query: Query | None = None
) -> Page:
    """The page of the related list called `related_name` on the record's page."""
    described = allowed(actor, object_name, "read")
    found = next((each for each in described.related if each.name == related_name), None)
    if found is None:
        raise NotFound(related_name)
    scope.check(actor, described, record_id)
    query = query or Query()
    holds = registry.get(found.object).by_name[found.field].holds
    here = Condition(found.field, "in", (record_id,)) if holds else Condition(found.field, "eq", record_id)
    where = All((here, query.where)) if query.where else here
    return page(actor, found.object, dataclasses.replace(query, where=where))


def _rows(shown: projection.Projection, found: Subquery, order: Sequence[Any]) -> list[Any]:
    source = shown.source.join(found, found.c.id == shown.described.table.c.id)
    statement = shown.selected.add_columns(found.c.key).select_from(source).order_by(*order)
    # Told by whose table to go, the session need not look for one in the statement.
    return list(session.execute(statement, bind_arguments={"clause": shown.described.base}))


def _cut(
    cursor_of: Callable[[Mark], str],
    shown: projection.Projection,
    rows: list[Any],
    mark: Mark | None,
    limit: int,
) -> tuple[list[Record], str | None, str | None]:
    """Records of the page, and cursors where there are rows beyond it."""
    backward = mark is not None and mark.direction == "previous"
    more = len(rows) > limit
    kept = rows[:limit]
    if backward:
        kept.reverse()
    after = bool(kept) and (more or backward)
    before = bool(kept) and (more if backward else mark is not None)
    return (
        [shown.record(row) for row in kept],
        cursor_of(Mark("next", kept[-1][-1], kept[-1][0])) if after else None,
        cursor_of(Mark("previous", kept[0][-1], kept[0][0])) if before else None,
    )


def _with_lists(described: ObjectType, rows: list[Record], fields: Sequence[str] | None) -> list[Record]:
    """The records with their e-mails, phones and ids, where these are to be shown."""
    wanted = described.in_table if fields is None else fields
    names = [each.name for each in described.identified if each.name in wanted]
    if not names or not rows:
        return rows
    known = identifiers.load(described, [row.id for row in rows])
    return [
        dataclasses.replace(
            row,
            values={**row.values, **{name: identified(known[row.id][name]) for name in names}},
        )
        for row in rows
    ]


def cursor(kind: str, query: Query, mark: Mark) -> str:
    """The cursor of this place in the list, which keeps as what the search was read."""
    return paging.pack(kind, [*mark.packed, *([query.meant] if query.meant else [])])


def opened(kind: str, sort: Sort, query: Query) -> tuple[Mark | None, Query]:
    """The place where the page begins, None: at the first row; and the query, read as the page before was."""
    if not query.cursor:
        return None, query
    direction, value, record_id, *meant = paging.unpack(kind, query.cursor)
    mark = keyset.unpacked(sort, [direction, value, record_id])
    return mark, dataclasses.replace(query, meant=meant[0] if meant else None)


def cursor_kind(described: ObjectType, sort: Sort, query: Query) -> str:
    """What a cursor is good for: this list of this tenant, with these conditions, in this order."""
    asked = repr((query.where, query.search or "", query.trashed)).encode("utf-8", "surrogatepass")
    return f"{current().schema} {described.name} {sort} {blake2s(asked, digest_size=8).hexdigest()}"


def conditions_of(
    actor: Actor, described: ObjectType, query: Query, *, gathered: bool = False
) -> list[ColumnElement[bool]]:
    """What the rows that `query` asks for have in common; `gathered`: where all that fits is to be found."""
    table = described.table
    deleted = table.c.deleted_at
    conditions: list[ColumnElement[bool]] = [deleted.is_not(None) if query.trashed else deleted.is_(None)]
    reach = reaches.of(actor, described, trashed=query.trashed, where=query.where)
    theirs = reach.gathered() if gathered and not query.trashed else reach.rows()
    if theirs is not None:
        conditions.append(theirs)
    if query.where is not None:
        order = (query.sort or described.default_sort).removeprefix("-")
        conditions.append(filters.compile(described, query.where, actor, order))
        conditions += [
            filters.compile(described, more, actor) for more in filters.implied(query.where, order)
        ]
    search = query.meant or query.search
    if search and query.trashed:
        # What lies in the trash has no entry any more; it is found by what one sees of it.
        named = searching.matches(search, searching.folded(named_in(scope.seen(actor, described), table)))
        return conditions if named is None else [*conditions, named]
    typed = scope.searched(actor, partial(searching.matches, search)) if search else None
    if typed is not None:
        found = select(entries.c.record_id).where(entries.c.object == described.name, typed)
        # As an array it is found first and once, by the trigrams; else the planner may walk the whole list.
        conditions.append(table.c.id == func.any(func.array(found.scalar_subquery())))
    return conditions


def _counted(
    actor: Actor,
    described: ObjectType,
    query: Query,
    conditions: list[ColumnElement[bool]],
    rows: Sequence[Any],
) -> Count:
    """How many rows the whole list has; where that takes too long, that there are as many as are seen."""
    if query.cursor is None and len(rows) <= query.limit:
        return Count(len(rows), exact=True)
    if query.where is None and not query.search:
        return _length(actor, described, conditions, query.trashed)
    seen = Count(min(len(rows), query.limit), exact=False)
    return patience.hasty(lambda: _count(described, conditions), seen)


def _length(
    actor: Actor, described: ObjectType, conditions: list[ColumnElement[bool]], trashed: bool
) -> Count:
    """The count of a list without filters; a long one is remembered, for who has limits as his own."""
    whose = (actor.id, actor.grants) if scope.is_limited(actor) else None
    which = (current().schema, described.name, trashed, whose)
    if lengths.is_long(which):
        return Count(COUNTED, exact=False)
    found = _at_least(actor, described, trashed) or _count(described, conditions)
    if not found.exact:
        lengths.note(which)
    return found


def _at_least(actor: Actor, described: ObjectType, trashed: bool) -> Count | None:
    """That there are very many, where there are of those that are the actor's by themselves: by an index."""
    if trashed or not reaches.is_partly_seen(actor, described):
        return None
    table = described.table
    found = _count(described, [table.c.deleted_at.is_(None), reaching.own(actor, described, table)])
    return None if found.exact else found


def _count(described: ObjectType, conditions: list[ColumnElement[bool]]) -> Count:
    some = select(described.table.c.id).where(*conditions).limit(COUNTED + 1).subquery()
    value = session.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(value, COUNTED), value <= COUNTED)
