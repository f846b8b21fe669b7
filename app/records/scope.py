"""Which rows and fields are a customer's: asked by everything in the engine that reads or writes.

Members, apps and the system see every row of an object that they may read; a customer sees the rows that the
object's description calls his, and of these the fields that are shared. What is not his does not exist.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, any_, false, func, or_, select

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.records import intake, registry
from app.records.tables import array_of, search
from app.records.types import Field, ObjectType
from tenants.session import session

Rows = Callable[[Actor, Any], ColumnElement[bool]]

_STAMPS = ("id", "version", "created_at", "updated_at")
NOT_YOURS = N_("%(field)s points to something that is not there. Choose another.")


def dealings(actor: Actor, table: Any) -> ColumnElement[bool]:
    """Rows of the customer, and where the account sees it of the company too."""
    own = table.c.contact_id == actor.id
    if actor.sees_company and actor.company_id is not None:
        return or_(own, table.c.company_id == actor.company_id)
    return own  # type: ignore[no-any-return]


def oneself(actor: Actor, table: Any) -> ColumnElement[bool]:
    """The customer's own contact."""
    return table.c.id == actor.id  # type: ignore[no-any-return]


def employer(actor: Actor, table: Any) -> ColumnElement[bool]:
    """The company that the customer works for."""
    return table.c.id == actor.company_id if actor.company_id else false()


def within(field: str, object_name: str) -> Rows:
    """Rows whose `field` points to a row of `object_name` that is the customer's."""

    def rows(actor: Actor, table: Any) -> ColumnElement[bool]:
        return table.c[field].in_(_ids(actor, object_name))  # type: ignore[no-any-return]

    return rows


def named_in(object_name: str, field: str) -> Rows:
    """Rows that a row of `object_name` which is the customer's points to by `field`."""

    def rows(actor: Actor, table: Any) -> ColumnElement[bool]:
        other = registry.get(object_name).table.alias()
        mine = _mine(actor, registry.get(object_name), other)
        return table.c.id.in_(select(other.c[field]).where(mine))  # type: ignore[no-any-return]

    return rows


def is_limited(actor: Actor) -> bool:
    """Whether `actor` sees only some rows and fields of what he may read."""
    return actor.kind == "customer"


def rows(actor: Actor, described: ObjectType, table: Any = None) -> ColumnElement[bool] | None:
    """The condition that rows of the object (in `table`, or its own) are for `actor`; None: all are."""
    if not is_limited(actor):
        return None
    return _mine(actor, described, described.table if table is None else table)


def seen(actor: Actor, described: ObjectType) -> ObjectType:
    """The object as `actor` sees it: for a customer its shared fields and the lists that may be his."""
    return _shared(described) if is_limited(actor) else described


def visible(actor: Actor, object_name: str, ids: Collection[UUID]) -> set[UUID]:
    """Those of the records that `actor` sees; records in the trash are kept for those who see every row."""
    described = registry.get(object_name)
    if described.permission("read") not in actor.permissions:
        return set()
    condition = rows(actor, described)
    if condition is None or not ids:
        return set(ids)
    table = described.table
    return set(session.scalars(select(table.c.id).where(table.c.id == any_(array_of(ids)), condition)))


def check(actor: Actor, described: ObjectType, record_id: UUID) -> None:
    """Raises NotFound where the record is not for `actor`."""
    if is_limited(actor) and record_id not in visible(actor, described.name, [record_id]):
        raise NotFound(described.name)


def among(
    actor: Actor, names: Collection[str], object_column: Any, id_column: Any
) -> ColumnElement[bool] | None:
    """The condition that two columns name a record for `actor`, of these objects; None: all are."""
    if not is_limited(actor):
        return None
    parts = [and_(object_column == name, id_column.in_(_ids(actor, name))) for name in names]
    return or_(false(), *parts)


def searched(actor: Actor) -> ColumnElement[str]:
    """The part of a search entry in which `actor` looks: what is hidden from a customer finds nothing."""
    if not is_limited(actor):
        return search.c.body
    return func.ext.fold(search.c.title.concat(" ").concat(search.c.subtitle), type_=Text)


def given(actor: Actor, described: ObjectType, values: Mapping[str, Any], *, new: bool) -> Mapping[str, Any]:
    """What may be written of `values`: all of them, or for a customer what is declared, as his own.

    Raises NotAllowed where customers write no such record, Invalid for a field that is not theirs to set
    and for a relation to what they do not see.
    """
    if not is_limited(actor):
        return values
    may = _declared(described, new=new)
    problems = [_not_settable(described, name) for name in values if name not in may]
    problems += [] if problems else _out_of_sight(actor, described, values)
    if problems:
        raise Invalid(problems)
    return {**values, "contact_id": actor.id} if new and "contact_id" in described.by_name else values


def _declared(described: ObjectType, *, new: bool) -> frozenset[str]:
    known = described.customers
    may = (known.creates if new else known.changes) if known else frozenset()
    if not may:
        raise NotAllowed(described.permission("write"))
    return may


def _not_settable(described: ObjectType, name: str) -> Problem:
    shown = _shared(described)
    if name not in shown.by_name:
        return intake.unknown(shown, name)
    message = N_("%(field)s is not yours to set.")
    return Problem(name, "read_only", message, {"field": shown.by_name[name].label})


def _out_of_sight(actor: Actor, described: ObjectType, values: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for name, value in values.items():
        field = described.by_name[name]
        record_id = parse_id(str(value)) if field.target and value else None
        if field.target and record_id and record_id not in visible(actor, field.target, [record_id]):
            problems.append(Problem(name, "not_found", NOT_YOURS, {"field": field.label}))
    return problems


def _mine(actor: Actor, described: ObjectType, table: Any) -> ColumnElement[bool]:
    if described.customers is None or actor.id is None:
        return false()
    return and_(table.c.deleted_at.is_(None), described.customers.rows(actor, table))


def _ids(actor: Actor, object_name: str) -> Any:
    described = registry.get(object_name)
    table = described.table.alias()
    return select(table.c.id).where(_mine(actor, described, table))


@lru_cache(maxsize=64)
def _shared(described: ObjectType) -> ObjectType:
    fields = tuple(each for each in described.fields if each.visibility == "shared" and _leads_on(each))
    kept = {each.name for each in fields}
    lists = tuple(each for each in described.related if _shows(each.object, each.field))
    own = tuple(each for each in described.own_fields if each.name in _STAMPS)
    subtitle = tuple(name for name in described.subtitle if name in kept)
    return replace(described, fields=fields, related=lists, own_fields=own, subtitle=subtitle)


def _leads_on(field: Field) -> bool:
    """Whether the field holds a value of its own, or points to somebody or something customers may see."""
    pointed_at = registry.find(field.target) if field.target else None
    return field.target is None or (pointed_at is not None and pointed_at.customers is not None)


def _shows(object_name: str, field: str) -> bool:
    described = registry.get(object_name)
    return described.customers is not None and described.by_name[field].visibility == "shared"
