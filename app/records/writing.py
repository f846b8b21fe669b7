"""Creating and changing records, one or many; every verb runs within the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.ids import new_id
from app.records import habits as habit
from app.records import holding, identifiers, intake, loading, merging, pipeline, pointing, scope, since
from app.records.habits import Habits
from app.records.plain import outward
from app.records.record import Record
from app.records.rights import allowed
from app.records.titles import title
from app.records.trash import restore, trash
from app.records.types import Change, ObjectType

State = Literal["created", "updated", "skipped", "failed"]


@dataclass(frozen=True)
class Row:
    """One record to write: raw or typed values; with a `record_id` an existing one is changed.

    It fails where a field has another value by now than is `expected`, as facts tell values.
    """

    values: Mapping[str, Any]
    record_id: UUID | None = None
    expected: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `skipped` rows change nothing."""

    state: State
    record_id: UUID | None
    problems: tuple[Problem, ...] = field(default=())


def create(
    actor: Actor,
    object_name: str,
    values: Mapping[str, Any],
    *,
    quiet: bool = False,
    habits: Habits | None = None,
) -> Record:
    """A new record with these raw or typed values; raises Invalid that names every field in question.

    `quiet` marks imported history. `habits` None: those of the actor.
    """
    described = allowed(actor, object_name, "write")
    reading = habits or habit.of(actor)
    change = begun(actor, described, values, reading, quiet=quiet)
    pipeline.create(actor, described, change, reading)
    return _as_record(scope.seen(actor, described), change)


def begun(
    actor: Actor, described: ObjectType, values: Mapping[str, Any], habits: Habits, *, quiet: bool = False
) -> Change:
    """A new record as `actor` gives it, not checked yet beyond each value for itself."""
    change = _new(described, quiet)
    intake.take(described, change, scope.given(actor, described, values, new=True), habits)
    return change


def update(
    actor: Actor,
    object_name: str,
    record_id: UUID,
    values: Mapping[str, Any],
    *,
    base_version: int | None = None,
    habits: Habits | None = None,
    undoes: UUID | None = None,
) -> Record:
    """The record with these fields changed, others kept.

    With `base_version`, fields that somebody else changed since then raise Conflict with three values.
    Values that change nothing leave no trace. `undoes` is the fact of the edit that this takes back.
    """
    described = allowed(actor, object_name, "write")
    before = loading.locked(described, [record_id], only=scope.rows(actor, described)).get(record_id)
    if before is None:
        raise NotFound(object_name)
    scope.permit(actor, described, "update", [record_id])
    reading = habits or habit.of(actor)
    values = pointing.unsaid(actor, described, values, before)
    values = scope.given(actor, described, values, new=False, before=before, stored=reading.stored)
    change = Change(object_name, record_id, before, {}, undoes=undoes)
    intake.take(described, change, values, reading)
    holding.settle(actor, described, [change], stored=reading.stored)
    if base_version is not None and not change.problems:
        _check_since(actor, described, change, base_version)
    return _stored(actor, described, change, reading)


def write_many(
    actor: Actor,
    object_name: str,
    rows: Sequence[Row],
    *,
    quiet: bool = False,
    job_id: UUID | None = None,
    title: str = "",
    habits: Habits | None = None,
) -> list[Outcome]:
    """Write many records of one object in few statements and as one fact; an outcome for each row, in order.

    Rows with problems fail and hinder no others. Give at most a few thousand rows at once; a record may
    be changed by one row only, later ones fail.
    """
    described = allowed(actor, object_name, "write")
    changes, storable = _prepared(actor, described, rows, quiet, habits)
    pipeline.store(actor, described, storable, bulk_title=title, job_id=job_id)
    stored = {id(change) for change in storable}
    return [_outcome(change, id(change) in stored) for change in changes]


