"""Many records into the trash at once, or out of it, as one fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import any_, text, update

from app.core.actor import Actor
from app.core.clock import now
from app.records import facts, intake, loading, registry, relations, scope, search_index, since, uniqueness
from app.records.computed import marking
from app.records.rights import allowed
from app.records.tables import array_of
from app.records.titles import title
from app.records.types import Change, ObjectType
from app.records.writing import Outcome
from tenants.session import session

_LIVE = text("UPDATE identifiers SET is_live = :live WHERE record_id = ANY(CAST(:ids AS uuid[]))")
_UNFOUND = text("DELETE FROM search WHERE record_id = ANY(CAST(:ids AS uuid[]))")


@dataclass(frozen=True)
class Bulk:
    """How much is done at once: called `title`, by which job; `quiet`: what follows tells nobody.

    A record that has another version than `versions` say stays as it is.
    """

    title: str
    job_id: UUID | None = None
    quiet: bool = False
    versions: Mapping[UUID, int] | None = None


def trash_many(actor: Actor, object_name: str, ids: Sequence[UUID], bulk: Bulk) -> list[Outcome]:
    """Put these records into the trash; an outcome for each, in order."""
    described = allowed(actor, object_name, "delete")
    changes = _changes(actor, described, ids, "trashed", bulk)
    going = [change for change in changes if not change.problems]
    if going:
        session.execute(_LIVE, {"ids": [change.record_id for change in going], "live": False})
        session.execute(_UNFOUND, {"ids": [change.record_id for change in going]})
        _finish(actor, described, going, bulk)
    return [_outcome(change) for change in changes]


def restore_many(actor: Actor, object_name: str, ids: Sequence[UUID], bulk: Bulk) -> list[Outcome]:
    """Take these records out of the trash; where another one holds what must be unique, they stay there."""
    described = allowed(actor, object_name, "delete")
    changes = _changes(actor, described, ids, "restored", bulk)
    _check_free(described, changes)
    coming = [change for change in changes if not change.problems]
    if coming:
        with uniqueness.races_told():
            session.execute(_LIVE, {"ids": [change.record_id for change in coming], "live": True})
            _finish(actor, described, coming, bulk)
        search_index.enter_many(described, {each.record_id: each.after for each in coming})
    return [_outcome(change) for change in changes]


def _changes(actor: Actor, described: ObjectType, ids: Sequence[UUID], verb: str, bulk: Bulk) -> list[Change]:
    found = loading.locked(described, ids, trashed=verb == "restored", only=scope.rows(actor, described))
    beyond = scope.beyond(actor, described, "delete", found)
    changes = [
        Change(described.name, each, found.get(each, {}), {}, quiet=bulk.quiet, verb=verb) for each in ids
    ]
    for change in changes:
        if change.record_id not in found:
            change.problems.append(intake.gone())
        elif change.record_id in beyond:
            change.problems.append(scope.not_yours())
        elif bulk.versions is not None and change.value("version") != bulk.versions.get(change.record_id):
            change.problems += since.problems(described, ["version"])
    return changes


def _check_free(described: ObjectType, changes: Sequence[Change]) -> None:
    """The values were unique when the records went; somebody may have taken them since."""
    sound = [change for change in changes if not change.problems]
    as_new = [Change(each.object, each.record_id, None, dict(each.before or {})) for each in sound]
    uniqueness.check(described, as_new)
    for change, new in zip(sound, as_new, strict=True):
        change.problems += new.problems


def _finish(actor: Actor, described: ObjectType, changes: Sequence[Change], bulk: Bulk) -> None:
    table, at = described.base, now()
    stamps: dict[str, Any] = {
        "deleted_at": at if changes[0].verb == "trashed" else None,
        "updated_at": at,
        "updated_by": actor.member_id,
    }
    ids = [each.record_id for each in changes]
    session.execute(
        update(table).where(table.c.id == any_(array_of(ids))).values(**stamps, version=table.c.version + 1)
    )
    for each in changes:
        before = each.before or {}
        each.after = {**before, **stamps, "version": before["version"] + 1}
    rows = [
        (each, title(described, each.after), each.after["version"], relations.about(described, each))
        for each in changes
    ]
    facts.record_many(actor, "changed_many", described.name, bulk.title, rows, job_id=bulk.job_id)
    registry.behaviour(described).stored(actor, list(changes))
    marking.after(described, changes)


def _outcome(change: Change) -> Outcome:
    if change.problems:
        return Outcome("failed", change.record_id, tuple(change.problems))
    return Outcome("updated", change.record_id)
