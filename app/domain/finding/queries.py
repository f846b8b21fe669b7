"""What a search finds in all of a company's records and conversations, and how much there is of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.core import paging
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.ids import parse_id
from app.domain.messages import finding as messages
from app.records import finding, searching, tallying
from app.records.finding import Hit
from app.records.reading import Count
from app.records.tallying import Tally
from tenants.context import current

TALK = messages.NAME
LONGEST = 200
# On the page of all: so many of each kind, out of the best so many.
EACH, BEST = 5, 40
# On the page of one kind: so many at once, and the deepest that is ranked; beyond that a list serves better.
AT_ONCE, DEEPEST = 25, 200


@dataclass(frozen=True)
class Results:
    """What was found: hits best first, figures by kind, and the mark of the page behind these hits.

    `begins` is the place of the first of them. Of what is only spelled alike nothing is counted but itself.
    """

    text: str
    within: str
    hits: Sequence[Hit]
    counts: Mapping[str, Count]
    complete: bool
    begins: int = 0
    next_cursor: str | None = None

    @property
    def is_similar(self) -> bool:
        """Whether nothing has the words, and all that is here is spelled like them."""
        return bool(self.hits) and all(hit.is_similar for hit in self.hits)


def kinds(actor: Actor) -> list[str]:
    """What `actor` may look for: names of objects, and the conversations."""
    found = finding.findable(actor)
    return [*found, TALK] if "messages:read" in actor.permissions else found


def everywhere(actor: Actor, text: str) -> Results:
    """The best of every kind, at most five of each."""
    text = text[:LONGEST]
    hits = finding.find(actor, text, BEST)
    talks = _talks(actor, text, BEST) if TALK in kinds(actor) else []
    tally = _tally(actor, text, hits, talks, BEST)
    return Results(text, "", [*hits, *talks], tally.counts, tally.complete)


def within(actor: Actor, kind: str, text: str, cursor: str | None = None) -> Results:
    """What is found of one kind, by pages; figures of the other kinds too.

    Raises NotFound for a kind that is not `actor`'s to see, Invalid for a bad cursor.
    """
    if kind not in kinds(actor):
        raise NotFound(kind)
    text = text[:LONGEST]
    talks = _talks(actor, text, DEEPEST if kind == TALK else BEST) if TALK in kinds(actor) else []
    found = talks if kind == TALK else _of(actor, kind, text)
    tally = _tally(actor, text, found, talks, DEEPEST if kind == TALK else BEST)
    if found and len(found) < DEEPEST and _is_short(text):
        tally = replace(tally, counts={**tally.counts, kind: Count(len(found), exact=True)})
    mark = f"{current().schema} search {kind} {text}"
    begins = _begins(found, paging.unpack(mark, cursor)) if cursor else 0
    shown = found[begins : begins + AT_ONCE]
    more = len(found) > begins + AT_ONCE
    behind = paging.pack(mark, [begins + AT_ONCE, str(shown[-1].record_id)]) if more else None
    return Results(text, kind, shown, tally.counts, tally.complete, begins, behind)


def _begins(found: Sequence[Hit], mark: Sequence[object]) -> int:
    """Behind the record where the page before ended, wherever it stands by now; else behind as many."""
    place, last = int(str(mark[0])), parse_id(str(mark[1]))
    return next((at + 1 for at, hit in enumerate(found) if hit.record_id == last), place)


def _of(actor: Actor, kind: str, text: str) -> list[Hit]:
    return finding.find_in(actor, kind, text, DEEPEST) if searching.words(text) else []


def _tally(actor: Actor, text: str, hits: Sequence[Hit], talks: Sequence[Hit], most: int) -> Tally:
    """The figures of all kinds. Where letters are too few to count by, or nothing has the words, those of
    what is seen.
    """
    names = [name for name in kinds(actor) if name != TALK]
    exact = [hit.record_id for hit in hits if not hit.is_similar and hit.object != TALK]
    found = tallying.NOTHING if _is_short(text) else tallying.tally(actor, names, text, exact)
    if not found.counts:
        found = _seen(finding.find(actor, text, BEST), is_all=found.complete)
    return replace(found, counts={**found.counts, **_talked(talks, most)})


def _is_short(text: str) -> bool:
    """Whether only what begins with the text is found by it."""
    return len(" ".join(searching.words(text))) < searching.SHORTEST


def _seen(hits: Sequence[Hit], *, is_all: bool) -> Tally:
    known = Counter(hit.object for hit in hits)
    is_all = is_all or len(hits) < BEST
    return Tally({name: Count(number, is_all) for name, number in known.items()}, is_all)


def _talked(talks: Sequence[Hit], most: int) -> dict[str, Count]:
    return {TALK: Count(len(talks), len(talks) < most)} if talks else {}


def _talks(actor: Actor, text: str, limit: int) -> list[Hit]:
    return [Hit(TALK, one.thread_id, one.title, one.subtitle) for one in messages.find(actor, text, limit)]
