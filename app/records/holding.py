"""Fields that hold several records: found, read and written.

What of them one does not see, or lies in the trash, is not there: it is neither told nor found, and whoever
writes the field leaves it where it is. So it comes back with the record.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Uuid,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from app.core.actor import Actor
from app.core.ids import parse_id
from app.records import limits, registry, scope
from app.records.tables import array_of
from app.records.titles import title_of
from app.records.types import Change, Field, ObjectType
from tenants.session import session


def names(field: Field, column: Any, record: Any) -> ColumnElement[bool]:
    """The relation points to the `record`, an id or a column of ids, as its index finds it."""
    if field.holds:
        return column.contains(func.jsonb_build_array(record, type_=JSONB))  # type: ignore[no-any-return]
    return column == record  # type: ignore[no-any-return]


def names_any(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:
    """One of the ids is among those that the column holds, as its index finds it."""
    one_each = [[str(each)] for each in ids]
    return column.op("@>", is_comparison=True)(any_(bindparam(None, one_each, ARRAY(JSONB, dimensions=1))))  # type: ignore[no-any-return]


class Ends(NamedTuple):
    """What a relation points to as a column of ids, and what to select it from."""

    column: ColumnElement[Any]
    source: FromClause


def ends(described: ObjectType, name: str) -> Ends:
    """Where the relation leads; where it holds several, a row for each of them."""
    table = described.table
    if not described.by_name[name].holds:
        return Ends(table.c[name], table)
    each = func.jsonb_array_elements_text(table.c[name]).table_valued("value")
    return Ends(cast(each.c.value, Uuid), table.join(each, true()))


def any_held(column: Any, rows: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of the records that the column holds is a row of `rows`, an alias, that meets the conditions."""
    each = _each(column)
    here = rows.c.id == cast(each.c.value, Uuid)
    found = select(literal(1)).select_from(each.join(rows, here)).where(*conditions)
    return exists(found.correlate_except(each, rows))


def seen(actor: Actor | None, field: Field, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Those of the ids that the column holds which `actor` sees; NULL for none."""
    return _agreeing(actor, field, column)[0]


def called(actor: Actor | None, field: Field, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The titles of what `seen` gives of several records, in the same order."""
    return _agreeing(actor, field, column)[1]


def written(actor: Actor | None, field: Field, alias: str) -> str:
    """What `seen` gives as SQL, of a row of the field's object under the name `alias`."""
    there = f"of_{field.name}"
    rows = listed(actor, field, alias, there)
    return f"(SELECT jsonb_agg({there}.id ORDER BY held.place) {rows})" if rows else "NULL::jsonb"


def listed(actor: Actor | None, field: Field, alias: str, there: str, beside: str = "") -> str:
    """FROM and WHERE of the records, `there`, that the field of a row of `alias` holds and `actor` sees.

    Their place is `held.place`; what is `beside` is joined to each. Empty where that object is not there.
    """
    target = registry.find(field.holds or "")
    if target is None:
        return ""
    theirs = scope.written(actor, target, there) if actor is not None else ""
    ids = f"jsonb_array_elements_text({alias}.{field.name}) WITH ORDINALITY held(value, place)"
    source = f"{target.source} {there} ON {there}.id = held.value::uuid"
    met = f"{there}.deleted_at IS NULL{f' AND {theirs}' if theirs else ''}"
    return f"FROM {ids} JOIN {source}{beside} WHERE {met}"


def _each(column: Any) -> Any:
    """The ids that the column holds as rows of `value` and `place`."""
    found = func.jsonb_array_elements_text(column).table_valued("value", with_ordinality="place")
    return found.render_derived()


def _agreeing(
    actor: Actor | None, field: Field, column: ColumnElement[Any]
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The ids that are seen of several records, and their titles; NULL for none."""
    target = registry.find(field.holds or "")
    if target is None:
        return null(), null()
    each, other = _each(column), target.table.alias()
    title = title_of(
        scope.seen(actor, target) if actor and limits.renamed(actor, target.name) else target, other
    )
    met: list[ColumnElement[bool]] = [other.c.deleted_at.is_(None)]
    if actor is not None and (theirs := scope.rows(actor, target, other)) is not None:
        met.append(theirs)
    rows = each.join(other, other.c.id == cast(each.c.value, Uuid))
    ids, titles = (
        select(func.jsonb_agg(aggregate_order_by(one, each.c.place), type_=JSONB))
        .select_from(rows)
        .where(*met)
        .correlate_except(each, other)
        .scalar_subquery()
        for one in (other.c.id, title)
    )
    return ids, titles


def settle(actor: Actor, described: ObjectType, changes: Sequence[Change], *, stored: bool) -> None:
    """Leave in fields of several records what they hold already and `actor` does not see.

    What was `stored` before is whole: of that goes only what is there no more.
    """
    for field in described.holding:
        those = [each for each in changes if each.before and field.name in each.values]
        if stored:
            _forget(field, those)
            continue
        held = [(each, before) for each in those if (before := (each.before or {}).get(field.name))]
        if held:
            theirs = _visible(actor, field, {i for _, before in held for i in ids_of(before)})
            for each, before in held:
                each.values[field.name] = _together(each.values[field.name] or (), before, theirs)


def _forget(field: Field, changes: Sequence[Change]) -> None:
    """Leave out the ids of records that were deleted for good."""
    table = registry.target(field.target or "").table
    ids = {i for each in changes for i in ids_of(each.values[field.name])}
    if ids:
        there = set(session.scalars(select(table.c.id).where(table.c.id == any_(array_of(ids)))))
        for each in changes:
            each.values[field.name] = among(each.values[field.name], there)


def _visible(actor: Actor, field: Field, ids: Collection[UUID]) -> set[UUID]:
    target = registry.find(field.holds or "")
    if target is None:
        return set()
    table, theirs = target.table, scope.rows(actor, target)
    found = select(table.c.id).where(table.c.id == any_(array_of(ids)), table.c.deleted_at.is_(None))
    return set(session.scalars(found if theirs is None else found.where(theirs)))


def _together(given: Sequence[str], before: Sequence[str], seen_ids: Collection[UUID]) -> list[str] | None:
    """What is given in the places of what is seen; what is not seen keeps its place."""
    rest = iter(given)
    filled = [next(rest, None) if parse_id(each) in seen_ids else each for each in before]
    return list(dict.fromkeys(each for each in (*filled, *rest) if each)) or None


def living(field: Field, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are records outside the trash, whoever sees them."""
    target = registry.find(field.holds or "")
    if target is None or not ids:
        return set()
    table = target.table
    here = (table.c.id == any_(array_of(ids)), table.c.deleted_at.is_(None))
    return set(session.scalars(select(table.c.id).where(*here)))


def turned(field: Field, value: Any, source: UUID, target: UUID) -> Any:
    """What the relation holds once it points to `target` in place of `source`, each record once."""
    if not field.holds:
        return target
    return list(dict.fromkeys(str(target) if each == str(source) else each for each in value or ()))


def among(value: Sequence[Any] | None, ids: Collection[UUID]) -> list[Any] | None:
    """Those of what a field holds that are among the ids; None for none."""
    return [each for each in value or () if parse_id(each) in ids] or None


def ids_of(value: Any) -> list[UUID]:
    """The ids of a value of one or several records, as facts and rows tell it."""
    many = value if isinstance(value, list | tuple) else [value]
    found = (each if isinstance(each, UUID) else parse_id(each) for each in many)
    return [each for each in found if each is not None]
