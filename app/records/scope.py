"""Which rows and fields are an actor's: asked by everything that reads or writes records, whatever the door.

Apps, the system and members without limits see every row of an object that they may read. A member with
limits sees as far as the grants reach (`reaching`), a customer the rows that the object's description calls
his and of these the fields that are shared. What is not an actor's does not exist for him.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, any_, false, func, or_, select
from sqlalchemy.dialects.postgresql import psycopg

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound, Problem
from app.core.grants import Verb
from app.core.ids import parse_id
from app.core.text import N_
from app.records import intake, limits, reaching, registry, uniqueness
from app.records.computed import secrecy
from app.records.tables import array_of, search
from app.records.types import Change, Field, ObjectType
from app.records.values import words
from tenants.session import session

Rows = Callable[[Actor, Any], ColumnElement[bool]]
# Records that are seen, by object.
Sight = Mapping[str, set[UUID]]
Typed = Callable[[ColumnElement[str]], ColumnElement[bool] | None]

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_STAMPS = ("id", "version", "created_at", "updated_at")
NOT_ALLOWED = N_("Your roles do not let you do this to this record.")
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


def is_customer(actor: Actor) -> bool:
    """Whether `actor` comes by the portal and sees what is shared with him."""
    return actor.kind == "customer"


def is_limited(actor: Actor) -> bool:
    """Whether there may be rows or fields that `actor` does not see of what he may read."""
    return actor.kind == "customer" or actor.grants is not None


def rows(
    actor: Actor, described: ObjectType, table: Any = None, verb: Verb = "read"
) -> ColumnElement[bool] | None:
    """The condition that `actor` may do this to rows of the object (in `table`, or its own); None: to all."""
    if not is_limited(actor):
        return None
    where = described.table if table is None else table
    if is_customer(actor):
        return _mine(actor, described, where)
    return reaching.rows(actor, described, where, verb)


def keeps(actor: Actor, described: ObjectType, names: Iterable[str]) -> bool:
    """Whether one of the fields is hidden from `actor`, or not his to write."""
    return actor.grants is not None and bool(actor.grants.locks(described.name).intersection(names))


def may(actor: Actor, described: ObjectType, verb: Verb) -> bool:
    """Whether there may be records of the object to which `actor` may do this."""
    needed = {"create": "write", "update": "write", "export": "read"}.get(verb, verb)
    if described.permission(needed) not in actor.permissions:
        return False
    return reaching.level(actor, described.name, verb) != "none"


def written(actor: Actor, described: ObjectType, alias: str) -> str:
    """What `rows` says as SQL about the object's rows under the name `alias`; "": all are."""
    if is_customer(actor):
        mine = _mine(actor, described, described.table.alias(alias))
        return str(mine.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
    return reaching.written(actor, described, alias)


def seen(actor: Actor, described: ObjectType) -> ObjectType:
    """The object as `actor` sees it: without what is hidden from him."""
    if is_customer(actor):
        return _shared(described)
    if actor.grants is None:
        return limits.without(described, secrecy.hidden(actor, described))
    return limits.seen(actor.grants, described)


def shown(actor: Actor, object_name: str, *names: str) -> tuple[str, ...]:
    """Those of the fields that `actor` sees."""
    known = seen(actor, registry.get(object_name)).by_name
    return tuple(name for name in names if name in known)


def visible(actor: Actor, object_name: str, ids: Collection[UUID], verb: Verb = "read") -> set[UUID]:
    """Those of the records that `actor` sees, or to which he may do this.

    Records in the trash are kept for those who are no customers.
    """
    described = registry.get(object_name)
    if described.permission("read") not in actor.permissions:
        return set()
    condition = rows(actor, described, verb=verb)
    if condition is None or not ids:
        return set(ids)
    table = described.table
    return set(session.scalars(select(table.c.id).where(table.c.id == any_(array_of(ids)), condition)))


def check(actor: Actor, described: ObjectType, record_id: UUID) -> None:
    """Raises NotFound where the record is not for `actor`."""
    if is_limited(actor) and record_id not in visible(actor, described.name, [record_id]):
        raise NotFound(described.name)


def permit(actor: Actor, described: ObjectType, verb: Verb, ids: Collection[UUID]) -> None:
    """Raises NotAllowed where `actor`, who sees these records, may not do this to one of them."""
    if beyond(actor, described, verb, ids):
        raise NotAllowed(described.permission("delete" if verb == "delete" else "write"))


def exporting(actor: Actor) -> Actor:
    """The actor as one who sees what he may take along."""
    return actor if actor.grants is None else replace(actor, grants=actor.grants.cut("export"))


def beyond(actor: Actor, described: ObjectType, verb: Verb, ids: Collection[UUID]) -> set[UUID]:
    """Those of the records, which `actor` sees, to which he may not do this."""
    if actor.grants is None or not ids:
        return set()
    reach = actor.grants.level(described.name, verb)
    if reach in {"all", actor.grants.level(described.name, "read")}:
        return set()
    return set(ids) - visible(actor, described.name, ids, verb)


def among(
    actor: Actor, names: Collection[str], object_column: Any, id_column: Any
) -> ColumnElement[bool] | None:
    """The condition that two columns name a record for `actor`, of these objects; None: all are."""
    if not is_limited(actor):
        return None
    parts = []
    for name in names:
        theirs = _named(actor, registry.get(name), id_column)
        here = object_column == name
        parts.append(here if theirs is None else and_(here, theirs))
    return or_(false(), *parts)


def _named(actor: Actor, described: ObjectType, id_column: Any) -> ColumnElement[bool] | None:
    if not is_customer(actor):
        return reaching.names(actor, described, id_column)
    table = described.table.alias()
    return id_column.in_(select(table.c.id).where(_mine(actor, described, table)))  # type: ignore[no-any-return]


def searched(actor: Actor, typed: Typed) -> ColumnElement[bool] | None:
    """The condition that search entries have what was `typed`; what is hidden from `actor` finds nothing.

    `typed` makes the condition of a text's words on a part of the entry, None where no words are there.
    """
    shown = func.ext.fold(search.c.title.concat(" ").concat(search.c.subtitle), type_=Text)
    if is_customer(actor):
        return typed(shown)
    found = typed(search.c.body)
    blind = limits.half_seen(actor)
    if found is None or not blind:
        return found
    # The whole entry still goes first: it has the index, and all that is shown stands in it too.
    only = typed(func.ext.fold(search.c.title, type_=Text))
    return and_(found, or_(search.c.object.not_in(blind), false() if only is None else only))


def given(
    actor: Actor,
    described: ObjectType,
    values: Mapping[str, Any],
    *,
    new: bool,
    before: Mapping[str, Any] | None = None,
    sight: Sight | None = None,
    stored: bool = False,
) -> Mapping[str, Any]:
    """What may be written of `values`, with what makes a new record the actor's own.

    `before` is the record that is changed: what stays as it is may be said again; of several records each
    of them, where the values are those that were `stored`. Raises NotAllowed where
    `actor` writes no such record, Invalid for a field that is not his to set and for a relation to what he
    does not see.
    """
    if is_customer(actor):
        return _customers(actor, described, values, new=new)
    if actor.grants is None:
        return values
    wrong = limits.problems(actor, described, limits.settled(values, before or {}))
    values, disowned = limits.owned(actor, described, values, None if new else before or {})
    wrong += disowned
    asked = limits.settled(values, before or {})
    asked = limits.fresh(described, asked, before or {}) if stored else asked
    wrong += [] if wrong else out_of_sight(actor, described, asked, sight)
    if wrong:
        raise Invalid(wrong)
    return values


def _customers(
    actor: Actor, described: ObjectType, values: Mapping[str, Any], *, new: bool
) -> Mapping[str, Any]:
    """What is declared, as the customer's own."""
    may = _declared(described, new=new)
    problems = [_not_settable(described, name) for name in values if name not in may]
    problems += [] if problems else out_of_sight(actor, described, values)
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


def taken(
    actor: Actor,
    described: ObjectType,
    change: Change,
    values: Mapping[str, Any],
    sight: Sight | None,
    *,
    stored: bool = False,
) -> Mapping[str, Any]:
    """What `given` says, for one of many: what is refused becomes a problem of this change alone."""
    try:
        new, before = change.is_new, change.before or None
        return given(actor, described, values, new=new, before=before, sight=sight, stored=stored)
    except Invalid as refused:
        change.problems += refused.problems
    except NotAllowed:
        if is_customer(actor):
            raise
        change.problems.append(not_yours())
    return {}


def not_yours() -> Problem:
    """A record that one may see and not do this to."""
    return Problem("id", "not_allowed", NOT_ALLOWED)


def sight(actor: Actor, described: ObjectType, many: Iterable[Mapping[str, Any]]) -> Sight | None:
    """Which records that these values point to `actor` sees, by object; None where he sees all."""
    if not is_limited(actor):
        return None
    found: dict[str, set[UUID]] = {}
    for values in many:
        for target, ids in _pointed_at(described, values).values():
            found.setdefault(target, set()).update(ids)
    return {target: visible(actor, target, ids) for target, ids in found.items()}


def out_of_sight(
    actor: Actor, described: ObjectType, values: Mapping[str, Any], known: Sight | None = None
) -> list[Problem]:
    """A problem for each relation to a record that `actor` does not see."""
    sees = known if known is not None else sight(actor, described, [values]) or {}
    return [
        Problem(name, "not_found", NOT_YOURS, {"field": described.by_name[name].label})
        for name, (target, ids) in _pointed_at(described, values).items()
        if not ids <= sees.get(target, set())
    ]


def _pointed_at(described: ObjectType, values: Mapping[str, Any]) -> dict[str, tuple[str, set[UUID]]]:
    """What the values point to, by field: the object and the ids of its records."""
    found = {}
    for name, value in values.items():
        field = described.by_name.get(name)
        if field is not None and field.target and value and registry.find(field.target) is not None:
            written = words.several(value)
            ids = {record_id for each in written if (record_id := parse_id(str(each).strip()))}
            found[name] = (field.target, ids)
    return found


def discreet(actor: Actor, described: ObjectType, changes: Iterable[Change]) -> None:
    """Leave unsaid who holds a value that must be unique, where `actor` does not see that record."""
    if not is_limited(actor):
        return
    for change in changes:
        for at, problem in enumerate(change.problems):
            holder = parse_id(str(problem.data.get("record_id", "")))
            if problem.code == "taken" and holder and not visible(actor, described.name, [holder]):
                change.problems[at] = uniqueness.nameless(problem)


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
    closed = secrecy.from_customers(described)
    shown = [each for each in described.fields if each.visibility == "shared" and each.name not in closed]
    fields = tuple(each for each in shown if _leads_on(each))
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
