"""Changing a record by a merge patch (RFC 7396), strictly at one version where that is asked."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import NotFound, Stale
from app.records import identifiers, loading, scope, writing
from app.records.record import Record
from app.records.rights import allowed
from app.records.types import ObjectType
from app.records.writing import Row

_MERGED = "external_ids"


def hold(actor: Actor, object_name: str, record_id: UUID, versions: Sequence[int]) -> None:
    """Keep others from changing the record until this transaction ends; raises Stale at no such version."""
    described = allowed(actor, object_name, "read")
    scope.check(actor, described, record_id)
    found = loading.locked(described, [record_id]).get(record_id)
    if found is None:
        raise NotFound(object_name)
    if found["version"] not in versions:
        raise Stale


def patch(
    actor: Actor,
    object_name: str,
    record_id: UUID,
    values: Mapping[str, Any],
    *,
    base_version: int | None = None,
) -> Record:
    """The record with what the patch names changed: null empties a field, objects are merged by key."""
    described = allowed(actor, object_name, "write")
    if isinstance(values.get(_MERGED), Mapping):
        loading.locked(described, [record_id])
        values = merged(described, [Row(values, record_id)])[0].values
    return writing.update(actor, object_name, record_id, values, base_version=base_version)


def merged(described: ObjectType, rows: Sequence[Row]) -> list[Row]:
    """The rows, with the ids in other systems that existing records have beside those that are set."""
    ids = [row.record_id for row in rows if row.record_id and isinstance(row.values.get(_MERGED), Mapping)]
    if not ids or _MERGED not in described.by_name:
        return list(rows)
    known = identifiers.load(described, ids)
    return [_merged(row, known) for row in rows]


def _merged(row: Row, known: Mapping[UUID, Mapping[str, list[Any]]]) -> Row:
    given = row.values.get(_MERGED)
    if row.record_id is None or not isinstance(given, Mapping):
        return row
    present = {each.system: each.value for each in known[row.record_id][_MERGED]}
    changed = {str(system).strip().lower(): value for system, value in given.items()}
    return Row({**row.values, _MERGED: {**present, **changed}}, row.record_id)
