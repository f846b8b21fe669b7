"""What roll-ups give for many records at once: one statement for each roll-up."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.permissions import EVERYTHING
from app.records import filters, holding, registry
from app.records.computed.described import RollUp
from app.records.computed.filling import nothing
from app.records.holding import Ends
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
        relation = holding.ends(child, rollup.field)
        where = _where(child, rollup, relation.column, ids)
        way = _latest if rollup.aggregate == "latest" else _summed
        found = way(child, rollup, relation, where)
    except (NotFound, Invalid, KeyError):
        return dict.fromkeys(ids, (None, None, "broken"))
    empty: Result = (nothing(rollup), None, None)
    return {each: _whole(field, found.get(each, empty)) for each in ids}


def _where(
    child: ObjectType, rollup: RollUp, relation: ColumnElement[Any], ids: Sequence[UUID]
) -> ColumnElement[bool]:
    table = child.table
    here = and_(relation == any_(array_of(ids)), table.c.deleted_at.is_(None))
    if child.by_name[rollup.field].holds:
        here = and_(holding.names_any(table.c[rollup.field], ids), here)
    if rollup.where:
        here = and_(here, filters.compile(child, filters.parse_json(child, rollup.where), _EVERYBODY))
    return and_(here, table.c[rollup.of].is_not(None)) if rollup.of else here


def _summed(
    child: ObjectType, rollup: RollUp, relation: Ends, where: ColumnElement[bool]
) -> dict[UUID, Result]:
    if rollup.of is None:
        rows = session.execute(_by(relation, where, func.count()))
        return {each: (number, None, None) for each, number in rows}
    if child.by_name[rollup.of].kind == "choice":
        return _first_or_last(child, rollup, relation, where)
    value, currency = child.table.c[rollup.of], _currency(child, rollup)
    aggregate = _AGGREGATES.get(rollup.aggregate, func.count)(value)
    if currency is None:
        rows = session.execute(_by(relation, where, aggregate))
        return {each: (found, None, None) for each, found in rows}
    told = _by(relation, where, aggregate, func.min(currency), func.max(currency))
    return {
        each: (found, one, None) if one == other else (None, None, "different_currencies")
        for each, found, one, other in session.execute(told)
    }


def _by(relation: Ends, where: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """The columns of the records that meet the condition, for each that they point to."""
    return (
        select(relation.column, *columns).select_from(relation.source).where(where).group_by(relation.column)
    )


def _first_or_last(
    child: ObjectType, rollup: RollUp, relation: Ends, where: ColumnElement[bool]
) -> dict[UUID, Result]:
    """The choice that stands first or last in the list, of those that the records have."""
    field = child.by_name[rollup.of or ""]
    places = ranks(field, rollup)
    if not places:
        return {}
    place = case(places, value=child.table.c[field.name])
    found = _AGGREGATES[rollup.aggregate](place)
    called = {place: value for value, place in places.items()}
    rows = session.execute(_by(relation, where, found))
    return {each: (called.get(at), None, None) for each, at in rows}


def ranks(field: Field, rollup: RollUp) -> dict[Any, int]:
    """The places of choices in their list; what is offered no more is taken only where nothing else is."""
    count = len(field.choices)
    behind = -count if rollup.aggregate == "max" else count
    return {each.value: at + (behind if each.retired else 0) for at, each in enumerate(field.choices)}


def _latest(
    child: ObjectType, rollup: RollUp, relation: Ends, where: ColumnElement[bool]
) -> dict[UUID, Result]:
    table = child.table
    moment = table.c[rollup.by or "created_at"]
    currency = _currency(child, rollup)
    columns = [relation.column, table.c[rollup.of or "id"], *([] if currency is None else [currency])]
    order = (relation.column, moment.desc().nulls_last(), table.c.id.desc())
    latest = select(*columns).select_from(relation.source).ext(distinct_on(relation.column))
    rows = session.execute(latest.where(where).order_by(*order))
    return {row[0]: (row[1], row[2] if len(row) > 2 else None, None) for row in rows}


def _currency(child: ObjectType, rollup: RollUp) -> Any:
    name = child.by_name[rollup.of or ""].currency
    return child.table.c[name] if name else None


def _whole(field: Field, result: Result) -> Result:
    value, currency, why = result
    if value is not None and field.kind == "number" and field.decimals == 0:
        value = int(value)
    return value, currency, why
