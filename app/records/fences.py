"""A feature's own statements, held within what a member with limits sees.

Each table that the statement names is shadowed by a common table expression of the same name with the rows
and fields that are the actor's. For everybody else the statement stays the very same.
"""

import re
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, TextClause, column, text
from sqlalchemy.dialects.postgresql import psycopg

from app.core.actor import Actor
from app.records import registry, scope
from app.records.rights import readable
from app.records.types import ObjectType

# What of a table or view that is no object's is the actor's, as SQL; "" for all. It may name what it needs.
Fence = Callable[[Actor], str]

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_others: dict[str, tuple[Fence, tuple[str, ...]]] = {}
_WITH = re.compile(r"\s*WITH\s+", re.IGNORECASE)


def register(name: str, fence: Fence, *needs: str) -> None:
    """Say which rows of the table or view `name` are an actor's; the condition `needs` these tables."""
    _others[name] = (fence, needs)


def within(actor: Actor | None, statement: TextClause) -> TextClause:
    """The statement for `actor`; None: for somebody who sees all."""
    if actor is None or actor.grants is None:
        return statement
    key = (registry.model().revision, actor.id, actor.permissions, statement.text)
    return actor.grants.kept(key, lambda: _fenced(actor, statement))


def _fenced(actor: Actor, statement: TextClause) -> TextClause:
    fences = dict(_fences(actor, _named(statement.text)))
    if not fences:
        return statement
    shadows = ", ".join(f"{name} AS NOT MATERIALIZED ({rows})" for name, rows in fences.items())
    begun = _WITH.match(statement.text)
    rest = f", {statement.text[begun.end() :]}" if begun else f" {statement.text}"
    return text(f"WITH {shadows}{rest}")


def _named(statement: str) -> set[str]:
    words = set(re.findall(r"[a-z_]+", statement))
    for name, (_, needs) in _others.items():
        if name in words:
            words |= set(needs)
    return words


def _fences(actor: Actor, words: set[str]) -> Iterator[tuple[str, str]]:
    """By table: what shadows it. Those that others name come first."""
    for described in registry.every():
        name = described.base.name
        if name in words and not described.is_custom and (shadow := _of_object(actor, described)):
            yield name, shadow
    for name, (fence, _) in _others.items():
        if name in words and (condition := fence(actor)):
            yield name, f"SELECT * FROM {name} WHERE {condition}"  # noqa: S608 - conditions are our own


def _of_object(actor: Actor, described: ObjectType) -> str:
    if described.name not in readable(actor):
        return f"SELECT * FROM {described.base.name} WHERE false"  # noqa: S608
    condition = scope.written(actor, described, described.base.name)
    hidden = actor.grants.hides(described.name) if actor.grants else frozenset()
    if not condition and not hidden:
        return ""
    columns = ", ".join(_column(described, each.name, hidden) for each in described.base.c)
    return f"SELECT {columns} FROM {described.base.name}" + (f" WHERE {condition}" if condition else "")  # noqa: S608


def _column(described: ObjectType, name: str, hidden: frozenset[str]) -> str:
    if name not in hidden:
        return name
    return f"CAST(NULL AS {described.base.c[name].type.compile(dialect=_DIALECT)}) AS {name}"


def of_entries(actor: Actor, object_column: str, id_column: str) -> str:
    """The SQL condition that two columns name a record that `actor` sees; "" where he sees all."""
    names = readable(actor)
    condition = scope.among(actor, names, column(object_column), column(id_column))
    return "" if condition is None else sql(condition)


def sql(condition: ColumnElement[bool]) -> str:
    """The condition as SQL text."""
    return str(condition.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def sees_all(actor: Actor) -> bool:
    """Whether no row and no word of any object is kept from `actor`, whatever the fields."""
    return actor.grants is None or all(
        each.permission("read") in actor.permissions and scope.rows(actor, each) is None
        for each in registry.every()
    )


register("search", lambda actor: of_entries(actor, "object", "record_id"))
