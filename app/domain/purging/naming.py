"""What records that go for good are called, and were called as far as the log tells."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import any_, select

from app.core import redis
from app.core.queue import enqueue
from app.domain.finding import recents
from app.domain.purging.children import Going
from app.records.tables import array_of, facts, identifiers
from app.records.titles import title_of
from tenants.session import session

SEARCHES_JOB = "purging.searches"


def forget_searches(going: Going) -> None:
    """Forget what people looked for to find these; where Redis is away, all that anybody did once it is back.

    To be called while the records are still there.
    """
    names = {name for name in _names(going) if name}
    try:
        recents.forget_named(names)
    except redis.Away:
        enqueue(SEARCHES_JOB, {}, queue="bulk", key=SEARCHES_JOB)


def _names(going: Going) -> Iterator[str]:
    for described, ids in going.values():
        table = described.table
        here = table.c.id == any_(array_of(ids))
        yield from session.scalars(select(title_of(described, table)).where(here))
    every = [each for _, ids in going.values() for each in ids]
    yield from _told(every)
    kept = select(identifiers.c.value).where(identifiers.c.record_id == any_(array_of(every)))
    yield from session.scalars(kept)


def _told(every: Sequence[UUID]) -> Iterator[str]:
    of_them = facts.c.about.op("&&", is_comparison=True)(array_of(every))
    own = facts.c.record_id == any_(array_of(every))
    yield from session.scalars(select(facts.c.title).where(of_them, own).distinct())
