"""Search across all objects: names, e-mails, phones and numbers in any spelling, best first.

What begins with the words is found by the order of titles and names, whatever the number of records; what
has them elsewhere by trigrams, where the first found few; what is only spelled like them where nearly
nothing was found. The later two may take only so long.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from app.core.actor import Actor
from app.records import limits, reaches, registry, scope, searching, slips
from app.records.labels import titles_of
from app.records.reaches import Reach
from app.records.rights import readable
from app.records.sources import TEXTS
from app.records.tables import search
from tenants import hurry
from tenants.session import session

# How many matches of one kind are ranked; behind a word that fits thousands nobody reads them all.
RANKED = 200
# Of each object so many that changed last are looked through: what one works on is found first.
LATEST = 150
CONTAINED_MS, MEANT_MS, SIMILAR_MS = 900, 80, 60
# With fewer than this what is spelled alike is looked for.
FEW = 3
# How alike words are, from 0 to 1 (pg_trgm): one slip in six letters or more.
ALIKE = 0.45
_LETTER_BY_LETTER: custom_op[Any] = custom_op("USING OPERATOR(pg_catalog.~<~)")
_SHOWN = ("object", "record_id", "title", "subtitle", "owner_id", "updated_at")
# The objects that are searched, and what of each the actor sees.
Names = Mapping[str, Reach]
# They stand in entries by the lists that they are the first of.
_PRIMARY = frozenset({"email", "phone"})


@dataclass(frozen=True)
class Hit:
    """A record that was found; `is_similar`: its words are only spelled like those that were typed."""

    object: str
    record_id: UUID
    title: str
    subtitle: str
    is_similar: bool = False


def find(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """Records of all objects that `actor` may read in which every word of `text` stands; best first.

    A title that is the text comes first, then titles that begin with it, then those with words that begin
    so, then the rest; among equals those of `actor`, then what changed last.
    """
    findable = {each.name for each in registry.every() if each.findable}
    return _find(actor, [name for name in readable(actor) if name in findable], text, limit)


def find_in(actor: Actor, object_name: str, text: str, limit: int = 20) -> list[Hit]:
    """The same within one object; without a text what was changed last."""
    if object_name not in readable(actor):
        return []
    if not searching.words(text):
        latest = (
            _entries(actor, reaches.among(actor, [object_name]))
            .order_by(search.c.updated_at.desc())
            .limit(limit)
        )
        return _told(actor, [Hit(*row[:4]) for row in session.execute(latest)])
    return _find(actor, [object_name], text, limit)


def _find(actor: Actor, readable_names: Sequence[str], text: str, limit: int) -> list[Hit]:
    words = searching.words(text)
    if not words or not readable_names:
        return []
    names = reaches.among(actor, readable_names)
    found = {hit.record_id: hit for hit in _ranked(actor, _beginnings(actor, names, text), words, limit)}
    if len(found) < limit and len(" ".join(words)) >= searching.SHORTEST:
        for hit in _contained(actor, names, text, limit):
            found.setdefault(hit.record_id, hit)
    if len(found) < FEW and searching.may_slip(words):
        for hit in _meant(actor, names, words, limit) or _similar(actor, names, text, limit):
            found.setdefault(hit.record_id, hit)
    return _told(actor, list(found.values())[:limit])


def _beginnings(actor: Actor, names: Names, text: str) -> Select[Any]:
    """What begins with all that was typed, by the order of titles and of fields; and what changed last."""
    whole = searching.spellings(" ".join(searching.words(text)))
    parts = [part for each in whole for part in _titles(actor, names, each)]
    parts += [_fields(names[name], field, each) for name, field in _ordered(actor, names) for each in whole]
    if not scope.is_customer(actor):
        blind = limits.half_seen(actor)
        parts += [_latest(names[name], text) for name in names if name not in blind]
    ids = union_all(*(select(part.subquery()) for part in parts)).subquery()
    # As an array the ids are found first and once; as a join the planner may walk all entries.
    found = func.any(func.array(select(ids.c[0]).scalar_subquery()))
    return _entries(actor, names).where(search.c.record_id == found)


def _titles(actor: Actor, names: Names, whole: str) -> Iterator[Select[Any]]:
    """Entries whose title is the text, and the first of those that begin with it.

    In the order of their index, letter by letter: without one the planner may read all entries.
    """
    ids, key = (
        _entries(actor, names).with_only_columns(search.c.record_id).limit(RANKED),
        _key(search.c.title),
    )
    yield ids.where(key == _key(whole))
    yield ids.where(key.like(searching.pattern(whole, start=True))).order_by(
        UnaryExpression(key, modifier=_LETTER_BY_LETTER)
    )


def _ordered(actor: Actor, names: Names) -> Iterator[tuple[str, str]]:
    """Texts beside titles that records are found by and that have an order, as far as `actor` sees them."""
    if scope.is_customer(actor):
        return
    for name in names:
        described = scope.seen(actor, registry.get(name))
        for field in described.fields:
            is_ordered = field.sortable and field.kind in TEXTS and field.name != described.title
            if is_ordered and (field.searchable or field.name in _PRIMARY):
                yield name, field.name


def _fields(reach: Reach, field: str, whole: str) -> Select[Any]:
    """Records whose field begins so."""
    table = reach.described.table
    key = _key(table.c[field])
    begun = key.like(searching.pattern(whole, start=True))
    ids = select(table.c.id).where(begun, table.c.deleted_at.is_(None))
    if (theirs := reach.rows()) is not None:
        ids = ids.where(theirs)
    return ids.order_by(key, table.c.id).limit(RANKED)


def _latest(reach: Reach, text: str) -> Select[Any]:
    """What was changed last of the object, as far as it is the actor's, and has the words."""
    own, name = search.alias(), reach.described.name
    latest = select(own.c.record_id, own.c.body).where(own.c.object == name)
    if (theirs := reaches.entries({name: reach}, own.c.object, own.c.record_id)) is not None:
        latest = latest.where(theirs)
    some = latest.order_by(own.c.updated_at.desc()).limit(LATEST).subquery()
    begun = searching.begins(text, some.c.body)
    return select(some.c.record_id).where(true() if begun is None else begun)


