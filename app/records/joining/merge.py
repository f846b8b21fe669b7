"""Merging: one record stays with everything that either had, the other lies in the trash and leads to it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.text import N_
from app.records import (
    facts,
    identifiers,
    journal,
    loading,
    registry,
    relations,
    scope,
    search_index,
    storing,
    uniqueness,
)
from app.records import trash as trashing
from app.records.computed import filling, marking
from app.records.joining import absorbed, moving, outcome
from app.records.joining.moving import MERGED, POSSIBLE, Moves
from app.records.joining.pointers import links
from app.records.plain import plain
from app.records.rights import allowed
from app.records.titles import title
from app.records.types import Change, ObjectType
from tenants.session import session

Both = tuple[dict[str, Any], dict[str, Any]]
ITSELF = N_("A record cannot be merged with itself. Choose another.")
CHANGED = N_("One of the two was changed meanwhile. Look at both again.")


@registry.with_hidden()
def merge(
    actor: Actor,
    object_name: str,
    keep_id: UUID,
    drop_id: UUID,
    choices: Mapping[str, Any] | None = None,
    *,
    versions: tuple[int, int] | None = None,
    told: Mapping[str, Any] | None = None,
) -> bool:
    """Merge `drop` into `keep` in this transaction; False where that was done before.

    `choices` says keep or drop for fields where it matters; else what `keep` has stays and what it lacks is
    taken from `drop`. `versions` are those of both that the choices were made for: raises Conflict at others.
    `told` is kept for the undoing. What is hidden of the two is joined as well.
    """
    described = allowed(actor, object_name, "delete")
    described = allowed(actor, object_name, "write")
    outcome.check(described, choices or {})
    if not is_to_do(described, keep_id, drop_id):
        return False
    keep, drop = both(actor, described, keep_id, drop_id)
    if versions is not None and versions != (keep["version"], drop["version"]):
        raise Conflict(CHANGED)
    values = outcome.values(described, keep, drop, choices or {})
    chosen = {name: values[name] for name in choices or {} if name in values}
    scope.given(actor, described, chosen, new=False, before=keep)
    _join(actor, described, (keep, drop), values, told or {})
    return True


def is_to_do(described: ObjectType, keep_id: UUID, drop_id: UUID) -> bool:
    """False where `drop` was merged into `keep` before; raises Invalid where they are one record."""
    if keep_id == drop_id:
        raise Invalid.one("with", "itself", ITSELF)
    return absorbed.into(described.name, drop_id) != keep_id


def both(actor: Actor, described: ObjectType, keep_id: UUID, drop_id: UUID) -> Both:
    """The two records, locked; raises NotFound where one is not there for `actor`."""
    found = loading.locked(described, [keep_id, drop_id], only=scope.rows(actor, described))
    if len(found) < 2:
        raise NotFound(described.name)
    scope.permit(actor, described, "update", [keep_id])
    scope.permit(actor, described, "delete", [drop_id])
    return found[keep_id], found[drop_id]


def _join(
    actor: Actor,
    described: ObjectType,
    pair: Both,
    values: dict[str, Any],
    told: Mapping[str, Any],
) -> None:
    keep, drop = pair
    names = f"{title(described, drop)} → {title(described, keep)}"
    pairs = _forget_pairs(drop["id"])
    trashing.trash(actor, described.name, drop["id"])
    moves = moving.move(actor, described, drop["id"], keep["id"], names)
    change = Change(described.name, keep["id"], keep, _inside(described, keep, drop, values), quiet=True)
    change.verb = "merged"
    fact_id = _store(actor, described, change, drop, moves)
    data = {**told, "fact": str(fact_id), "moves": moves, "pairs": pairs}
    _point(actor, described, change, drop, {**data, "once": absorbed.once(described, pair)})


def _inside(
    described: ObjectType, keep: Mapping[str, Any], drop: Mapping[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    """The values, without a circle: whoever stands above the kept record must not stand below it as well."""
    for field in described.relations:
        if field.target == described.name and _leads_to(
            described, field.name, values.get(field.name, keep.get(field.name)), keep["id"]
        ):
            above = drop.get(field.name)
            is_free = above not in (None, keep["id"]) and not _leads_to(
                described, field.name, above, keep["id"]
            )
            values = {**values, field.name: above if is_free else None}
    return values


def _leads_to(described: ObjectType, name: str, start: UUID | None, end: UUID) -> bool:
    table, here, seen = described.table, start, set[UUID]()
    while here is not None and here not in seen and len(seen) < 100:
        if here == end:
            return True
        seen.add(here)
        here = session.scalar(select(table.c[name]).where(table.c.id == here))
    return False


def _store(
    actor: Actor, described: ObjectType, change: Change, drop: Mapping[str, Any], moves: Moves
) -> UUID:
    storing.foresee(described, [change], now(), actor.member_id)
    filling.fill(described, [change])
    beside = [*identifiers.joining(described, [change]), *search_index.joining(described, [change])]
    with uniqueness.races_told():
        identifiers.clear(described, [change])
        storing.store(described, [change], beside)
    registry.behaviour(described).stored(actor, [change])
    marking.after(described, [change])
    return facts.record(
        actor,
        change.verb,
        described.name,
        change.record_id,
        title(described, change.after),
        changes=journal.changed(change),
        about=relations.about(described, change),
        data={
            "version": change.after["version"],
            "record": str(drop["id"]),
            "name": title(described, drop),
            "moved": {name: len(keys) for name, keys in moves.items()},
        },
    )


def _point(
    actor: Actor, described: ObjectType, change: Change, drop: Mapping[str, Any], data: Mapping[str, Any]
) -> None:
    version = session.scalar(select(described.base.c.version).where(described.base.c.id == drop["id"]))
    session.execute(
        insert(links).values(
            kind=MERGED,
            from_object=described.name,
            from_id=drop["id"],
            to_object=described.name,
            to_id=change.record_id,
            data={**data, "version": version, "kept": str(change.record_id)},
            created_by=actor.member_id,
        )
    )


def _forget_pairs(drop_id: UUID) -> list[dict[str, Any]]:
    """What was thought to be like the dropped record is looked at anew; the rows are kept for the undoing."""
    ends = or_(links.c.from_id == drop_id, links.c.to_id == drop_id)
    gone = session.execute(delete(links).where(links.c.kind == POSSIBLE, ends).returning(links)).mappings()
    return [{name: plain(value) for name, value in row.items()} for row in gone]
