"""What begins with what was typed, or changed last and has it, ranked: one statement for all objects.

Titles and fields are read in the order of their indexes, so it is as quick with a million records. It is
built once for all texts of a form, for each member with limits once more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from app.core.actor import Actor
from app.records import limits, reaches, registry, scope, typed
from app.records.reaches import Reach
from app.records.sources import TEXTS
from app.records.tables import search
from app.records.typed import Form, Typed
from app.records.types import ObjectType
from tenants import direct, hurry
from tenants.direct import Written
from tenants.session import session

# How many matches of one kind are ranked; behind a word that fits thousands nobody reads them all.
RANKED = 200
# Of each object so many that changed last are looked through: what one works on is found first.
LATEST = 150
# Who sees very many records, but not all, is looked up with each: of fewer, among so many that changed last.
RANKED_MANY, LOOKED = 50, 1_000
# The objects that are searched, and what of each the actor sees.
Names = Mapping[str, Reach]
# They stand in the statement, which is planned once for what they let through.
_RANKED: ColumnElement[int] = literal_column(str(RANKED))
_RANKED_MANY: ColumnElement[int] = literal_column(str(RANKED_MANY))
_LATEST: ColumnElement[int] = literal_column(str(LATEST))
_LOOKED: ColumnElement[int] = literal_column(str(LOOKED))
_BY_LETTERS = ("OPERATOR(pg_catalog.~>=~)", "OPERATOR(pg_catalog.~<~)")
_LETTER_BY_LETTER: custom_op[Any] = custom_op("USING OPERATOR(pg_catalog.~<~)")
_SHOWN = ("object", "record_id", "title", "subtitle", "owner_id", "updated_at")
# The name of the value that says who asks.
ME = "member_id"
# They stand in entries by the lists that they are the first of.
_PRIMARY = frozenset({"email", "phone"})


@dataclass(frozen=True)
class _Question:
    """What the statement depends on; `actor` and `names` are told by the rest."""

    revision: str
    objects: tuple[tuple[ObjectType, bool], ...]
    limits: Any
    form: Form
    limit: int
    actor: Actor = field(compare=False)
    names: Names = field(compare=False)


def ranked(actor: Actor, names: Names, words: Sequence[str], limit: int) -> list[Any]:
    """Object, id, title and subtitle of what was found, best first."""
    asked = Typed(tuple(words))
    ids = reaches.values(names)
    values = {**asked.values, **ids, ME: actor.member_id}
    if scope.is_customer(actor):
        return list(session.execute(_statement(actor, names, asked.form, limit), values))
    statement = _written(_question(actor, names, asked.form, limit))
    # How many ids there are decides what is looked up first.
    with hurry.planned() if ids else nullcontext():
        return direct.rows(statement, values)


def _question(actor: Actor, names: Names, form: Form, limit: int) -> _Question:
    objects = tuple((scope.seen(actor, each.described), each.ids is not None) for each in names.values())
    limited = (actor.id, actor.grants.content) if actor.grants is not None else None
    revision = registry.model().revision
    return _Question(revision, objects, limited, form, limit, actor, reaches.bare(names))


@lru_cache(maxsize=256)
def _written(asked: _Question) -> Written:
    return direct.written(_statement(asked.actor, asked.names, asked.form, asked.limit))


def _statement(actor: Actor, names: Names, form: Form, limit: int) -> Select[Any]:
    parts = [part for each in form.all for part in _titles(actor, names, each)]
    if not scope.is_customer(actor):
        ordered = list(_ordered(actor, names))
        parts += [_fields(names[n], own, each) for n, own in ordered for each in form.wholes]
        blind = limits.half_seen(actor)
        parts += [_latest(names[name], form) for name in names if name not in blind]
    ids = union_all(*(select(part.subquery()) for part in parts)).subquery()
    # As an array the ids are found first and once; as a join the planner may walk all entries.
    found = func.any(func.array(select(ids.c[0]).scalar_subquery()))
    return rank(entries(actor, names).where(search.c.record_id == found), form, limit)


def rank(found: Select[Any], form: Form, limit: int) -> Select[Any]:
    """Those of the entries that come first: by title, then the actor's own, then what changed last."""
    # The key is worked out once for each, which the offset keeps the planner from undoing.
    each = found.add_columns(sort_key(search.c.title).label("key")).offset(literal_column("0")).subquery()
    key = each.c.key
    whole = form.wholes[0]
    how = case(
        (typed.equals(key, whole), 0),
        (typed.begins(key, whole), 1),
        (typed.has_words(typed.SPACE.concat(key), form), 2),
        else_=3,
    )
    columns = (each.c.object, each.c.record_id, each.c.title, each.c.subtitle)
    return (
        select(*columns)
        .order_by(how, mine(each.c), each.c.updated_at.desc(), key, each.c.record_id)
        .limit(limit)
    )


