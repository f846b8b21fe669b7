"""Records that were there before a field that counts: numbered in the order in which they came, by a job.

New records are counted once all older ones are.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.modelling.renewing import renew
from app.records import loading, numbering, pipeline, registry
from app.records.plain import dumps
from app.records.tables import field_rows
from app.records.types import Change, Field, Numbering, ObjectType
from tenants.session import session

JOB = "modelling.number"
TITLE = N_("Numbered")
KITH = Actor("system", None, "Kith", "clock", EVERYTHING)
BLOCK, SLICE = 2_000, 10_000
# Until then the work of all who do not know the field yet is over.
LATER = timedelta(seconds=20)
# What lies in the trash is not found, so that nothing is told of it.
_TRASHED = (
    "UPDATE {table} t SET custom = t.custom || jsonb_build_object(CAST(:name AS text), r.number)"
    " FROM json_to_recordset(CAST(:rows AS json)) AS r (id uuid, number text) WHERE t.id = r.id"
)


def ask(object_name: str, name: str, *, later: bool = False) -> None:
    """Have the records numbered that have no number."""
    payload = {"object": object_name, "field": name}
    due = now() + LATER if later else None
    enqueue(JOB, payload, queue="bulk", due_at=due, key=f"number {object_name}.{name}")


def advance(object_name: str, name: str) -> None:
    """Number some records that have no number, and ask for the next; at the end new ones are counted."""
    described = registry.get(object_name)
    field = described.by_name.get(name)
    row = session.execute(select(field_rows).where(*_here(object_name, name))).mappings().one_or_none()
    if row is None or field is None:
        return  # hidden: it is numbered when it is shown again
    options = row["options"]
    counting = Numbering(options.get("prefix") or "", options.get("digits") or 1, options.get("start") or 1)
    if found := _waiting(described, name):
        _number(described, field, counting, found)
        ask(object_name, name)
    elif not options.get("is_numbered"):
        changed = {**options, "is_numbered": True}
        session.execute(
            update(field_rows).where(*_here(object_name, name)).values(options=changed, updated_at=now())
        )
        renew()
        ask(object_name, name, later=True)


def _here(object_name: str, name: str) -> tuple[Any, ...]:
    return field_rows.c.object == object_name, field_rows.c.name == name, field_rows.c.is_custom


def _waiting(described: ObjectType, name: str) -> Sequence[Row[Any]]:
    """Ids of records without a number and whether they lie in the trash, the oldest first."""
    table = described.table
    columns = (table.c.id, table.c.deleted_at.is_not(None).label("trashed"))
    unnumbered = select(*columns).where(table.c[name].is_(None))
    return session.execute(unnumbered.order_by(table.c.created_at, table.c.id).limit(SLICE)).all()


def _number(described: ObjectType, field: Field, counting: Numbering, found: Sequence[Row[Any]]) -> None:
    numbers = numbering.take(described.name, field, counting, len(found))
    given = {row.id: number for row, number in zip(found, numbers, strict=True)}
    live = [row.id for row in found if not row.trashed]
    for start in range(0, len(live), BLOCK):
        _store(described, field.name, live[start : start + BLOCK], given)
    trashed = [{"id": row.id, "number": given[row.id]} for row in found if row.trashed]
    if trashed:
        statement = text(_TRASHED.format(table=described.base.name))
        session.execute(statement, {"name": field.name, "rows": dumps(trashed)})


def _store(described: ObjectType, name: str, ids: Sequence[UUID], given: dict[UUID, str]) -> None:
    known = loading.locked(described, ids)
    changes = [
        Change(described.name, each, known[each], {name: given[each]}, quiet=True)
        for each in ids
        if each in known and known[each].get(name) is None
    ]
    pipeline.store(KITH, described, changes, bulk_title=TITLE)
