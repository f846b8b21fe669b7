"""Two people change one record: fields that only one of them touched go together, others conflict."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Conflict, Invalid
from app.core.text import N_
from app.records import journal
from app.records.plain import plain
from app.records.tables import fact_values, facts
from app.records.types import Change, ObjectType
from tenants.session import session

STALE = N_("Somebody else changed the same fields meanwhile. Choose which values stay.")
UNKNOWN_VERSION = N_("The record never had this version. Load it again and repeat the change.")


def check(described: ObjectType, change: Change, base_version: int) -> None:
    """Raise Conflict where a field of `change` was changed since `base_version` to another value."""
    before = change.before or {}
    if base_version == before["version"]:
        return
    if not 1 <= base_version < before["version"]:
        raise Invalid.one("base_version", "unknown_version", UNKNOWN_VERSION)
    bases = _bases(described, change.record_id, base_version, before["version"])
    clashing = [
        name
        for name, value in change.values.items()
        if before.get(name) != value and (bases is None or name in bases)
    ]
    if clashing:
        raise Conflict(
            STALE,
            yours={name: plain(change.values[name]) for name in clashing},
            theirs={name: plain(before.get(name)) for name in clashing},
            base={name: (bases or {}).get(name) for name in clashing},
        )


def _bases(described: ObjectType, record_id: UUID, base: int, now_at: int) -> dict[str, Any] | None:
    """What each field changed since version `base` held then; None where the log does not reach back."""
    steps = [step for step in _steps(described, record_id) if step[0] > base]
    if {version for version, _ in steps} != set(range(base + 1, now_at + 1)):
        return None
    bases: dict[str, Any] = {}
    for _, changes in sorted(steps, key=lambda step: step[0]):
        for name, (was, _) in changes.items():
            bases.setdefault(name, was)
    return bases


def _steps(described: ObjectType, record_id: UUID) -> list[tuple[int, dict[str, Any]]]:
    """Each version of the record and what changed with it."""
    rows = session.execute(
        select(facts.c.record_id, facts.c.data, fact_values.c.changes, fact_values.c.journal)
        .select_from(facts.outerjoin(fact_values, fact_values.c.fact_id == facts.c.id))
        .where(facts.c.object == described.name, facts.c.about.contains([record_id]))
    )
    steps: list[tuple[int, dict[str, Any]]] = []
    for owner, data, changes, packed in rows:
        if packed is not None:
            lines = (line for line in journal.unpack(packed) if line["id"] == str(record_id))
            steps += [(line["version"], line["changes"]) for line in lines]
        elif owner == record_id and "version" in data:
            steps.append((data["version"], changes or {}))
    return steps