def entries(actor: Actor, names: Names) -> Select[Any]:
    """Search entries of these objects, as far as they are the actor's."""
    columns = search.c
    # Their names stand in the statement, so that it is planned for them.
    known: list[ColumnElement[str]] = [literal_column(f"'{name}'") for name in names]
    statement = select(*(columns[name] for name in _SHOWN)).where(columns.object.in_(known))
    if scope.is_customer(actor):
        theirs = scope.among(actor, list(names), columns.object, columns.record_id)
    else:
        theirs = reaches.entries(names, columns)
    return statement if theirs is None else statement.where(theirs)


def mine(columns: Any) -> ColumnElement[int]:
    """0 for what is the actor's own, whose id is the value ME, 1 for what is not."""
    return case((columns.owner_id == bindparam(ME, type_=Uuid), 0), else_=1)


def sort_key(what: Any) -> ColumnElement[str]:
    """What texts are ordered by."""
    return func.ext.sort_key(what, type_=Text)


def _titles(actor: Actor, names: Names, whole: str) -> Iterator[Select[Any]]:
    """Entries whose title is the text, and the first of those that begin with it.

    In the order of their index, letter by letter: without one the planner may read all entries.
    """
    ids = entries(actor, names).with_only_columns(search.c.record_id).limit(_ranked(names.values()))
    key = sort_key(search.c.title)
    yield ids.where(typed.equals(key, whole))
    yield ids.where(typed.begins(key, whole, by=_BY_LETTERS)).order_by(
        UnaryExpression(key, modifier=_LETTER_BY_LETTER)
    )


def _ordered(actor: Actor, names: Names) -> Iterator[tuple[str, str]]:
    """Texts beside titles that records are found by and that have an order, as far as `actor` sees them."""
    for name in names:
        described = scope.seen(actor, names[name].described)
        for own in described.fields:
            is_ordered = own.sortable and own.kind in TEXTS and own.name != described.title
            if is_ordered and (own.searchable or own.name in _PRIMARY):
                yield name, own.name


def _fields(reach: Reach, own: str, whole: str) -> Select[Any]:
    """Records whose field begins so."""
    table = reach.described.table
    key = sort_key(table.c[own])
    ids = select(table.c.id).where(typed.begins(key, whole), table.c.deleted_at.is_(None))
    if (theirs := reach.rows()) is not None:
        ids = ids.where(theirs)
    return ids.order_by(key, table.c.id).limit(_ranked([reach]))


def _ranked(reaches_of: Iterable[Reach]) -> ColumnElement[int]:
    return _RANKED_MANY if any(each.is_much for each in reaches_of) else _RANKED


def _latest(reach: Reach, form: Form) -> Select[Any]:
    """What was changed last of the object, as far as it is the actor's, and has the words."""
    name = reach.described.name
    every = select(search).where(search.c.object == literal_column(f"'{name}'"))
    last = every.order_by(search.c.updated_at.desc()).limit(_LOOKED)
    own = (last if reach.is_much else every).subquery()
    latest = select(own)
    if (theirs := reaches.entries({name: reach}, own.c)) is not None:
        latest = latest.where(theirs)
    some = latest.order_by(own.c.updated_at.desc()).limit(_LATEST).subquery()
    return select(some.c.record_id).where(typed.has_words(some.c.body, form))
