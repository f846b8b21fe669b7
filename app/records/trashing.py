"""Many records into the trash at once, as one fact."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, text, update

from app.core.actor import Actor
from app.core.clock import now
from app.records import facts, loading, registry, relations
from app.records.rights import allowed
from app.records.tables import array_of
from app.records.titles import title
from app.records.types import Change, ObjectType
from tenants.session import session

_LIVE = text("UPDATE identifiers SET is_live = false WHERE record_id = ANY(CAST(:ids AS uuid[]))")
_UNFOUND = text("DELETE FROM search WHERE record_id = ANY(CAST(:ids AS uuid[]))")


def trash_many(
    actor: Actor, object_name: str, ids: Sequence[UUID], *, bulk_title: str, job_id: UUID | None = None
) -> set[UUID]:
    """Put these records into the trash and tell nobody; which of them were there."""
    described = allowed(actor, object_name, "delete")
    found = loading.locked(described, ids)
    if not found:
        return set()
    changes = [
        Change(object_name, record_id, before, {}, quiet=True, verb="trashed")
        for record_id, before in found.items()
    ]
    _store(actor, described, changes)
    for statement in (_LIVE, _UNFOUND):
        session.execute(statement, {"ids": list(found)})
    rows = [
        (each, title(described, each.after), each.after["version"], relations.about(described, each))
        for each in changes
    ]
    facts.record_many(actor, "changed_many", object_name, bulk_title, rows, job_id=job_id)
    registry.behaviour(described).stored(actor, changes)
    return set(found)


def _store(actor: Actor, described: ObjectType, changes: Sequence[Change]) -> None:
    table = described.table
    stamps: dict[str, Any] = {"deleted_at": now(), "updated_at": now(), "updated_by": actor.member_id}
    ids = [each.record_id for each in changes]
    session.execute(
        update(table).where(table.c.id == any_(array_of(ids))).values(**stamps, version=table.c.version + 1)
    )
    for each in changes:
        before = each.before or {}
        each.after = {**before, **stamps, "version": before["version"] + 1}
