"""Working out records anew: those that wait, and all of an object. It is no edit: no version, no fact."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select, text

from app.core.errors import NotFound
from app.records import facts, identifiers, registry, search_index
from app.records.computed import lists, marking, plans
from app.records.computed.counting import Result, counted
from app.records.computed.described import WHY
from app.records.computed.filling import worked_out
from app.records.computed.lists import Living
from app.records.computed.plans import Own
from app.records.plain import dumps, inward
from app.records.tables import array_of
from app.records.types import Change, Field, ObjectType
from tenants.session import session

CHUNK = 500
_STAMPS = ("id", "deleted_at", "created_at", "created_by", "custom")
_TAKE = text(
    "DELETE FROM recounts WHERE id IN"
    " (SELECT id FROM recounts ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING object, record_id"
)


def settle(most: int = 4 * CHUNK) -> bool:
    """Work out the records that wait, at most so many marks; whether some are left for another time.

    Records that somebody else holds now are marked anew: nobody waits for anybody.
    """
    rows = session.execute(_TAKE, {"most": most}).all()
    waiting: dict[str, dict[UUID, None]] = {}
    for name, record_id in rows:
        waiting.setdefault(name, {})[record_id] = None
    held = False
    for name, ids in waiting.items():
        for part in _parts(list(ids)):
            missed = work_out(name, part)
            held = held or bool(missed)
            marking.mark({name: missed})
    return held or len(rows) == most


def work_out(object_name: str, ids: Sequence[UUID]) -> list[UUID]:
    """Bring what is worked out of these records up to date; returns those that somebody else holds now."""
    own = plans.present().own.get(object_name)
    try:
        described = registry.get(object_name)
    except NotFound:
        return []
    if own is None or not ids:
        return []
    rows = _locked(described, ids)
    results = [(field, counted(field, rollup, list(rows))) for field, rollup in own.rollups] if rows else []
    there = lists.living(own.lists, list(rows.values()))
    changes = [change for row in rows.values() if (change := _change(described, own, row, results, there))]
    if changes:
        _store(described, changes)
        _find(described, changes)
        marking.after(described, changes)
        facts.worked_out(object_name, [change.record_id for change in changes])
    return _missing(described, ids, rows)


def _change(
    described: ObjectType,
    own: Own,
    row: Mapping[str, Any],
    results: Sequence[tuple[Field, Mapping[UUID, Result]]],
    there: Living,
) -> Change | None:
    """What is different now; None where nothing is."""
    change = Change(described.name, row["id"], dict(row), {}, dict(row))
    for field, found in results:
        _put(change, field, found[change.record_id])
    for worked in own.formulas:
        _put(change, worked.field, worked_out(worked, lists.told(change.after, there)))
    return change if change.values or change.computed else None


def _put(change: Change, field: Field, result: Result) -> None:
    value, currency, why = result
    given = (value, currency if value is not None else None)
    for name, each in zip(plans.written(field), given, strict=False):
        if change.after.get(name) != each:
            change.values[name] = change.after[name] = each
    if (change.after["custom"] or {}).get(field.name + WHY) != why:
        change.computed[field.name] = why


def _locked(described: ObjectType, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Those of the records that nobody else holds, in the trash or not; in the order of all who lock."""
    table = described.table
    names = dict.fromkeys((*_STAMPS, *(each.name for each in described.columns)))
    rows = session.execute(
        select(*(table.c[name] for name in names))
        .where(table.c.id == any_(array_of(ids)))
        .order_by(table.c.id)
        .with_for_update(key_share=True, skip_locked=True)
    ).mappings()
    return {row["id"]: dict(row) for row in rows}


def _missing(described: ObjectType, ids: Sequence[UUID], rows: Mapping[UUID, Any]) -> list[UUID]:
    left = [each for each in ids if each not in rows]
    if not left:
        return []
    base = described.base
    return list(session.scalars(select(base.c.id).where(base.c.id == any_(array_of(left)))))


def _store(described: ObjectType, changes: Sequence[Change]) -> None:
    table = described.base.name
    rows = [
        {
            "id": change.record_id,
            "custom": {
                **{name: inward(value) for name, value in change.values.items()},
                **{name + WHY: why for name, why in change.computed.items()},
            },
        }
        for change in changes
    ]
    statement = (
        f"UPDATE {table} t SET custom = jsonb_strip_nulls(t.custom || r.custom)"  # noqa: S608 - our own names
        f" FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json)) r WHERE t.id = r.id"
    )
    session.execute(text(statement), {"rows": dumps(rows)})


def _find(described: ObjectType, changes: Sequence[Change]) -> None:
    """What the search finds records by may be worked out."""
    names = set(described.found_by)
    found = {
        each.record_id: each.after
        for each in changes
        if names & each.values.keys() and each.after["deleted_at"] is None
    }
    if found:
        for record_id, known in identifiers.load(described, list(found)).items():
            found[record_id].update(known)
        search_index.enter_many(described, found)


def _parts(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
