"""Which records a bulk fact is about, out of its journal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from app.core.actor import Actor
from app.records import journal, limits, registry, scope
from app.records.reader import WORKED_OUT, Happened
from app.records.tables import array_of, fact_values
from tenants.session import session

Lines = Mapping[UUID, Sequence[Mapping[str, Any]]]


def rows_of(facts: Sequence[Happened]) -> Lines:
    """Of facts about many the records as id, verb and version; none where the values were erased since."""
    lines = {fact.id: [_counted(each) for each in fact.worked_out] for fact in facts if fact.worked_out}
    return lines | _bulk([fact.id for fact in facts if fact.record_id is None and fact.id not in lines])


def _bulk(fact_ids: Sequence[UUID]) -> dict[UUID, Sequence[Mapping[str, Any]]]:
    if not fact_ids:
        return {}
    columns = (fact_values.c.fact_id, fact_values.c.journal)
    kept = fact_values.c.journal.is_not(None)
    found = session.execute(select(*columns).where(fact_values.c.fact_id == any_(array_of(fact_ids)), kept))
    return {row.fact_id: [_line(each) for each in journal.unpack(row.journal)] for row in found}


def within(actor: Actor, facts: Sequence[Happened], records: Lines) -> tuple[list[Happened], Lines]:
    """Of these facts and of their records those that a member with limits sees, without what is hidden."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for fact in facts:
        wanted[fact.object or ""] |= {fact.record_id} if fact.record_id else _ids(records.get(fact.id, ()))
    seen = {name: scope.visible(actor, name, ids) for name, ids in wanted.items()}
    lines = {
        fact.id: [each for each in records[fact.id] if UUID(each["id"]) in seen[fact.object or ""]]
        for fact in facts
        if fact.id in records
    }
    shown = [fact for fact in facts if fact.record_id in seen[fact.object or ""] or lines.get(fact.id)]
    return [_without(actor, fact) for fact in shown], lines


def _ids(lines: Sequence[Mapping[str, Any]]) -> set[UUID]:
    return {UUID(each["id"]) for each in lines}


def _without(actor: Actor, fact: Happened) -> Happened:
    name = fact.object or ""
    shown = scope.seen(actor, registry.get(name)).by_name
    fields = [each for each in fact.fields if each in shown]
    return replace(fact, fields=fields, title="" if limits.renamed(actor, name) else fact.title)


def _counted(record_id: UUID) -> Mapping[str, Any]:
    """A record whose version stays: nobody edited it."""
    return {"id": str(record_id), "verb": WORKED_OUT, "version": None}


def _line(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": row["id"], "verb": row["verb"], "version": row["version"]}