def _contained(actor: Actor, names: Names, text: str, limit: int) -> list[Hit]:
    """What has every word somewhere."""
    typed = scope.searched(actor, partial(searching.matches, text))
    if typed is None:
        return []
    part = _entries(actor, names).where(typed).limit(RANKED)
    try:
        with hurry.within(CONTAINED_MS):
            return _ranked(actor, part, searching.words(text), limit)
    except hurry.TooLong:
        return []


def _meant(actor: Actor, names: Names, words: Sequence[str], limit: int) -> list[Hit]:
    """What begins with words that are one slip away from those that were typed."""
    try:
        with hurry.within(MEANT_MS, alone=True):
            for each in slips.readings(actor, list(names), words):
                if hits := _ranked(actor, _beginnings(actor, names, each), searching.words(each), limit):
                    return [replace(hit, is_similar=True) for hit in hits]
    except hurry.TooLong:
        pass
    return []


def _similar(actor: Actor, names: Names, text: str, limit: int) -> list[Hit]:
    """What has words that are spelled alike, the most alike first."""
    typed = scope.searched(actor, partial(searching.resembles, text))
    if typed is None:
        return []
    part = _entries(actor, names).where(typed).limit(RANKED).subquery()
    title = searching.folded(part.c.title)
    whole = searching.spellings(" ".join(searching.words(text)))
    alike = func.greatest(*(func.ext.word_similarity(searching.folded(each), title) for each in whole))
    statement = select(part).order_by(alike.desc(), _is_mine(actor, part.c), part.c.updated_at.desc())
    try:
        with hurry.within(SIMILAR_MS, alike=ALIKE):
            found = session.execute(statement.limit(limit))
            return [Hit(row[0], row[1], row[2], row[3], is_similar=True) for row in found]
    except hurry.TooLong:
        return []


def _entries(actor: Actor, names: Names) -> Select[Any]:
    columns = search.c
    statement = select(*(columns[name] for name in _SHOWN)).where(columns.object.in_(list(names)))
    if scope.is_customer(actor):
        theirs = scope.among(actor, list(names), columns.object, columns.record_id)
    else:
        theirs = reaches.entries(names, columns.object, columns.record_id)
    return statement if theirs is None else statement.where(theirs)


def _ranked(actor: Actor, entries: Select[Any], words: Sequence[str], limit: int) -> list[Hit]:
    found = entries.subquery()
    key = _key(found.c.title)
    whole = " ".join(words)
    rank = case(
        (key == _key(whole), 0),
        (key.like(searching.pattern(whole, start=True)), 1),
        (and_(*(_begins_a_word(key, word) for word in words)), 2),
        else_=3,
    )
    columns = (found.c.object, found.c.record_id, found.c.title, found.c.subtitle)
    statement = (
        select(*columns)
        .order_by(rank, _is_mine(actor, found.c), found.c.updated_at.desc(), key, found.c.record_id)
        .limit(limit)
    )
    return [Hit(*row) for row in session.execute(statement)]


def _begins_a_word(key: ColumnElement[str], word: str) -> ColumnElement[bool]:
    within = literal(" ", Text).concat(key)
    return or_(*(within.like(searching.pattern(each, word=True)) for each in searching.spellings(word)))


def _is_mine(actor: Actor, columns: Any) -> ColumnElement[int]:
    """0 for what is the actor's own, 1 for what is not."""
    return case((columns.owner_id == actor.member_id, 0), else_=1)


def _key(what: Any) -> ColumnElement[str]:
    return func.ext.sort_key(what, type_=Text)


def _told(actor: Actor, hits: list[Hit]) -> list[Hit]:
    """The hits without the words that are hidden from `actor`."""
    blind = limits.half_seen(actor)
    for name in blind:
        found = [hit.record_id for hit in hits if hit.object == name]
        titles = titles_of(actor, name, found) if limits.renamed(actor, name) else {}
        hits = [
            replace(hit, title=titles.get(hit.record_id, hit.title), subtitle="")
            if hit.object == name
            else hit
            for hit in hits
        ]
    return hits
