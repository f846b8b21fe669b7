"""Removing what was added to the model by mistake: only where nothing was built on it."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Table, delete, func, select

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.text import N_
from app.domain.modelling import actions, holding
from app.records import registry
from app.records.tables import field_rows, object_types, records
from tenants.session import session

HAS_RECORDS = N_("There are records of it (%(count)s). Hide it instead: they are kept.")
HAS_FIELDS = N_("It has fields by now (%(names)s). Take those back first.")
HAS_VALUES = N_("Records have a value in it (%(count)s). Hide the field instead: they are kept.")
USED_BY = N_("%(names)s builds on it. Take that back first.")
# So many are counted; more are as many.
COUNTED = 10_000


def remove_object(actor: Actor, name: str, *, undoes: UUID) -> None:
    """Remove an object of the company's own that has neither fields nor records; raises Invalid, NotFound."""
    actions.alone(actor)
    row = _row(object_types, (object_types.c.name == name) & object_types.c.is_custom)
    fields = list(session.scalars(select(field_rows.c.name).where(field_rows.c.object == name)))
    if fields:
        raise Invalid.one(
            "object", "in_use", HAS_FIELDS, names=", ".join(f"{name}.{each}" for each in fields[:5])
        )
    here = field_rows.c.options["target"].astext == name
    pointing = [
        f"{other}.{field}"
        for other, field in session.execute(select(field_rows.c.object, field_rows.c.name).where(here))
    ]
    if pointing:
        raise Invalid.one("object", "in_use", USED_BY, names=", ".join(pointing[:5]))
    held = count(name)
    if held:
        raise Invalid.one("object", "in_use", HAS_RECORDS, count=held)
    session.execute(delete(object_types).where(object_types.c.name == name))
    actions.changed(actor, "object_removed", (name, None), _told(row), {}, undoes=undoes)


def remove_field(actor: Actor, object_name: str, name: str, *, undoes: UUID) -> None:
    """Remove a field of the company's own that no record has a value in; raises Invalid, NotFound."""
    actions.alone(actor)
    here = (field_rows.c.object == object_name) & (field_rows.c.name == name)
    row = _row(field_rows, here & field_rows.c.is_custom)
    built = users(object_name, name)
    if built:
        raise Invalid.one("field", "in_use", USED_BY, names=", ".join(built[:5]))
    held = count(object_name, holding.values_of(table_of(object_name), row))
    if held:
        raise Invalid.one("field", "in_use", HAS_VALUES, count=held)
    session.execute(delete(field_rows).where(here))
    actions.changed(actor, "field_removed", (object_name, name), _told(row), {}, undoes=undoes)
    actions.drop_indexes(row)


def table_of(object_name: str) -> Table:
    """The table that the object's records lie in, whether it is hidden or not."""
    standard = registry.standard().objects.get(object_name)
    return standard.base if standard else records


def count(object_name: str, where: ColumnElement[bool] | None = None) -> int:
    """How many records of the object, those in the trash too, are so; at most COUNTED are counted."""
    table = table_of(object_name)
    found = select(table.c.id)
    if table is records:
        found = found.where(records.c.object == object_name)
    if where is not None:
        found = found.where(where)
    return session.scalar(select(func.count()).select_from(found.limit(COUNTED).subquery())) or 0


def users(object_name: str, name: str) -> list[str]:
    """Fields of the company's own that are worked out of that field."""
    rows = session.execute(
        select(field_rows.c.object, field_rows.c.name, field_rows.c.options).where(field_rows.c.is_custom)
    )
    word = re.compile(rf"(?<![a-z0-9_]){re.escape(name)}(?![a-z0-9_])")
    return [
        f"{other}.{field}"
        for other, field, options in rows
        if (other, field) != (object_name, name) and word.search(_worked_out(options))
    ]


def _worked_out(options: Mapping[str, Any]) -> str:
    """What of a field's options says how it is worked out: words and choices say nothing of that."""
    silent = {"choices", "group", "target", "key"}
    return orjson.dumps({key: value for key, value in options.items() if key not in silent}).decode()


def _row(table: Table, where: ColumnElement[bool]) -> Mapping[str, Any]:
    row = session.execute(select(table).where(where)).mappings().one_or_none()
    if row is None:
        raise NotFound("facts")
    return dict(row)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    silent = {"id", "created_at", "updated_at", "index_state"}
    return {key: value for key, value in row.items() if key not in silent}
