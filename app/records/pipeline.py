"""The one way in which changes become rows: check, store, index, log, react."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.records import (
    attached,
    counters,
    facts,
    identifiers,
    intake,
    journal,
    numbering,
    registry,
    relations,
    room,
    scope,
    search_index,
    storing,
    titles,
    uniqueness,
)
from app.records.computed import filling, marking
from app.records.facts import Told
from app.records.habits import Habits
from app.records.together import Part
from app.records.types import Behaviour, Change, ObjectType


def prepare(actor: Actor, described: ObjectType, changes: Sequence[Change], habits: Habits) -> list[Change]:
    """Complete and check the changes; returns those that may be stored and do change something."""
    changing = _completed(actor, described, changes, habits)
    uniqueness.check(described, changing)
    scope.discreet(actor, described, changing)
    return _sound(changing)


def create(actor: Actor, described: ObjectType, change: Change, habits: Habits, shown: str = "''") -> str:
    """Complete, check and store one new record; returns what the SQL `shown` says of its row.

    Who holds what it may not have is asked by the statement that stores it. Raises Invalid and Conflict.
    """
    changing = _completed(actor, described, [change], habits)
    uniqueness.check_fields(described, changing)
    if change.problems:
        uniqueness.check_identifiers(described, changing)
        scope.discreet(actor, described, changing)
        raise Invalid(change.problems)
    room.check(actor, 1)
    numbering.give(described, [change])
    storing.foresee(described, [change], now(), actor.member_id)
    filling.fill(described, [change])
    beside = [*_beside(described, [change]), *facts.joining([_told(actor, described, change, None)])]
    with uniqueness.races_told():
        unless = uniqueness.held(described, change)
        told = storing.store_new(described, change, beside, unless=unless, shown=shown)
    if told is None:
        uniqueness.check_identifiers(described, [change])
        scope.discreet(actor, described, [change])
        raise Invalid(change.problems) if change.problems else Conflict(uniqueness.RACE)
    attached.attach(actor, described, [change])
    registry.behaviour(described).stored(actor, [change])
    marking.after(described, [change])
    return told


def follows(described: ObjectType) -> bool:
    """Whether something is done once a record is stored, which may change it again."""
    return type(registry.behaviour(described)).stored is not Behaviour.stored


def extends(described: ObjectType) -> bool:
    """Whether a feature adds to what is written of the object."""
    return type(registry.behaviour(described)) is not Behaviour


def _completed(
    actor: Actor, described: ObjectType, changes: Sequence[Change], habits: Habits
) -> list[Change]:
    """The changes that do change something and point to what is there, but for what others hold."""
    sound = _sound(changes)
    relations.inherit(described, sound)
    counters.number(described, sound)
    registry.behaviour(described).prepare(actor, sound)
    for change in changes:
        intake.give_currency(described, change, habits)
        identifiers.settle(described, change)
        intake.complete(described, change, actor, habits)
        _drop_unchanged(change)
    changing = [change for change in _sound(changes) if change.is_new or change.values]
    relations.check(described, changing, stored=habits.stored)
    if described.with_files and not habits.stored:
        attached.check(actor, described, changing)
    return changing


def store(
    actor: Actor,
    described: ObjectType,
    changes: Sequence[Change],
    *,
    bulk_title: str | None = None,
    job_id: UUID | None = None,
) -> None:
    """Store prepared changes with identifiers, search and facts; with a `bulk_title` as one fact."""
    if not changes:
        return
    room.check(actor, sum(change.is_new for change in changes))
    numbering.give(described, changes)
    storing.foresee(described, changes, now(), actor.member_id)
    filling.fill(described, changes)
    beside = _beside(described, changes)
    if bulk_title is None:
        told = [facts.joining([_told(actor, described, change, job_id) for change in changes])]
    else:
        told = list(_told_many(actor, described, changes, bulk_title, job_id))
    with uniqueness.races_told():
        identifiers.clear(described, changes)
        storing.store(described, changes, [*beside, *told[0]])
    facts.write(*told[1:])
    attached.attach(actor, described, changes)
    registry.behaviour(described).stored(actor, list(changes))
    marking.after(described, changes)


def _beside(described: ObjectType, changes: Sequence[Change]) -> list[Part]:
    return [*identifiers.joining(described, changes), *search_index.joining(described, changes)]


def _sound(changes: Sequence[Change]) -> list[Change]:
    return [change for change in changes if not change.problems]


def _drop_unchanged(change: Change) -> None:
    if change.before is not None:
        before = change.before
        change.values = {n: v for n, v in change.values.items() if before.get(n) != v}


def _told_many(
    actor: Actor, described: ObjectType, changes: Sequence[Change], bulk_title: str, job_id: UUID | None
) -> Iterator[list[Part]]:
    rows = [
        (
            change,
            titles.title(described, change.after),
            int(change.after["version"]),
            relations.about(described, change),
        )
        for change in changes
    ]
    return facts.joining_many(actor, "changed_many", described.name, bulk_title, rows, job_id=job_id)


def _told(actor: Actor, described: ObjectType, change: Change, job_id: UUID | None) -> Told:
    return Told(
        actor,
        change.verb,
        described.name,
        change.record_id,
        titles.title(described, change.after),
        about=relations.about(described, change),
        data={"version": change.after["version"]} | ({"undoes": str(change.undoes)} if change.undoes else {}),
        changes=journal.changed(change),
        job_id=job_id,
        keeps_history=any(described.by_name[name].keeps_history for name in change.values),
    )
