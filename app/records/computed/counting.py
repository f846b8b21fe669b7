"""What roll-ups give for many records at once: one statement for each roll-up."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.permissions import EVERYTHING
from app.records import filters, registry
from app.records.computed.described import RollUp
from app.records.computed.filling import nothing
from app.records.tables import array_of
from app.records.types import Field, ObjectType
from tenants.session import session

# A roll-up is the same whoever looks; who may see it is another question.
_EVERYBODY = Actor(kind="system", id=None, name="Kith", door="clock", permissions=EVERYTHING)
_AGGREGATES: Mapping[str, Any] = {"sum": func.sum, "min": func.min, "max": func.max}

# The value, its currency, and why there is no value.
Result = tuple[Any, str | None, str | None]


def counted(field: Field, rollup: RollUp, ids: Sequence[UUID]) -> Mapping[UUID, Result]:
    """What the roll-up gives for each of these records."""
    try:
        child = registry.get(rollup.object)
        where = _where(child, rollup, ids)
        found = (
            _latest(child, rollup, where) if rollup.aggregate == "latest" else _summed(child, rollup, where)
        )
    except (NotFound, Invalid, KeyError):
        return dict.fromkeys(ids, (None, None, "broken"))
    empty: Result = (nothing(rollup), None, None)
    return {each: _whole(field, found.get(each, empty)) for each in ids}


def _where(child: ObjectType, rollup: RollUp, ids: Sequence[UUID]) -> ColumnElement[bool]:
    table = child.table
    here = and_(table.c[rollup.field] == any_(array_of(ids)), table.c.deleted_at.is_(None))
    if rollup.where:
        here = and_(here, filters.compile(child, filters.parse_json(child, rollup.where), _EVERYBODY))
    return and_(here, table.c[rollup.of].is_not(None)) if rollup.of else here


def _summed(child: ObjectType, rollup: RollUp, where: ColumnElement[bool]) -> dict[UUID, Result]:
    relation = child.table.c[rollup.field]
    if rollup.of is None:
        rows = session.execute(select(relation, func.count()).where(where).group_by(relation))
        return {each: (number, None, None) for each, number in rows}
    if child.by_name[rollup.of].kind == "choice":
        return _first_or_last(child.table.c, child.by_name[rollup.of], rollup, where)
    value, currency = child.table.c[rollup.of], _currency(child, rollup)
    aggregate = _AGGREGATES.get(rollup.aggregate, func.count)(value)
    if currency is None:
        rows = session.execute(select(relation, aggregate).where(where).group_by(relation))
        return {each: (found, None, None) for each, found in rows}
    columns = (relation, aggregate, func.min(currency), func.max(currency))
    return {
        each: (found, one, None) if one == other else (None, None, "different_currencies")
        for each, found, one, other in session.execute(select(*columns).where(where).group_by(relation))
    }


def _first_or_last(
    columns: Any, field: Field, rollup: RollUp, where: ColumnElement[bool]
) -> dict[UUID, Result]:
    """The choice that stands first or last in the list, of those that the records have."""
    places = ranks(field, rollup)
    if not places:
        return {}
    relation, place = columns[rollup.field], case(places, value=columns[field.name])
    found = _AGGREGATES[rollup.aggregate](place)
    called = {place: value for value, place in places.items()}
    rows = session.execute(select(relation, found).where(where).group_by(relation))
    return {each: (called.get(at), None, None) for each, at in rows}


def ranks(field: Field, rollup: RollUp) -> dict[Any, int]:
    """The places of choices in their list; what is offered no more is taken only where nothing else is."""
    count = len(field.choices)
    behind = -count if rollup.aggregate == "max" else count
    return {each.value: at + (behind if each.retired else 0) for at, each in enumerate(field.choices)}


def _latest(child: ObjectType, rollup: RollUp, where: ColumnElement[bool]) -> dict[UUID, Result]:
    table = child.table
    relation, moment = table.c[rollup.field], table.c[rollup.by or "created_at"]
    currency = _currency(child, rollup)
    columns = [relation, table.c[rollup.of or "id"], *([] if currency is None else [currency])]
    order = (relation, moment.desc().nulls_last(), table.c.id.desc())
    rows = session.execute(select(*columns).ext(distinct_on(relation)).where(where).order_by(*order))
    return {row[0]: (row[1], row[2] if len(row) > 2 else None, None) for row in rows}


def _currency(child: ObjectType, rollup: RollUp) -> Any:
    name = child.by_name[rollup.of or ""].currency
    return child.table.c[name] if name else None


def _whole(field: Field, result: Result) -> Result:
    value, currency, why = result
    if value is not None and field.kind == "number" and field.decimals == 0:
        value = int(value)
    return value, currency, why
