"""Records found by what people write about them: an e-mail, a number, a name, an id in another system."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.ids import parse_id
from app.records import registry
from app.records.habits import Habits
from app.records.joining import absorbed
from app.records.tables import array_of, identifiers
from app.records.types import Target
from app.records.values import Refused
from app.records.values.reach import normal_domain, normal_email, normal_phone
from tenants.session import session

Found = dict[str, tuple[UUID, ...]]


def find(goal: str, key: str, values: Collection[str], system: str, habits: Habits) -> Found:
    """The live records of `goal` for each of `values`; none, one, or several where `key` is ambiguous."""
    if not values:
        return {}
    if key == "id":
        return _by_id(goal, values)
    if key in {"external", "email", "phone", "domain"} and goal != "members":
        return _by_identifier(goal, key, values, system, habits)
    return _by_column(goal, key, values)


def _by_id(goal: str, values: Collection[str]) -> Found:
    ids = {parsed: value for value in values if (parsed := parse_id(value.strip()))}
    target = registry.target(goal)
    rows = session.execute(
        select(target.table.c.id).where(target.table.c.id == any_(array_of(ids)), target.live)
    )
    return {ids[row.id]: (row.id,) for row in rows}


def _by_identifier(goal: str, key: str, values: Collection[str], system: str, habits: Habits) -> Found:
    normal = _normal(key, values, habits)
    wanted = bindparam("wanted", list(set(normal.values())), ARRAY(Text))
    conditions: list[ColumnElement[bool]] = [
        identifiers.c.object == goal,
        identifiers.c.kind == key,
        identifiers.c.value == any_(wanted),
        identifiers.c.is_live,
    ]
    if key == "external" and system:
        conditions.append(identifiers.c.system == system)
    order = (identifiers.c.is_primary.desc(), identifiers.c.record_id)
    rows = session.execute(
        select(identifiers.c.value, identifiers.c.record_id).where(*conditions).order_by(*order)
    )
    found = _back(normal, ((row.value, row.record_id) for row in rows))
    return found | _merged(goal, key, {v: form for v, form in normal.items() if v not in found}, system)


def _merged(goal: str, key: str, normal: dict[str, str], system: str = "") -> Found:
    """Records into which those were merged that others still speak of by what had told them."""
    described, forms = registry.find(goal), set(normal.values())
    if key == "external":
        led = absorbed.led(goal, system, forms)
    else:
        led = absorbed.led_by(described, key, forms) if described else {}
    if not led:
        return {}
    target = registry.target(goal)
    alive = select(target.table.c.id).where(target.table.c.id == any_(array_of(led.values())), target.live)
    live = set(session.scalars(alive))
    return {value: (led[form],) for value, form in normal.items() if led.get(form) in live}


def _normal(key: str, values: Collection[str], habits: Habits) -> dict[str, str]:
    """Each value in the form in which it is compared; what is none of its kind is left out."""
    forms: dict[str, Callable[[str], str]] = {
        "external": str.strip,
        "email": normal_email,
        "domain": normal_domain,
        "phone": lambda written: normal_phone(written, habits.region),
    }
    normal = {}
    for value in values:
        try:
            normal[value] = forms[key](value)
        except Refused:
            continue
    return normal


def _by_column(goal: str, key: str, values: Collection[str]) -> Found:
    target = registry.target(goal)
    normal = {value: value.strip().lower() for value in values}
    column, wanted = _column(target, goal, key, list(set(normal.values())))
    rows = session.execute(
        select(wanted.c.value, target.table.c.id)
        .join_from(wanted, target.table, column)
        .where(target.live)
        .order_by(target.table.c.id)
    )
    found = _back(normal, ((row.value, row.id) for row in rows))
    return found | _merged(goal, key, {v: form for v, form in normal.items() if v not in found})


def _column(target: Target, goal: str, key: str, values: list[str]) -> tuple[ColumnElement[bool], Any]:
    """The condition that joins the table with the list of values, and that list."""
    wanted = (
        func.unnest(bindparam("wanted", values, ARRAY(Text)))
        .table_valued("value", name="wanted")
        .render_derived()
    )
    columns = target.table.c
    if key == "name" and goal in {"companies", "contacts", "deals", "products"}:
        return func.ext.sort_key(columns.name) == func.ext.sort_key(wanted.c.value), wanted
    if key == "name":
        return func.lower(target.title) == wanted.c.value, wanted
    return func.lower(columns[key]) == wanted.c.value, wanted


def _back(normal: dict[str, str], pairs: Iterable[tuple[str, UUID]]) -> Found:
    """From compared forms back to the values that were asked for."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for value, record_id in pairs:
        if record_id not in ids[value]:
            ids[value].append(record_id)
    return {value: tuple(ids[form]) for value, form in normal.items() if form in ids}
