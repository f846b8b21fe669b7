"""From the tree to SQL, with the words of relative dates as they are for the actor now."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, exists, false, func, not_, or_, select, true

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid
from app.records import habits as habit
from app.records import holding, intake, pointing, registry, searching
from app.records.filters import moments, steps
from app.records.filters.moments import Moment
from app.records.filters.tree import ME, All, Condition, Linked, Not, OneOf, Where
from app.records.habits import Habits
from app.records.tables import identifiers
from app.records.types import IDENTIFIED, Field, ObjectType
from app.records.values.reach import normal_phone
from app.records.values.refused import Refused

Expression = ColumnElement[bool]
# No letter becomes more than six where accents and signs are written out.
_SURELY_WHOLE = 200 // 6
_TEXT = frozenset({"text", "longtext", "email", "phone", "url", "domain", "autonumber"})


def compile_where(described: ObjectType, where: Where, actor: Actor, order: str = "") -> Expression:
    """The condition on the object's own table that `where` means for `actor`, for a list in that order."""
    return _Compiler(described, actor, order=order).node(where)


class _Compiler:
    def __init__(self, described: ObjectType, actor: Actor, table: Any = None, order: str = "") -> None:
        self.described = described
        self.actor = actor
        self.order = order
        self.table = described.table if table is None else table

    @cached_property
    def habits(self) -> Habits:
        return habit.of(self.actor)

    def node(self, where: Where) -> Expression:
        match where:
            case All(parts):
                return and_(true(), *self.all(parts))
            case OneOf(parts):
                return or_(false(), *(self.node(part) for part in parts))
            case Not(part):
                return not_(func.coalesce(self.node(part), false()))
            case Linked():
                return self.linked(where)
            case Condition():
                return self.condition(where)

    def all(self, parts: Sequence[Where]) -> Iterator[Expression]:
        """Each of the parts; of how late records came and were changed at least as the planner needs it.

        No record is changed before it comes. The planner takes both for independent, and so expects a tenth
        of the rows or less. What the one says anyway is left out of the other; else one of the two is said
        so that no more is expected of it than that half of the rows meet it.
        """
        came, changed = (self._since(parts, name) for name in ("created_at", "updated_at"))
        for part in parts:
            told = self.node(part)
            if came is None or changed is None:
                yield told
            elif part is changed[0]:
                if came[1] < changed[1]:
                    yield func.coalesce(told, false()) if self.order == "created_at" else told
            elif part is came[0] and came[1] < changed[1] and self.order != "created_at":
                yield func.coalesce(told, false())
            else:
                yield told

    def _since(self, parts: Sequence[Where], name: str) -> tuple[Condition, datetime] | None:
        """The first condition that the time called `name` is not before some moment, with that moment."""
        field = self.described.by_name.get(name)
        if field is None or field.kind != "datetime":
            return None
        for part in parts:
            if isinstance(part, Condition) and part.field == name and part.op in ("gt", "gte"):
                first, after = self._stretch(field, part.value)
                return part, first if part.op == "gte" else after
        return None

    def linked(self, where: Linked) -> Expression:
        """Records that point here: those that `actor` sees, and of which the part holds."""
        listed, other = steps.back(self.actor, self.described, where.name)
        rows = other.table.alias()
        part = [_Compiler(other, self.actor, rows).node(where.part)] if where.part is not None else []
        mine = holding.names(other.by_name[listed.field], rows.c[listed.field], self.table.c.id)
        found = exists(select(1).where(mine, *steps.live(self.actor, other, rows), *part))
        return not_(found) if where.none else found

    def beyond(self, condition: Condition) -> Expression:
        """A record that a relation points to: one that `actor` sees, and of which the rest holds."""
        name, _, rest = condition.field.partition(".")
        relation, other = steps.over(self.actor, self.described, name)
        rows = other.table.alias()
        inner = _Compiler(other, self.actor, rows).condition(replace(condition, field=rest))
        if relation.holds:
            met = (inner, *steps.live(self.actor, other, rows))
            return holding.any_held(self.table.c[relation.name], rows, *met)
        found = select(rows.c.id).where(inner, *steps.live(self.actor, other, rows))
        return _expression(self.table.c[relation.name].in_(found))

    def condition(self, condition: Condition) -> Expression:
        if "." in condition.field:
            return self.beyond(condition)
        field = self.described.by_name.get(condition.field)
        if field is None:
            raise Invalid([intake.unknown(self.described, condition.field)])
        if field.kind in IDENTIFIED:
            return self._identified(field, condition)
        column = self.table.c[field.name]
        if field.holds:
            return self._holding(field, column, condition)
        seen = pointing.seen(self.actor, field, column)
        if seen is not column:
            return self._pointing(column, seen, condition)
        if field.kind in _TEXT and field.name != "id":
            if condition.op == "empty" and field.sortable:
                return _blank(column)
            return _text(column, condition.op, condition.value)
        if condition.op in ("empty", "not_empty"):
            return column.is_(None) if condition.op == "empty" else column.is_not(None)
        if field.kind == "choices":
            return _several(column, condition.op, condition.value)
        if field.kind in ("date", "datetime"):
            return self._time(field, column, condition.op, condition.value)
        return _COMPARE[condition.op](column, self._known(condition.value))

    def _pointing(self, column: Any, seen: Any, condition: Condition) -> Expression:
        """A relation of which some records are not seen: what points to them points nowhere."""
        if condition.op in ("empty", "not_empty"):
            return _expression(seen.is_(None) if condition.op == "empty" else seen.is_not(None))
        found = _COMPARE[condition.op]
        if condition.op in ("eq", "in"):
            # By the column itself first, which has the index.
            return and_(found(column, condition.value), seen.is_not(None))
        return found(seen, condition.value)

    def _holding(self, field: Field, column: Any, condition: Condition) -> Expression:
        """Several records: what of them is not seen, or lies in the trash, is not there."""
        other = registry.find(field.holds or "")
        if other is None:
            return true() if condition.op in ("empty", "not_in") else false()
        rows = other.table.alias()
        live = tuple(steps.live(self.actor, other, rows))
        if condition.op in ("empty", "not_empty"):
            found = holding.any_held(column, rows, *live)
            return not_(found) if condition.op == "empty" else found
        held = or_(
            false(),
            # By the column itself first, which has the index.
            *(
                and_(holding.names(field, column, value), exists(select(1).where(rows.c.id == value, *live)))
                for value in condition.value
            ),
        )
        return held if condition.op == "in" else not_(func.coalesce(held, false()))

    def _known(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._known(each) for each in value)
        return self.actor.member_id if value == ME else value

    def _identified(self, field: Field, condition: Condition) -> Expression:
        columns = identifiers.c
        own = and_(columns.record_id == self.table.c.id, columns.kind == IDENTIFIED[field.kind])
        if field.kind != "external_ids":
            own = and_(own, columns.system == field.listed)
        if condition.op in ("empty", "not_empty"):
            found = exists(select(1).where(own))
            return not_(found) if condition.op == "empty" else found
        wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        if field.kind == "phones":
            wanted = tuple(self._dialled(value, condition.op) for value in wanted)
        like = [
            columns.value.icontains(value, autoescape=True)
            if condition.op == "contains"
            else func.lower(columns.value) == value.lower()
            for value in wanted
        ]
        return exists(select(1).where(own, or_(false(), *like)))

    def _dialled(self, written: str, op: str) -> str:
        """A phone as it is kept; of a part of one the digits that stand in it however it is written."""
        if op == "contains":
            return re.sub(r"[^\d]", "", written).lstrip("0") or written
        try:
            return normal_phone(written, self.habits.region)
        except Refused:
            return written

    def _time(self, field: Field, column: Any, op: str, value: Any) -> Expression:
        if op == "between":
            return and_(
                self._time(field, column, "gte", value[0]), self._time(field, column, "lte", value[1])
            )
        first, after = self._stretch(field, value)
        if isinstance(value, Moment) and value.word == "overdue" and op == "eq":
            return self._overdue(field, column)
        match op:
            case "eq":
                return and_(column >= first, column < after)
            case "ne":
                return or_(column.is_(None), column < first, column >= after)
            case "gt":
                return _expression(column >= after)
            case "gte":
                return _expression(column >= first)
            case "lt":
                return _expression(column < first)
            case _:
                return _expression(column < after)

    def _stretch(self, field: Field, value: Any) -> tuple[Any, Any]:
        """The first moment that `value` covers and the first after it."""
        if isinstance(value, datetime):
            return value, value + timedelta(microseconds=1)
        if isinstance(value, Moment):
            first, after = moments.bounds(value, self.habits)
        else:
            first, after = value, value + timedelta(days=1)
        if field.kind == "date":
            return first, after
        return self._midnight(first), self._midnight(after)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.habits.zone)

    def _overdue(self, field: Field, column: Any) -> Expression:
        late = column < (self.habits.today() if field.kind == "date" else now())
        done = self.described.closed_by
        return and_(late, self.table.c[done].is_(None)) if done else _expression(late)


