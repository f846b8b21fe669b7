"""Duplicates as people ask for them: of one record, of what they type, and all that were found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, any_, func, select

from app.core.actor import Actor
from app.domain.duplicates import evidence, pairs, probing
from app.domain.duplicates.objects import is_compared
from app.domain.duplicates.rules import LISTED, MENTIONED, Evidence, Likeness, Reason, compare
from app.records import habits, intake, labels, scope
from app.records.joining.moving import POSSIBLE
from app.records.joining.pointers import links
from app.records.rights import allowed
from app.records.tables import array_of
from app.records.types import Change, ObjectType
from tenants.session import session

MOST = 5
PAGE = 50


@dataclass(frozen=True)
class Found:
    """A record that may be the same, and why."""

    record_id: UUID
    title: str
    likeness: Likeness


@dataclass(frozen=True)
class PossiblePair:
    """Two records that may be one; `one` is the older."""

    one: UUID
    other: UUID
    titles: tuple[str, str]
    likeness: Likeness


def of(
    actor: Actor, object_name: str, *, values: Mapping[str, Any] | None = None, record_id: UUID | None = None
) -> list[Found]:
    """The records that `actor` sees which may be the same as this one, or as what is typed; the likest first.

    Raw or typed `values` that cannot be read are left out. Those that somebody called two are not offered.
    """
    described = allowed(actor, object_name, "read")
    if not is_compared(described):
        return []
    known = _known(actor, described, values, record_id)
    if known is None:
        return []
    ids = probing.near(described, known)
    apart = pairs.apart(described, [record_id]) if record_id else set()
    least = LISTED if record_id else MENTIONED
    found = {
        other: likeness
        for other, what in evidence.load(described, sorted(scope.visible(actor, object_name, ids))).items()
        if (likeness := compare(known, what)).score >= least
        and (record_id is None or pairs.ordered(record_id, other) not in apart)
    }
    best = sorted(found, key=lambda each: (-found[each].score, each))[:MOST]
    titles = labels.titles_of(actor, object_name, best)
    return [Found(each, titles.get(each, ""), found[each]) for each in best]


def _known(
    actor: Actor, described: ObjectType, values: Mapping[str, Any] | None, record_id: UUID | None
) -> Evidence | None:
    if values is None:
        return evidence.load(described, [record_id]).get(record_id) if record_id else None
    change = Change(described.name, record_id or UUID(int=0), None, {})
    intake.take(described, change, values, habits.of(actor))
    return evidence.of_values(described, change.values, record_id)


def page(actor: Actor, object_name: str, after: int = 0) -> tuple[list[PossiblePair], int, bool]:
    """Possible duplicates from number `after` on, the likest first; how many there are; whether more follow.

    Pairs of which `actor` does not see both are left out of the page.
    """
    described = allowed(actor, object_name, "read")
    here = (links.c.kind == POSSIBLE, links.c.from_object == described.name, *_both_seen(actor, described))
    score = links.c.data["score"].astext.cast(Integer)
    order = (score.desc(), links.c.id)
    wanted = select(links.c.from_id, links.c.to_id, links.c.data).where(*here).order_by(*order)
    rows = session.execute(wanted.offset(after).limit(PAGE + 1)).all()
    total = session.scalar(select(func.count()).select_from(links).where(*here)) or 0
    shown = _alive(actor, described, rows[:PAGE])
    return shown, total, len(rows) > PAGE


def _both_seen(actor: Actor, described: ObjectType) -> Iterator[ColumnElement[bool]]:
    for end in (links.c.from_id, links.c.to_id):
        table = described.table.alias()
        if (theirs := scope.rows(actor, described, table)) is not None:
            yield end.in_(select(table.c.id).where(theirs))


def between(actor: Actor, object_name: str, one: UUID, other: UUID) -> Likeness:
    """How alike two records are that `actor` sees."""
    described = allowed(actor, object_name, "read")
    known = evidence.load(described, sorted(scope.visible(actor, object_name, [one, other])))
    return compare(known[one], known[other]) if len(known) == 2 else Likeness(0, ())


def _alive(actor: Actor, described: ObjectType, rows: Sequence[Any]) -> list[PossiblePair]:
    ids = {each for row in rows for each in (row.from_id, row.to_id)}
    table = described.table
    here = (table.c.id == any_(array_of(ids)), table.c.deleted_at.is_(None))
    alive = set(session.scalars(select(table.c.id).where(*here)))
    titles = labels.titles_of(
        actor, described.name, sorted(alive & scope.visible(actor, described.name, ids))
    )
    return [
        PossiblePair(row.from_id, row.to_id, (titles[row.from_id], titles[row.to_id]), _likeness(row.data))
        for row in rows
        if row.from_id in titles and row.to_id in titles
    ]


def _likeness(data: Mapping[str, Any]) -> Likeness:
    return Likeness(data["score"], tuple(Reason(*each) for each in data["reasons"]))
