"""Search across all objects: names, e-mails, phones and numbers in any spelling, best first.

What begins with the words is found by the order of titles and names, whatever the number of records; what
has them elsewhere by trigrams, where the first found few; what is only spelled like them where nearly
nothing was found. The later two may take only so long.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from sqlalchemy import func, select

from app.core.actor import Actor
from app.records import beginnings, limits, reaches, registry, scope, searching, slips
from app.records.beginnings import ME, RANKED, Names
from app.records.labels import titles_of
from app.records.rights import readable
from app.records.tables import search
from app.records.typed import Typed
from tenants import hurry
from tenants.session import session

CONTAINED_MS, MEANT_MS, SIMILAR_MS = 900, 80, 60
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


def findable(actor: Actor) -> list[str]:
    """Names of the objects whose records `actor` may search for."""
    return [name for name in readable(actor) if registry.get(name).findable]


def find(actor: Actor, text: str, limit: int = 20, among: Collection[str] | None = None) -> list[Hit]:
    """Records in which every word of `text` stands, of all objects that `actor` may read; best first.

    `among` leaves only these objects. A title that is the text comes first, then titles that begin with it,
    then those with words that begin so, then the rest; among equals those of `actor`, then what changed last.
    """
    names = [name for name in findable(actor) if among is None or name in among]
    return _find(actor, names, text, limit)


def find_in(actor: Actor, object_name: str, text: str, limit: int = 20) -> list[Hit]:
    """The same within one object; without a text what was changed last."""
    if object_name not in readable(actor):
        return []
    if not searching.words(text):
        latest = (
            beginnings.entries(actor, reaches.among(actor, [object_name]))
            .order_by(search.c.updated_at.desc())
            .limit(limit)
        ).subquery()
        # Here and not within: of very many that changed at once all would be read for the first few.
        ordered = select(latest).order_by(latest.c.updated_at.desc(), latest.c.record_id)
        return _told(actor, [Hit(*row[:4]) for row in session.execute(ordered)])
    return _find(actor, [object_name], text, limit)


def _find(actor: Actor, readable_names: Sequence[str], text: str, limit: int) -> list[Hit]:
    words = searching.words(text)
    if not words or not readable_names:
        return []
    names = reaches.among(actor, readable_names)
    found = {hit.record_id: hit for hit in _begun(actor, names, words, limit)}
    if len(found) < limit and len(" ".join(words)) >= searching.SHORTEST:
        for hit in _contained(actor, names, text, limit):
            found.setdefault(hit.record_id, hit)
    # A name of several words that somebody has was not meant otherwise.
    is_met = bool(found) and len(words) > 1
    if len(found) < FEW and searching.may_slip(words) and not is_met:
        for hit in _meant(actor, names, words, limit) or _similar(actor, names, text, limit):
            found.setdefault(hit.record_id, hit)
    return _told(actor, list(found.values())[:limit])


def _begun(actor: Actor, names: Names, words: Sequence[str], limit: int) -> list[Hit]:
    """What begins with the words."""
    return [Hit(*row) for row in beginnings.ranked(actor, names, words, limit)]


def _contained(actor: Actor, names: Names, text: str, limit: int) -> list[Hit]:
    """What has every word somewhere."""
    typed = scope.searched(actor, partial(searching.matches, text))
    if typed is None:
        return []
    asked = Typed(tuple(searching.words(text)))
    part = beginnings.entries(actor, names).where(typed).limit(RANKED)
    statement = beginnings.rank(part, asked.form, limit)
    try:
        with hurry.within(CONTAINED_MS):
            return [Hit(*row) for row in session.execute(statement, {**asked.values, ME: actor.member_id})]
    except hurry.TooLong:
        return []


def _meant(actor: Actor, names: Names, words: Sequence[str], limit: int) -> list[Hit]:
    """What begins with words that are one slip away from those that were typed."""
    try:
        with hurry.within(MEANT_MS, alone=True):
            readings = slips.readings(actor, list(names), words)
        with hurry.within(MEANT_MS, alone=True, planned=False):
            for each in readings:
                if hits := _begun(actor, names, searching.words(each), limit):
                    return [replace(hit, is_similar=True) for hit in hits]
    except hurry.TooLong:
        pass
    return []


def _similar(actor: Actor, names: Names, text: str, limit: int) -> list[Hit]:
    """What has words that are spelled alike, the most alike first."""
    typed = scope.searched(actor, partial(searching.resembles, text))
    if typed is None:
        return []
    part = beginnings.entries(actor, names).where(typed).limit(RANKED).subquery()
    title = searching.folded(part.c.title)
    whole = searching.spellings(" ".join(searching.words(text)))
    alike = func.greatest(*(func.ext.word_similarity(searching.folded(each), title) for each in whole))
    mine = beginnings.mine(part.c)
    statement = (
        select(part).order_by(alike.desc(), mine, part.c.updated_at.desc(), part.c.record_id).limit(limit)
    )
    try:
        with hurry.within(SIMILAR_MS, alike=ALIKE):
            found = session.execute(statement, {ME: actor.member_id})
            return [Hit(row[0], row[1], row[2], row[3], is_similar=True) for row in found]
    except hurry.TooLong:
        return []


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
