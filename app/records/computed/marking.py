"""Whose roll-ups have to be counted after a change: written down with it, done by a job soon after."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app.core.queue import enqueue
from app.records import holding, registry
from app.records.computed import plans
from app.records.computed.plans import Feed
from app.records.tables import array_of
from app.records.types import Change, ObjectType
from tenants.session import session

SETTLE = "records.settle"
# Where a transaction keeps that the job is staged.
_STAGED = "roll-ups are staged"

_MARK = text(
    "INSERT INTO recounts (object, record_id) SELECT * FROM unnest(:objects, :ids) AS marked (object, id)"
).bindparams(bindparam("objects", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Uuid)))

# What comes and goes by these is told no more, or again, by the lists that hold it.
_IN_AND_OUT = frozenset({"trashed", "restored"})
Marks = dict[str, set[UUID]]


def after(described: ObjectType, changes: Iterable[Change]) -> None:
    """Mark what these stored changes, made, moved, changed or thrown away, count in."""
    plan = plans.present()
    feeds, holders = plan.feeds.get(described.name, ()), plan.holders.get(described.name, ())
    if not feeds and not holders:
        return
    found: Marks = defaultdict(set)
    moved = []
    for change in changes:
        for feed in feeds:
            found[feed.object].update(_counting(feed, change))
        if change.verb in _IN_AND_OUT:
            moved.append(change.record_id)
    for name, field in holders if moved else ():
        table = registry.get(name).table
        held = holding.names_any(table.c[field.name], moved)
        found[name].update(session.scalars(select(table.c.id).where(held)))
    mark(found)


def touched(object_name: str, ids: Collection[UUID], names: Collection[str]) -> None:
    """Fields of these records were changed by a statement of a feature's own."""
    plan = plans.present()
    own, feeds = plan.own.get(object_name), plan.feeds.get(object_name, ())
    found: Marks = defaultdict(set)
    if own and any(each.uses.intersection(names) for each in own.formulas):
        found[object_name].update(ids)
    table = registry.get(object_name).table
    for feed in feeds:
        if feed.names.intersection(names):
            relation, source = holding.ends(registry.get(object_name), feed.rollup.field)
            those = (table.c.id == any_(array_of(ids)), relation.is_not(None))
            here = select(relation).select_from(source).where(*those)
            found[feed.object].update(session.scalars(here.distinct()))
    mark(found)


def mark(found: Mapping[str, Collection[UUID]]) -> None:
    """Let the job work these records out anew, by object."""
    rows = [(name, each) for name, ids in found.items() for each in ids]
    if not rows:
        return
    session.execute(_MARK, {"objects": [name for name, _ in rows], "ids": [each for _, each in rows]})
    _stage()


def _stage() -> None:
    """Once in a transaction; what a savepoint takes back is staged again."""
    within = session().get_nested_transaction() or session().get_transaction()
    if session.info.get(_STAGED) is not within:
        enqueue(SETTLE, {})
        session.info[_STAGED] = within


def _counting(feed: Feed, change: Change) -> Sequence[UUID]:
    """The records that count this one, before or after the change, where that makes a difference."""
    before, now = change.before or {}, change.after
    relation = feed.rollup.field
    if change.verb == "updated" and not _matters(feed, change, before):
        return ()
    ends = [*holding.ids_of(before.get(relation)), *holding.ids_of(now.get(relation))]
    return list(dict.fromkeys(ends))


def _matters(feed: Feed, change: Change, before: Mapping[str, Any]) -> bool:
    if feed.any_change:
        return True
    return any(
        name in change.values and change.values[name] != before.get(name)
        for name in (feed.rollup.field, *feed.names)
    )