def check_many(
    actor: Actor,
    object_name: str,
    rows: Sequence[Row],
    *,
    quiet: bool = False,
    habits: Habits | None = None,
) -> list[Outcome]:
    """What `write_many` would answer; nothing is stored, but changed records are locked like there."""
    described = allowed(actor, object_name, "write")
    changes, storable = _prepared(actor, described, rows, quiet, habits)
    changing = {id(change) for change in storable}
    return [_outcome(change, id(change) in changing) for change in changes]


def _prepared(
    actor: Actor, described: ObjectType, rows: Sequence[Row], quiet: bool, habits: Habits | None
) -> tuple[list[Change], list[Change]]:
    """All changes, and those of them that may be stored."""
    reading = habits or habit.of(actor)
    changes = _changes(actor, described, rows, quiet)
    known: intake.Known = {}
    sight = pointing.sight(actor, described, [row.values for row in rows], changes)
    for change, row in zip(changes, rows, strict=True):
        if not change.problems:
            values = pointing.unsaid(actor, described, row.values, change.before, sight)
            values = scope.taken(actor, described, change, values, sight, stored=reading.stored)
            intake.take(described, change, values, reading, known)
    holding.settle(actor, described, changes, stored=reading.stored)
    return changes, pipeline.prepare(actor, described, changes, reading)


def _changes(actor: Actor, described: ObjectType, rows: Sequence[Row], quiet: bool) -> list[Change]:
    ids = [row.record_id for row in rows if row.record_id is not None]
    names = {name for row in rows for name in row.values}
    known = {}
    if ids:
        identified = _needs_identifiers(described, names)
        known = loading.locked(described, ids, only=scope.rows(actor, described), identified=identified)
    beyond = scope.beyond(actor, described, "update", known)
    seen: set[UUID] = set()
    changes = []
    for row in rows:
        if row.record_id is None:
            changes.append(_new(described, quiet))
            continue
        change = Change(described.name, row.record_id, known.get(row.record_id, {}), {}, quiet=quiet)
        if row.record_id not in known:
            change.problems.append(intake.gone())
        elif row.record_id in seen:
            change.problems.append(intake.twice())
        elif row.record_id in beyond:
            change.problems.append(scope.not_yours())
        elif row.expected:
            change.problems += since.problems(described, since.moved(change.before or {}, row.expected))
        seen.add(row.record_id)
        changes.append(change)
    return changes


def _needs_identifiers(described: ObjectType, names: Collection[str]) -> bool:
    """Whether a change of these fields sets identifiers or what the search finds a record by."""
    if pipeline.extends(described) or described.finds_by_computed:
        return True
    if any(rule.via in names for rule in described.inherits):
        return True
    plain = {each.name for each in described.columns} - set(described.found_by) - set(identifiers.SETTLED)
    return not plain.issuperset(names)


def _check_since(actor: Actor, described: ObjectType, change: Change, base_version: int) -> None:
    try:
        merging.check(described, change, base_version)
    except Conflict as conflict:
        raise pointing.told(actor, described, conflict) from None


def _new(described: ObjectType, quiet: bool) -> Change:
    return Change(described.name, new_id(), None, {}, quiet=quiet, verb="created")


def _stored(actor: Actor, described: ObjectType, change: Change, habits: Habits) -> Record:
    storable = pipeline.prepare(actor, described, [change], habits)
    if change.problems:
        raise Invalid(change.problems)
    pipeline.store(actor, described, storable)
    return _as_record(scope.seen(actor, described), change)


def _as_record(described: ObjectType, change: Change) -> Record:
    values = change.after or change.before or {}
    shown = {name: value for name, value in outward(described, values).items() if described.shows(name)}
    return Record(described.name, change.record_id, values["version"], title(described, values), shown)


def _outcome(change: Change, stored: bool) -> Outcome:
    if change.problems:
        return Outcome("failed", None if change.is_new else change.record_id, tuple(change.problems))
    if not stored:
        return Outcome("skipped", change.record_id)
    return Outcome("created" if change.is_new else "updated", change.record_id)


__all__ = ["Outcome", "Row", "check_many", "create", "restore", "trash", "update", "write_many"]
