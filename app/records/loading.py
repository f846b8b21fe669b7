"""Records as they are now, locked for a change."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, select

from app.records import identifiers
from app.records.tables import array_of
from app.records.types import ObjectType
from tenants.session import session


def locked(
    described: ObjectType,
    ids: Sequence[UUID],
    *,
    trashed: bool = False,
    only: ColumnElement[bool] | None = None,
    identified: bool = True,
) -> dict[UUID, dict[str, Any]]:
    """Live (or trashed) records by id, with all fields; each row is locked until the transaction ends.

    Rows are locked in the order of their ids, so that two changes of the same records never block each other
    for good, and only against changes: who adds something that points to them waits for nobody. `only` is a
    condition that they must meet; without `identified` their e-mails, phones and ids are left out.
    """
    table = described.table
    names = [each.name for each in described.columns]
    stamps = ("id", "version", "created_at", "updated_at", "created_by", "updated_by", "deleted_at")
    alive = table.c.deleted_at.is_not(None) if trashed else table.c.deleted_at.is_(None)
    met = [alive] if only is None else [alive, only]
    rows = session.execute(
        select(*(table.c[name] for name in (*stamps, *names)))
        .where(table.c.id == any_(array_of(ids)), *met)
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    ).mappings()
    found = {row["id"]: dict(row) for row in rows}
    if found and described.identified and identified:
        for record_id, known in identifiers.load(described, list(found)).items():
            found[record_id].update(known)
    return found
