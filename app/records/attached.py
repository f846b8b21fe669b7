"""Files that fields of a record name: the feature that keeps files announces itself here."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Problem
from app.core.text import N_
from app.records.types import Change, Field, ObjectType

NOT_THERE = N_("%(field)s: a file is not there. Add it to the record, then choose it.")


class Keeper(Protocol):
    """Who keeps files."""

    def missing(self, actor: Actor, object_name: str, record_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        """Those of them that neither hang on the record nor were brought by `actor` to hang on something."""

    def attach(self, actor: Actor, object_name: str, record_id: UUID, ids: Collection[UUID]) -> None:
        """Hang those on the record that hang on nothing yet."""


_keepers: list[Keeper] = []


def kept_by(keeper: Keeper) -> None:
    """Let `keeper` answer for all files."""
    _keepers[:] = [keeper]


def check(actor: Actor, described: ObjectType, changes: Sequence[Change]) -> None:
    """Note a problem for each field that names a file which is not its record's to have."""
    for change in changes:
        for field, ids in _named(described, change):
            before = (change.before or {}).get(field.name) or ()
            fresh = {each for each in ids if str(each) not in before}
            if fresh and _keepers[0].missing(actor, described.name, change.record_id, fresh):
                change.problems.append(Problem(field.name, "no_file", NOT_THERE, {"field": field.label}))


def attach(actor: Actor, described: ObjectType, changes: Sequence[Change]) -> None:
    """Hang the files that stored records name on them."""
    for change in changes if described.with_files else ():
        for _, ids in _named(described, change):
            _keepers[0].attach(actor, described.name, change.record_id, ids)


def _named(described: ObjectType, change: Change) -> Iterator[tuple[Field, list[UUID]]]:
    for field in described.with_files:
        if change.values.get(field.name):
            yield field, [UUID(each) for each in change.values[field.name]]
