"""What a change points to: that it exists, what it gives to empty fields, whom the fact is about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from app.core.errors import Problem
from app.core.text import N_
from app.records import registry
from app.records.tables import array_of
from app.records.types import Change, Field, Inherit, ObjectType
from tenants.session import session


def inherit(described: ObjectType, changes: Sequence[Change]) -> None:
    """Give empty fields what the records that the changes point to have."""
    for rule in described.inherits:
        wanting = [change for change in changes if _wants(change, rule)]
        if wanting:
            sources = _column(described, rule, {change.value(rule.via) for change in wanting})
            for change in wanting:
                value = sources.get(change.value(rule.via))
                if value is not None:
                    change.values[rule.field] = value


def _wants(change: Change, rule: Inherit) -> bool:
    if change.value(rule.field) is not None or rule.field in change.values:
        return change.is_new and change.value(rule.field) is None and change.value(rule.via) is not None
    return change.value(rule.via) is not None and (change.is_new or rule.via in change.values)


def _column(described: ObjectType, rule: Inherit, ids: Iterable[UUID]) -> Mapping[UUID, Any]:
    table = registry.target(described.by_name[rule.via].relates_to or "").table
    rows = session.execute(select(table.c.id, table.c[rule.source]).where(table.c.id == any_(array_of(ids))))
    return {row[0]: row[1] for row in rows}


def check(described: ObjectType, changes: Sequence[Change], *, stored: bool = False) -> None:
    """Note a problem for each relation that points to nothing one may choose.

    Several records that were `stored` before may lie in the trash by now.
    """
    if described.holding and not stored:
        _check_held(described, changes)
    for target, fields in described.pointing.items():
        pointing = [
            (change, field)
            for change in changes
            for field in fields
            if change.values.get(field.name) is not None and change.changes(field.name)
        ]
        if pointing:
            alive = _alive(target, {change.values[field.name] for change, field in pointing})
            for change, field in pointing:
                if change.values[field.name] not in alive:
                    change.problems.append(_points_to_nothing(field))
                elif change.values[field.name] == change.record_id:
                    change.problems.append(_points_to_itself(field))


def _check_held(described: ObjectType, changes: Sequence[Change]) -> None:
    """Those that are not among them yet have to be there."""
    for field in described.holding:
        added = {
            change.record_id: {UUID(each) for each in change.values[field.name]}
            - {UUID(each) for each in (change.before or {}).get(field.name) or ()}
            for change in changes
            if change.values.get(field.name) and change.changes(field.name)
        }
        if not any(added.values()):
            continue
        alive = _alive(field.target or "", set().union(*added.values()))
        for change in changes:
            those = added.get(change.record_id, set())
            if not those <= alive:
                change.problems.append(_points_to_nothing(field))
            elif change.record_id in those:
                change.problems.append(_points_to_itself(field))


def _alive(name: str, ids: set[UUID]) -> set[UUID]:
    target = registry.target(name)
    return set(
        session.scalars(
            select(target.table.c.id).where(target.table.c.id == any_(array_of(ids)), target.live)
        )
    )


def _points_to_nothing(field: Field) -> Problem:
    message = N_("%(field)s points to something that is not there any more. Choose another.")
    return Problem(field.name, "not_found", message, {"field": field.label})


def _points_to_itself(field: Field) -> Problem:
    return Problem(field.name, "itself", N_("A record cannot belong to itself. Choose another."))


def about(described: ObjectType, change: Change) -> list[UUID]:
    """The record itself and every record it points to, before or after the change."""
    ids = [change.record_id]
    before = change.before or {}
    for field in described.relations:
        ids += [i for i in (before.get(field.name), change.value(field.name)) if i]
    for field in described.holding:
        for held in (before.get(field.name), change.value(field.name)):
            ids += [UUID(each) for each in held or ()]
    return list(dict.fromkeys(ids))
