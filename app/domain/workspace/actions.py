"""Changing a workspace's settings."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import TableValuedAlias, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid
from app.core.permissions import require
from app.core.queue import enqueue
from app.core.statements import Part
from app.domain.workspace import queries, rules
from app.domain.workspace.models import Setting
from app.domain.workspace.rules import Workspace
from app.records import habits
from tenants import provisioning
from tenants.context import current
from tenants.session import session

# What decides when a promise breaks; the job sets the due instants of open deliveries anew.
CALENDAR = frozenset({"time_zone", "working_days", "grace_days"})
CALENDAR_JOB = "deliveries.recompute_due"


def seed(workspace: Workspace) -> None:
    """The first settings; what stands already stays."""
    told = _told(workspace)
    session.execute(insert(Setting).from_select(told.c.keys(), select(*told.c)).on_conflict_do_nothing())
    habits.forget()


def seeding(workspace: Workspace) -> Part:
    """The first settings as a part of another statement, where none can stand yet."""
    told = _told(workspace)
    rows = select(*told.c)
    return lambda once_for: insert(Setting).from_select(told.c.keys(), rows.join_from(told, once_for, true()))


def change(actor: Actor, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Store `values`; returns what differs as {key: (before, after)}. Invalid names every wrong one."""
    require(actor, "workspace:manage")
    known = {key: value for key, value in values.items() if key in rules.KEYS}
    if found := rules.problems(known):
        raise Invalid(found)
    before = asdict(queries.settings())
    changed = {key: (before[key], value) for key, value in known.items() if before[key] != value}
    for key, (_, value) in changed.items():
        _store(actor, key, value)
    if changed.keys() & CALENDAR:
        enqueue(CALENDAR_JOB, {}, queue="bulk", key=CALENDAR_JOB)
    if "company" in changed:
        provisioning.rename(current(), name=changed["company"][1])
    return changed


def _told(workspace: Workspace) -> TableValuedAlias:
    values = func.jsonb_each(literal(asdict(workspace), JSONB))
    return values.table_valued(column("key"), column("value", JSONB), name="told")


def _store(actor: Actor, key: str, value: Any) -> None:
    fresh = {"value": value, "updated_at": now(), "updated_by": actor.member_id}
    session.execute(
        insert(Setting).values(key=key, **fresh).on_conflict_do_update(index_elements=["key"], set_=fresh)
    )
    habits.forget()
