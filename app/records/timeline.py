"""What happened to records, in the order in which people read it: the latest first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, tuple_

from app.core.actor import Actor
from app.core.ids import parse_id
from app.records import holding, journal, limits, pointing, registry, scope, taken_back
from app.records.joining import absorbed
from app.records.labels import titles_of
from app.records.rights import readable
from app.records.tables import fact_values, facts
from tenants.session import session

# Edits of one person that follow each other so closely are told as one.
TOGETHER = timedelta(minutes=10)
MOST = 200
# What a customer is told about his records; whatever else happens to them is the company's own business.
TOLD = frozenset(
    {"created", "updated", "trashed", "restored", "resolved", "reopened", "broken", "delay_ended"}
)
# So many records that point here are told one by one when they change in bulk; more are told as a number.
BESIDE = 5


@dataclass(frozen=True)
class FieldChange:
    """Before and after of one field as JSON; labels name the records that relations point to."""

    field: str
    before: Any
    after: Any
    before_label: str | None = None
    after_label: str | None = None


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `fact_ids` are those it was put together from, the latest first.

    `bulk` tells that it was part of a change of many records, `title` is what the record was called then.
    An entry with verb changed_many stands for `data["rows"]` records; its title is the bulk change's.
    `undone` is an edit or a merge that was taken back since.
    """

    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    door: str
    verb: str
    object: str | None
    record_id: UUID | None
    title: str
    changes: tuple[FieldChange, ...]
    data: Mapping[str, Any]
    fact_ids: tuple[UUID, ...]
    bulk: bool = False
    job_id: UUID | None = None
    undone: bool = False


@dataclass(frozen=True)
class Thread:
    """Entries, and where the next older ones begin; `before` None: there are none."""

    entries: list[Entry] = field(default_factory=list)
    before: str | None = None


def timeline(actor: Actor, record_ids: Sequence[UUID], before: str | None = None, limit: int = 30) -> Thread:
    """What happened to these records and to those that point to them, of objects that `actor` may read.

    Of records that were merged into these it is told as well.
    `before` is the mark of an earlier call: what happened before that.
    """
    merged = absorbed.by(record_ids)
    ids = [*record_ids, *merged]
    rows = _rows(actor, ids, parse_id(before) if before else None, min(limit, MOST) + 1)
    wanted = {str(record_id) for record_id in ids}
    told = [entry for row in rows[: min(limit, MOST)] for entry in _entries(row, wanted)]
    told = _marked(told, rows if before is None else None, ids)
    # That a record was merged into this one says more than that it lies in the trash.
    told = [entry for entry in told if entry.verb != "trashed" or entry.record_id not in merged]
    if scope.is_limited(actor):
        told = list(_for_customer(actor, told) if scope.is_customer(actor) else _within(actor, told))
    more = len(rows) > min(limit, MOST)
    return Thread(_telling(_labelled(actor, _telling(_grouped(told)))), rows[-2].id.hex if more else None)


