"""Search across all objects: names, e-mails, phones and numbers in any spelling, best first.

What begins with the words is found by the order of titles and names, whatever the number of records; what
has them elsewhere by trigrams, where the first found few; what is only spelled like them where nearly
nothing was found. The later two may take only so long.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, literal, or_, select, union_all

from app.core.actor import Actor
from app.records import limits, registry, scope, searching
from app.records.labels import titles_of
from app.records.rights import readable
from app.records.sources import TEXTS
from app.records.tables import search
from app.records.types import ObjectType
from tenants import hurry
from tenants.session import session

# How many matches of one kind are ranked; behind a word that fits thousands nobody reads them all.
RANKED = 200
# Of each object so many that changed last are looked through: what one works on is found first.
LATEST = 150
CONTAINED_MS, SIMILAR_MS = 120, 60
# With fewer than this what is spelled alike is looked for.
FEW = 3
# How alike words are, from 0 to 1 (pg_trgm): one slip in six letters or more.
ALIKE = 0.45


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
        latest = _entries(actor, [object_name]).order_by(search.c.updated_at.desc()).limit(limit)
        return _told(actor, [Hit(*row[:4]) for row in session.execute(latest)])
    return _find(actor, [object_name], text, limit)


def _find(actor: Actor, names: Sequence[str], text: str, limit: int) -> list[Hit]:
    words = searching.words(text)
    if not words or not names:
        return []
    found = {hit.record_id: hit for hit in _ranked(actor, _beginnings(actor, names, text), words, limit)}
    if len(found) < limit and len(" ".join(words)) >= searching.SHORTEST:
        for hit in _contained(actor, names, text, limit):
            found.setdefault(hit.record_id, hit)
    if len(found) < FEW and searching.may_slip(words):
        for hit in _similar(actor, names, text, limit):
            found.setdefault(hit.record_id, hit)
    return _told(actor, list(found.values())[:limit])


def _beginnings(actor: Actor, names: Sequence[str], text: str) -> list[Select[Any]]:
    """What begins with all that was typed, by the order of titles and of fields; and what changed last."""
    whole = searching.spellings(" ".join(searching.words(text)))
    parts = [_titles(actor, names, each) for each in whole]
    for name in names:
        described = registry.get(name)
        parts += [_fields(actor, described, field, each) for field in _ordered(described) for each in whole]
        parts.append(_latest(actor, name, text))
    return [part for part in parts if part is not None]


def _titles(actor: Actor, names: Sequence[str], whole: str) -> Select[Any]:
    begins = _key(search.c.title).like(searching.pattern(whole, start=True))
    return _entries(actor, names).where(begins).order_by(_key(search.c.title)).limit(RANKED)


def _ordered(described: ObjectType) -> list[str]:
    """Texts beside the title that records are found by and that have an order."""
    return [
        each.name
        for each in described.fields
        if each.sortable and each.kind in TEXTS and each.name != described.title
        and (each.searchable or each.name in _PRIMARY)
    ]  # fmt: skip


_PRIMARY = frozenset({"email", "phone"})


def _fields(actor: Actor, described: ObjectType, name: str, whole: str) -> Select[Any] | None:
    """Entries of records whose field begins so; None where the field is not for `actor`."""
    if not scope.shown(actor, described.name, name) or scope.is_customer(actor):
        return None
    table = described.table
    key = _key(table.c[name])
    ids = (
        select(table.c.id)
        .where(key.like(searching.pattern(whole, start=True)), table.c.deleted_at.is_(None))
        .order_by(key, table.c.id)
        .limit(RANKED)
        .subquery()
    )
    return _entries(actor, [described.name]).where(search.c.record_id.in_(select(ids.c.id)))


def _latest(actor: Actor, name: str, text: str) -> Select[Any] | None:
    begun = scope.searched(actor, partial(searching.begins, text))
    if begun is None:
        return None
    latest = (
        select(search.c.record_id)
        .where(search.c.object == name)
        .order_by(search.c.updated_at.desc())
        .limit(LATEST)
        .subquery()
    )
    return _entries(actor, [name]).where(search.c.record_id.in_(select(latest.c.record_id)), begun)


def _contained(actor: Actor, names: Sequence[str], text: str, limit: int) -> list[Hit]:
    """What has every word somewhere."""
    typed = scope.searched(actor, partial(searching.matches, text))
    if typed is None:
        return []
    part = _entries(actor, names).where(typed).limit(RANKED)
    try:
        with hurry.within(CONTAINED_MS):
            return _ranked(actor, [part], searching.words(text), limit)
    except hurry.TooLong:
        return []


def _similar(actor: Actor, names: Sequence[str], text: str, limit: int) -> list[Hit]:
    """What has words that are spelled alike, the most alike first."""
    typed = scope.searched(actor, partial(searching.resembles, text))
    if typed is None:
        return []
    whole = searching.folded(" ".join(searching.words(text)))
    part = _entries(actor, names).where(typed).limit(RANKED).subquery()
    alike = func.ext.word_similarity(whole, func.ext.fold(part.c.title, type_=Text))
    statement = select(part).order_by(alike.desc(), _is_mine(actor, part.c), part.c.updated_at.desc())
    try:
        with hurry.within(SIMILAR_MS, alike=ALIKE):
            return [Hit(*row[:4], is_similar=True) for row in session.execute(statement.limit(limit))]
    except hurry.TooLong:
        return []


def _entries(actor: Actor, names: Collection[str]) -> Select[Any]:
    columns = search.c
    statement = select(
        columns.object,
        columns.record_id,
        columns.title,
        columns.subtitle,
        columns.owner_id,
        columns.updated_at,
    ).where(columns.object.in_(names))
    theirs = scope.among(actor, names, columns.object, columns.record_id)
    return statement if theirs is None else statement.where(theirs)


def _ranked(actor: Actor, parts: Sequence[Select[Any]], words: Sequence[str], limit: int) -> list[Hit]:
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
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
        .group_by(*columns, found.c.owner_id, found.c.updated_at)
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
