"""Taking back one edit where nothing later changed the same fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.text import N_
from app.records import loading, pointing, registry, scope, since, taken_back
from app.records.habits import Habits
from app.records.plain import outward, plain
from app.records.reading import fetch
from app.records.record import Record
from app.records.rights import allowed
from app.records.since import CHANGED_SINCE
from app.records.tables import fact_values, facts
from app.records.trash import restore, trash
from app.records.types import ObjectType
from app.records.writing import update
from tenants.session import session

# So long changes can be taken back, and what they changed is kept.
WINDOW = timedelta(days=30)
TOO_LATE = N_("This was changed more than 30 days ago and cannot be undone any more.")
UNDONE = N_("This was taken back already.")
NOTHING = N_("There is nothing to undo here.")

# Stored values are written as programs write them, whatever the habits of the one who undoes.
STORED = Habits(stored=True)
_EMPTY: Mapping[str, Any] = {"emails": [], "phones": [], "external_ids": {}}


def last_edit(record_id: UUID) -> UUID | None:
    """The fact of the record's newest edit."""
    edits = select(facts.c.id).where(facts.c.record_id == record_id, facts.c.verb == "updated")
    found: UUID | None = session.scalar(edits.order_by(facts.c.id.desc()).limit(1))
    return found


def is_too_late(at: datetime) -> bool:
    """Whether what was changed then cannot be taken back any more."""
    return at < now() - WINDOW


def undo(actor: Actor, fact_id: UUID, *, again: bool = False) -> Record:
    """Take back what the fact tells: an edit, a new record, a deletion or a restoration; returns the record.

    With `again` what was taken back already is as it should be, and nothing happens. Raises Conflict with
    the three values where a later change touched the same fields, after 30 days and where it was taken back
    already, Invalid where the fact is nothing that can be undone, NotFound where it is none that `actor` may
    see.
    """
    if scope.is_customer(actor):
        raise NotFound("facts")  # taking back is for those who see the whole record
    fact = _fact(fact_id)
    described = allowed(actor, fact["object"] or "", "read")
    if fact["record_id"] is None:
        raise Invalid.one("fact", "not_undoable", NOTHING)
    scope.check(actor, described, fact["record_id"])
    if is_too_late(fact["at"]):
        raise Conflict(TOO_LATE)
    if scope.keeps(actor, described, fact["changes"] or ()):
        raise NotAllowed(described.permission("write"))
    if again and _is_done(fact_id, fact):
        return fetch(actor, described.name, fact["record_id"], trashed=True)
    match fact["verb"]:
        case "created" | "restored":
            _check_version(described, fact)
            trash(actor, described.name, fact["record_id"])
            return fetch(actor, described.name, fact["record_id"], trashed=True)
        case "trashed":
            _check_version(described, fact, trashed=True)
            return restore(actor, described.name, fact["record_id"])
        case "updated" if fact["changes"]:
            if fact_id in taken_back.edits([fact["record_id"]]):
                raise Conflict(UNDONE)
            with registry.with_hidden():
                whole = registry.get(described.name)
                record = _take_back(actor, whole, fact_id, fact)
            return _shown(record, described, whole)
        case _:
            raise Invalid.one("fact", "not_undoable", NOTHING)


def _fact(fact_id: UUID) -> Mapping[str, Any]:
    columns = (
        facts.c.at,
        facts.c.verb,
        facts.c.object,
        facts.c.record_id,
        facts.c.data,
        fact_values.c.changes,
    )
    found = session.execute(
        select(*columns)
        .select_from(facts.outerjoin(fact_values, fact_values.c.fact_id == facts.c.id))
        .where(facts.c.id == fact_id)
    ).mappings()
    row = found.one_or_none()
    if row is None:
        raise NotFound("facts")
    return dict(row)


def _is_done(fact_id: UUID, fact: Mapping[str, Any]) -> bool:
    """Whether it is as if what the fact tells had been taken back."""
    if fact["verb"] == "updated":
        return fact_id in taken_back.edits([fact["record_id"]])
    table = registry.get(fact["object"]).table
    lies = session.scalar(select(table.c.deleted_at.is_not(None)).where(table.c.id == fact["record_id"]))
    return lies is {"created": True, "restored": True, "trashed": False}.get(fact["verb"])


def _check_version(described: ObjectType, fact: Mapping[str, Any], *, trashed: bool = False) -> None:
    """A record that was worked on since is not thrown away, nor brought back, by an old toast."""
    now_there = loading.locked(described, [fact["record_id"]], trashed=trashed).get(fact["record_id"])
    if now_there is None:
        raise NotFound(described.name)
    if now_there["version"] != fact["data"].get("version"):
        raise Conflict(CHANGED_SINCE)


def _shown(record: Record, described: ObjectType, whole: ObjectType) -> Record:
    """The record without the fields that are hidden."""
    hidden = whole.by_name.keys() - described.by_name.keys()
    if not hidden:
        return record
    return replace(record, values={n: v for n, v in record.values.items() if n not in hidden})


def _take_back(actor: Actor, described: ObjectType, fact_id: UUID, fact: Mapping[str, Any]) -> Record:
    record_id, changes = fact["record_id"], fact["changes"]
    stored = loading.locked(described, [record_id]).get(record_id)
    if stored is None:
        raise NotFound(described.name)
    shown = outward(described, stored)
    writable = _writable(described, changes)
    if not writable:
        raise Invalid.one("fact", "not_undoable", NOTHING)
    clashing = since.moved(stored, {name: after for name, (_, after) in writable.items()})
    if clashing:
        conflict = Conflict(
            CHANGED_SINCE,
            yours={name: writable[name][0] for name in clashing},
            theirs={name: plain(shown.get(name)) for name in clashing},
            base={name: writable[name][1] for name in clashing},
        )
        raise pointing.told(actor, described, conflict)
    before = _before(described, writable)
    return update(actor, described.name, record_id, before, habits=STORED, undoes=fact_id)


def values_before(described: ObjectType, changes: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """What has to be written so that the fields are again what a fact says they were."""
    return _before(described, _writable(described, changes))


def _writable(described: ObjectType, changes: Mapping[str, tuple[Any, Any]]) -> Mapping[str, tuple[Any, Any]]:
    """Those of fields that there still are and that people write."""
    known = described.by_name
    return {name: pair for name, pair in changes.items() if name in known and not known[name].readonly}


def _before(described: ObjectType, changes: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The values before; a list says its primary value itself."""
    derived = {one for many, one in described.primaries.items() if many in changes}
    before = {name: pair[0] for name, pair in changes.items() if name not in derived}
    return {n: _EMPTY.get(described.by_name[n].kind) if v is None else v for n, v in before.items()}
