"""Taking a merge back: both records are again what they were, and what was added since stays where it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.text import N_
from app.records import (
    identifiers,
    intake,
    loading,
    pipeline,
    registry,
    scope,
    since,
    trash,
    undo,
    uniqueness,
)
from app.records.joining import moving
from app.records.joining.moving import MERGED
from app.records.joining.pointers import links
from app.records.labels import titles_of
from app.records.plain import dumps, outward, plain
from app.records.rights import allowed
from app.records.tables import fact_values
from app.records.titles import title
from app.records.types import Change, ObjectType
from tenants.session import session

KEPT = timedelta(days=30)
TOO_LATE = N_("This merge is more than 30 days old and cannot be taken back any more.")
GONE = N_("One of the two records was deleted, restored or merged again since. Take that back first.")

_PAIRS = text(
    "INSERT INTO links SELECT * FROM json_populate_recordset(NULL::links, CAST(:pairs AS json))"
    " ON CONFLICT DO NOTHING"
)


@registry.with_hidden()
def unmerge(actor: Actor, object_name: str, drop_id: UUID) -> tuple[UUID, Mapping[str, Any]]:
    """Take back the merge that put `drop` into the trash; the record it was merged into, and what was `told`.

    Raises NotFound where there was none, Invalid when it is too late, Conflict that names what somebody
    changed since: fields of the kept record, and records that were moved elsewhere.
    """
    allowed(actor, object_name, "delete")
    described = allowed(actor, object_name, "write")
    link = _link(described, drop_id)
    keep_id, data = link["to_id"], link["data"]
    if is_too_late(link["created_at"]):
        raise Invalid.one("merge", "too_late", TOO_LATE)
    keep = loading.locked(described, [keep_id], only=scope.rows(actor, described)).get(keep_id)
    scope.permit(actor, described, "update", [keep_id])
    drop = loading.locked(described, [drop_id], trashed=True).get(drop_id)
    if keep is None or drop is None or (str(keep_id), drop["version"]) != (data["kept"], data["version"]):
        raise Conflict(GONE)
    changes = _changes(UUID(data["fact"]))
    _check(actor, described, keep, changes, data["moves"])
    session.execute(delete(links).where(links.c.id == link["id"]))
    _restore(actor, described, keep, changes)
    trash.restore(actor, object_name, drop_id)
    names = f"{title(described, keep)} → {title(described, drop)}"
    moving.move_back(actor, described, drop_id, keep_id, moves=data["moves"], title=names)
    if data["pairs"]:
        session.execute(_PAIRS, {"pairs": dumps(data["pairs"])})
    return keep_id, data


def is_too_late(merged_at: datetime) -> bool:
    """Whether a merge of that moment stays."""
    return merged_at < now() - KEPT


def _link(described: ObjectType, drop_id: UUID) -> Mapping[str, Any]:
    here = (links.c.kind == MERGED, links.c.from_object == described.name, links.c.from_id == drop_id)
    found = session.execute(select(links).where(*here).with_for_update()).mappings().one_or_none()
    if found is None:
        raise NotFound(described.name)
    return dict(found)


def _changes(fact_id: UUID) -> Mapping[str, Any]:
    """Before and after of the kept record's fields."""
    return session.scalar(select(fact_values.c.changes).where(fact_values.c.fact_id == fact_id)) or {}


def _check(
    actor: Actor,
    described: ObjectType,
    keep: Mapping[str, Any],
    changes: Mapping[str, Any],
    moves: Mapping[str, list[str]],
) -> None:
    """Raises Conflict that names what was changed since."""
    shown = outward(described, dict(keep))
    told = {name: after for name, (_, after) in changes.items() if name in described.by_name}
    clashing = since.moved(shown, told)
    yours = {name: changes[name][0] for name in clashing}
    theirs = {name: plain(shown.get(name)) for name in clashing}
    base = {name: changes[name][1] for name in clashing}
    for other, field, values in moving.strayed(described, keep["id"], moves):
        now_at = values[field.name] if not field.holds else None
        called = f"{other.name}/{values['id']}"
        yours[called] = title(other, values)
        theirs[called] = titles_of(actor, field.target, [now_at]).get(now_at, "") if now_at else None
        base[called] = title(described, keep)
    if yours:
        raise Conflict(since.CHANGED_SINCE, yours=yours, theirs=theirs, base=base)


def _restore(actor: Actor, described: ObjectType, keep: dict[str, Any], changes: Mapping[str, Any]) -> None:
    change = Change(described.name, keep["id"], keep, {}, quiet=True, verb="unmerged")
    intake.take(described, change, undo.values_before(described, changes), undo.STORED)
    identifiers.settle(described, change)
    intake.complete(described, change, actor, undo.STORED)
    # What it pointed to may lie in the trash, as the dropped record does still: it is as it was.
    uniqueness.check(described, [change])
    if change.problems:
        raise Invalid(change.problems)
    pipeline.store(actor, described, [change])
