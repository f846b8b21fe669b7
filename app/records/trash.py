"""The trash: records that were deleted and may come back."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.records import facts, identifiers, loading, registry, relations, scope, search_index, uniqueness
from app.records.computed import marking
from app.records.plain import outward
from app.records.record import Record
from app.records.rights import allowed
from app.records.titles import title
from app.records.types import Change, ObjectType
from tenants.session import session


def trash(actor: Actor, object_name: str, record_id: UUID) -> None:
    """Put the record into the trash: no list, search or match finds it; everything of it is kept."""
    described = allowed(actor, object_name, "delete")
    change = _change(actor, described, record_id, "trashed", trashed=False)
    identifiers.set_live(record_id, live=False)
    search_index.remove(record_id)
    _finish(actor, described, change, {"deleted_at": now()})


def restore(actor: Actor, object_name: str, record_id: UUID) -> Record:
    """Take the record out of the trash; Invalid where another one holds a value that must be unique."""
    described = allowed(actor, object_name, "delete")
    change = _change(actor, described, record_id, "restored", trashed=True)
    _check_free(described, change)
    with uniqueness.races_told():
        identifiers.set_live(record_id, live=True)
        _finish(actor, described, change, {"deleted_at": None})
    search_index.enter(described, record_id, change.before or {})
    values = change.after
    return Record(
        described.name, record_id, values["version"], title(described, values), outward(described, values)
    )


def _change(actor: Actor, described: ObjectType, record_id: UUID, verb: str, *, trashed: bool) -> Change:
    theirs = scope.rows(actor, described)
    before = loading.locked(described, [record_id], trashed=trashed, only=theirs).get(record_id)
    if before is None:
        raise NotFound(described.name)
    scope.permit(actor, described, "delete", [record_id])
    return Change(described.name, record_id, before, {}, verb=verb)


def _check_free(described: ObjectType, change: Change) -> None:
    """The values were unique when the record went; somebody may have taken them since."""
    before = change.before or {}
    as_new = Change(change.object, change.record_id, None, dict(before))
    uniqueness.check(described, [as_new])
    if as_new.problems:
        raise Invalid(as_new.problems)


def _finish(actor: Actor, described: ObjectType, change: Change, values: dict[str, Any]) -> None:
    table, before = described.base, change.before or {}
    stamps = {"updated_at": now(), "updated_by": actor.member_id, "version": before["version"] + 1}
    session.execute(update(table).where(table.c.id == change.record_id).values(**values, **stamps))
    change.after = {**before, **values, **stamps}
    facts.record(
        actor,
        change.verb,
        described.name,
        change.record_id,
        title(described, change.after),
        about=relations.about(described, change),
        data={"version": change.after["version"]},
    )
    registry.behaviour(described).stored(actor, [change])
    marking.after(described, [change])