def _rows(actor: Actor, ids: Sequence[UUID], before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    values = fact_values.c
    statement = (
        select(facts, values.changes, values.journal)
        .select_from(facts.outerjoin(fact_values, values.fact_id == facts.c.id))
        .where(facts.c.about.overlap(list(ids)))
        .where(*_readable(actor))
        .order_by(facts.c.at.desc(), facts.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        mark = select(facts.c.at, facts.c.id).where(facts.c.id == before).scalar_subquery()
        statement = statement.where(tuple_(facts.c.at, facts.c.id) < mark)
    return session.execute(statement).all()


def _readable(actor: Actor) -> Iterator[ColumnElement[bool]]:
    names, columns = readable(actor), facts.c
    theirs = scope.among(actor, names, columns.object, columns.record_id)
    if theirs is None:
        yield or_(columns.object.is_(None), columns.object.in_(names))
    else:
        # The lines of a bulk change are looked through one by one.
        yield or_(theirs, and_(columns.record_id.is_(None), columns.object.in_(names)))
        if scope.is_customer(actor):
            yield or_(columns.verb.in_(TOLD), columns.record_id.is_(None))


def _marked(entries: list[Entry], latest: Sequence[Row[Any]] | None, ids: Sequence[UUID]) -> list[Entry]:
    """The entries, those that were taken back as such. `latest` are the facts where none are newer."""
    undone = (
        taken_back.told((row.id, row.data) for row in latest) if latest is not None else taken_back.edits(ids)
    )
    drops = [each for entry in entries if entry.verb == "merged" and (each := _dropped(entry))]
    still = taken_back.merges(drops) if drops else set()
    return [
        replace(entry, undone=True)
        if entry.fact_ids[0] in undone or (_dropped(entry) and str(entry.fact_ids[0]) not in still)
        else entry
        for entry in entries
    ]


def _dropped(entry: Entry) -> UUID | None:
    """The record that the merge put into the trash."""
    return parse_id(entry.data.get("record", "")) if entry.verb == "merged" else None


def _within(actor: Actor, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Of these entries those about records that a member with limits sees, without what is hidden there."""
    seen = _seen(actor, entries)
    for entry in entries:
        if entry.object and entry.record_id in seen.get(entry.object, ()):
            shown = scope.seen(actor, registry.get(entry.object)).by_name
            changes = tuple(change for change in entry.changes if change.field in shown)
            title = "" if limits.renamed(actor, entry.object) else entry.title
            yield replace(entry, changes=changes, title=title)


def _seen(actor: Actor, entries: Sequence[Entry]) -> Mapping[str, set[UUID]]:
    by_object: dict[str, set[UUID]] = defaultdict(set)
    for entry in entries:
        if entry.object and entry.record_id:
            by_object[entry.object].add(entry.record_id)
    return {name: scope.visible(actor, name, ids) for name, ids in by_object.items()}


def _for_customer(actor: Actor, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Of these entries those about his records, with the fields that are shared and no member's name."""
    his = _seen(actor, entries)
    for entry in entries:
        if entry.verb in TOLD and entry.object and entry.record_id in his.get(entry.object, ()):
            shown = scope.seen(actor, registry.get(entry.object)).by_name
            changes = tuple(change for change in entry.changes if change.field in shown)
            told = replace(entry, changes=changes, data={}, job_id=None)
            is_own = (entry.actor_kind, entry.actor_id) == (actor.kind, actor.id)
            yield told if is_own else replace(told, actor_id=None, actor_name="")


def _entries(row: Row[Any], wanted: set[str]) -> Iterator[Entry]:
    whole = Entry(
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        door=row.door,
        verb=row.verb,
        object=row.object,
        record_id=row.record_id,
        title=row.title,
        changes=_changes(row.changes or {}),
        data=row.data,
        fact_ids=(row.id,),
        job_id=row.job_id,
    )
    if row.journal is None:
        yield whole
        return
    lines = journal.unpack(row.journal)
    own = [line for line in lines if line["id"] in wanted]
    beside = [line for line in lines if line["id"] not in wanted and wanted.intersection(line["about"])]
    for line in own if len(beside) > BESIDE else [*own, *beside]:
        yield replace(
            whole,
            verb=line["verb"],
            record_id=UUID(line["id"]),
            title=line["title"],
            changes=_changes(line["changes"]),
            bulk=True,
        )
    if len(beside) > BESIDE:
        yield replace(whole, bulk=True, data={**row.data, "rows": len(beside)})


def _changes(changes: Mapping[str, Sequence[Any]]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(name, pair[0], pair[1]) for name, pair in changes.items())


def _grouped(entries: Sequence[Entry]) -> list[Entry]:
    """Edits of one record by one person within a few minutes become one."""
    grouped: list[Entry] = []
    for entry in entries:
        if grouped and _belongs(grouped[-1], entry):
            grouped[-1] = _together(grouped[-1], entry)
        else:
            grouped.append(entry)
    return grouped


def _telling(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without edits of which nothing is left to tell."""
    return [entry for entry in entries if entry.changes or entry.verb != "updated"]


def _belongs(later: Entry, earlier: Entry) -> bool:
    return (
        later.verb == earlier.verb == "updated"
        and not (later.bulk or earlier.bulk)
        and (later.record_id, later.actor_kind, later.actor_id, later.door)
        == (earlier.record_id, earlier.actor_kind, earlier.actor_id, earlier.door)
        and later.at - earlier.at <= TOGETHER
    )


def _together(later: Entry, earlier: Entry) -> Entry:
    changes = {change.field: change for change in earlier.changes}
    for change in later.changes:
        first = changes.get(change.field)
        changes[change.field] = replace(change, before=first.before) if first else change
    kept = tuple(change for change in changes.values() if change.before != change.after)
    both = (*later.fact_ids, *earlier.fact_ids)
    return replace(later, changes=kept, fact_ids=both, undone=later.undone and earlier.undone)


def _labelled(actor: Actor, entries: Sequence[Entry]) -> list[Entry]:
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        for change in entry.changes:
            if target := _target(entry, change):
                ids = (*holding.ids_of(change.before), *holding.ids_of(change.after))
                wanted.setdefault(target, set()).update(ids)
    names = {target: titles_of(actor, target, ids) for target, ids in wanted.items()}
    half_seen = scope.is_limited(actor)
    return [replace(entry, changes=tuple(_changed(entry, names, half_seen=half_seen))) for entry in entries]


def _changed(
    entry: Entry, names: Mapping[str, Mapping[UUID, str]], *, half_seen: bool
) -> Iterator[FieldChange]:
    """The entry's changes with names; to one who does not see all, without what he does not see."""
    for change in entry.changes:
        target = _target(entry, change)
        if not half_seen or target is None or registry.find(target) is None:
            yield _named(entry, change, names)
            continue
        before = pointing.blanked(change.before, names[target])
        after = pointing.blanked(change.after, names[target])
        if before != after:
            yield _named(entry, replace(change, before=before, after=after), names)


def _named(entry: Entry, change: FieldChange, names: Mapping[str, Mapping[UUID, str]]) -> FieldChange:
    target = _target(entry, change)
    if target is None:
        return change
    known = names[target]
    return replace(change, before_label=_label(change.before, known), after_label=_label(change.after, known))


def _label(value: Any, known: Mapping[UUID, str]) -> str | None:
    """The name of one record, or those of several."""
    return ", ".join(known[each] for each in holding.ids_of(value) if each in known) or None


def _target(entry: Entry, change: FieldChange) -> str | None:
    described = registry.get(entry.object) if entry.object else None
    known = described.by_name.get(change.field) if described else None
    return known.relates_to or known.holds if known else None
