"""Search across all objects: names, e-mails, phones and numbers in any spelling."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, case, func, select, union_all

from app.core.actor import Actor
from app.records import limits, registry, scope, searching
from app.records.labels import titles_of
from app.records.rights import readable
from app.records.tables import search
from tenants.session import session

# How many matches are ranked; behind a word that fits thousands nobody reads them all.
RANKED = 300


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    object: str
    record_id: UUID
    title: str
    subtitle: str


def find(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """Records of all objects that `actor` may read in which every word of `text` stands; best first.

    A title that is the text comes first, then titles and words that begin with it, then the rest.
    """
    findable = {each.name for each in registry.every() if each.findable}
    return _find(actor, [name for name in readable(actor) if name in findable], text, limit)


def find_in(actor: Actor, object_name: str, text: str, limit: int = 20) -> list[Hit]:
    """The same within one object; without a text what was changed last."""
    if object_name not in readable(actor):
        return []
    if not searching.words(text):
        latest = _columns(actor, [object_name]).order_by(search.c.updated_at.desc()).limit(limit)
        return _told(actor, [_hit(row) for row in session.execute(latest)])
    return _find(actor, [object_name], text, limit)


def _hit(row: Sequence[Any]) -> Hit:
    return Hit(row[0], row[1], row[2], row[3])


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


def _columns(actor: Actor, names: Sequence[str]) -> Select[tuple[str, UUID, str, str]]:
    columns = search.c
    statement = select(columns.object, columns.record_id, columns.title, columns.subtitle).where(
        columns.object.in_(names)
    )
    theirs = scope.among(actor, names, columns.object, columns.record_id)
    return statement if theirs is None else statement.where(theirs)


def _find(actor: Actor, names: Sequence[str], text: str, limit: int) -> list[Hit]:
    typed = scope.searched(actor, partial(searching.matches, text))
    if typed is None or not names:
        return []
    whole = " ".join(searching.words(text))
    key = func.ext.sort_key(search.c.title, type_=Text)
    titled = _columns(actor, names).add_columns(key.label("key"))
    begins = titled.where(key.like(searching.pattern(whole, start=True))).order_by(key).limit(RANKED)
    if len(whole) < 3:
        # A trigram index needs three letters; one or two find titles that begin so.
        found = begins.subquery()
    else:
        parts = (begins.subquery(), titled.where(typed).limit(RANKED).subquery())
        found = union_all(*(select(part) for part in parts)).subquery()
    rank = case(
        (found.c.key == func.ext.sort_key(whole, type_=Text), 0),
        (found.c.key.like(searching.pattern(whole, start=True)), 1),
        else_=2,
    )
    statement = (
        select(found.c.object, found.c.record_id, found.c.title, found.c.subtitle)
        .group_by(found.c.object, found.c.record_id, found.c.title, found.c.subtitle, found.c.key)
        .order_by(rank, found.c.key, found.c.record_id)
        .limit(limit)
    )
    return _told(actor, [_hit(row) for row in session.execute(statement)])