def _text(column: Any, op: str, value: Any) -> Expression:
    match op:
        case "empty":
            return or_(column.is_(None), column == "")
        case "not_empty":
            return and_(column.is_not(None), column != "")
        case "contains":
            return _expression(func.ext.fold(column, type_=Text).like(searching.pattern(value)))
        case "starts":
            return _expression(_key(column).like(searching.pattern(value, start=True)))
        case "in":
            return _expression(_key(column).in_([_key(each) for each in value]))
        case "ne":
            return _expression(_key(column).is_distinct_from(_key(value)))
        case _:
            return _same(column, value)


def _blank(column: Any) -> Expression:
    """Without a text, as the index of the field's order finds it."""
    key = _key(column)
    return or_(key.is_(None), and_(key == "", column == ""))


def _same(column: Any, value: str) -> Expression:
    """Equal but for case and accents; the sort key finds it by an index, but is cut at 200 characters.

    The planner knows how sort keys are spread, and nothing of texts that are folded whole.
    """
    equal = _key(column) == _key(value)
    if len(unicodedata.normalize("NFKC", value)) < _SURELY_WHOLE:
        return _expression(equal)
    return and_(equal, func.ext.fold(column, type_=Text) == func.ext.fold(value, type_=Text))


def _several(column: Any, op: str, values: tuple[Any, ...]) -> Expression:
    """Any of the values is among those of the record, or none of them."""
    found = or_(false(), *(column.contains([value]) for value in values))
    return found if op == "in" else not_(func.coalesce(found, false()))


def _key(what: Any) -> Any:
    return func.ext.sort_key(what, type_=Text)


def _expression(expression: Any) -> Expression:
    return expression  # type: ignore[no-any-return]


_COMPARE: Mapping[str, Callable[[Any, Any], Expression]] = {
    "eq": lambda column, value: column == value if value is not None else false(),
    "ne": lambda column, value: column.is_distinct_from(value),
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "in": lambda column, value: column.in_(value),
    "not_in": lambda column, value: or_(column.is_(None), column.not_in(value)),
    "between": lambda column, value: column.between(*value),
}
