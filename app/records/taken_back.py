"""Which acts were taken back: an edit by another one that says so, a merge by its end."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from app.records.joining.absorbed import KIND
from app.records.joining.pointers import links
from app.records.tables import array_of, facts
from tenants.session import session


def edits(record_ids: Collection[UUID]) -> set[UUID]:
    """The facts of edits of these records that were taken back, and not brought again by undoing that."""
    told = facts.c.data["undoes"].astext
    here = select(facts.c.id, told).where(facts.c.about.overlap(list(record_ids)), told.is_not(None))
    return among(session.execute(here.order_by(facts.c.at.desc(), facts.c.id.desc())).all())


def told(rows: Iterable[tuple[UUID, Mapping[str, Any]]]) -> set[UUID]:
    """The same of facts that were read already: their ids and data, the latest first."""
    return among((fact_id, data["undoes"]) for fact_id, data in rows if "undoes" in data)


def among(pairs: Iterable[Any]) -> set[UUID]:
    """Of pairs of a fact and the one that it takes back, the latest first: the ids of what is taken back."""
    found: set[UUID] = set()
    for fact_id, undoes in pairs:
        if fact_id not in found:
            found.add(UUID(undoes))
    return found


def merges(drop_ids: Collection[UUID]) -> set[str]:
    """The facts of merges of these records that still hold."""
    here = (links.c.kind == KIND, links.c.from_id == any_(array_of(drop_ids)))
    return set(session.scalars(select(links.c.data["fact"].astext).where(*here)))
