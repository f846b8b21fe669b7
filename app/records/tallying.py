"""How many records the words of a search stand in, object by object; what is out of sight is not counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import any_, func, or_, select

from app.core.actor import Actor
from app.records import patience, scope, searching
from app.records.reading import Count
from app.records.tables import array_of, search
from tenants.session import session

# Beyond these a figure tells nobody more, and each costs a look into an entry.
COUNTED = 1_000


@dataclass(frozen=True)
class Tally:
    """Figures by object; `complete` False: there are more, also of objects without a figure."""

    counts: Mapping[str, Count]
    complete: bool


NOTHING = Tally({}, complete=False)


def tally(actor: Actor, names: Collection[str], text: str, found: Sequence[UUID]) -> Tally:
    """How many records of these objects have what was typed, those `found` already among them.

    Beyond 1,000 the figures are what there is at least; NOTHING where counting takes longer than it is worth.
    """
    typed = scope.searched(actor, partial(searching.matches, text))
    if typed is None or not names:
        return Tally({}, complete=True)
    columns = search.c
    some = select(columns.object).where(
        columns.object.in_(names), or_(typed, columns.record_id == any_(array_of(found)))
    )
    if (theirs := scope.among(actor, names, columns.object, columns.record_id)) is not None:
        some = some.where(theirs)
    some_more = some.limit(COUNTED + 1).subquery()
    counted = select(some_more.c[0], func.count()).group_by(some_more.c[0])
    return patience.hasty(lambda: _told({row[0]: row[1] for row in session.execute(counted)}), NOTHING)


def _told(counts: Mapping[str, int]) -> Tally:
    complete = sum(counts.values()) <= COUNTED
    return Tally({name: Count(number, complete) for name, number in counts.items()}, complete)
