"""A feature's own statements, held within what a member with limits sees.

Each table that the statement names is shadowed by a common table expression of the same name with the rows
and fields that are the actor's. For everybody else the statement stays the very same.
"""

import re
from collections.abc import Callable, Iterator

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, psycopg

from app.core.actor import Actor
from app.core.grants import Level
from app.records import reaches, reaching, registry, scope
from app.records.rights import readable
from app.records.types import ObjectType

# What of a table or view that is no object's is the actor's, as SQL; "" for all. It may name what it needs.
Fence = Callable[[Actor], str]

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_others: dict[str, tuple[Fence, tuple[str, ...]]] = {}
_REACHES: tuple[Level, ...] = ("own", "team")
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


def gathered(actor: Actor | None, statement: TextClause) -> TextClause:
    """The same for a statement that looks through very many live records: who sees few is given these.

    Else each would be looked at whose it is.
    """
    if actor is None or actor.grants is None:
        return statement
    words, can = _named(statement.text), readable(actor)
    objects = [each for each in registry.every() if each.base.name in words and each.name in can]
    few = reaches.few(actor, objects)
    if not few:
        return within(actor, statement)
    key = (registry.model().revision, actor.id, actor.permissions, statement.text, frozenset(few))
    made = actor.grants.kept(key, lambda: _fenced(actor, statement, frozenset(few)))
    return made.bindparams(*(bindparam(_ids(name), sorted(ids), ARRAY(Uuid)) for name, ids in few.items()))


def _fenced(actor: Actor, statement: TextClause, few: frozenset[str] = frozenset()) -> TextClause:
    fences = dict(_fences(actor, _named(statement.text), few))
    if not fences:
        return statement
    shadows = ", ".join(f"{name} AS NOT MATERIALIZED ({rows})" for name, rows in fences.items())
    begun = _WITH.match(statement.text)
    rest = f", {statement.text[begun.end() :]}" if begun else f" {statement.text}"
    return _peopled(actor, text(f"WITH {shadows}{rest}"))


def _peopled(actor: Actor, statement: TextClause) -> TextClause:
    """With the people as values: so the statement is the same for all whose roles are, and planned once."""
    asked = [reach for reach in _REACHES if _mark(reach).removeprefix(":") in statement._bindparams]
    people = [(_mark(reach).removeprefix(":"), sorted(reaching.people(actor, reach))) for reach in asked]
    return statement.bindparams(*(bindparam(name, ids, ARRAY(Uuid)) for name, ids in people))


def _ids(object_name: str) -> str:
    return f"ids_of_{object_name}"


def _mark(reach: str) -> str:
    return f":people_{reach}"


def _named(statement: str) -> set[str]:
    words = set(re.findall(r"[a-z_]+", statement))
    for name, (_, needs) in _others.items():
        if name in words:
            words |= set(needs)
    return words


def _fences(actor: Actor, words: set[str], few: frozenset[str]) -> Iterator[tuple[str, str]]:
    """By table: what shadows it.

    What is looked up for a shadow is looked up in the tables themselves: shadows of what records belong to
    come after theirs. Conditions that need shadows come last.
    """
    yield from _of_others(actor, words, needing=False)
    for described in _parents_last():
        name = described.base.name
        if name in words and not described.is_custom and (shadow := _of_object(actor, described, few)):
            yield name, shadow
    yield from _of_others(actor, words, needing=True)


def _of_others(actor: Actor, words: set[str], *, needing: bool) -> Iterator[tuple[str, str]]:
    for name, (fence, needs) in _others.items():
        if name in words and bool(needs) == needing and (condition := fence(actor)):
            yield name, f"SELECT * FROM {name} WHERE {condition}"  # noqa: S608 - conditions are our own


def _parents_last() -> list[ObjectType]:
    found: dict[str, ObjectType] = {}

    def visit(described: ObjectType, below: frozenset[str]) -> None:
        for name in described.parents:
            field = described.by_name.get(name)
            parent = registry.find(field.target) if field is not None and field.target else None
            if parent is not None and parent.name not in below:
                visit(parent, below | {parent.name})
        found.setdefault(described.name, described)

    for described in registry.every():
        visit(described, frozenset({described.name}))
    return list(reversed(found.values()))


def _of_object(actor: Actor, described: ObjectType, few: frozenset[str]) -> str:
    if described.name not in readable(actor):
        return f"SELECT * FROM {described.base.name} WHERE false"  # noqa: S608
    condition = reaching.fence(actor, described, _mark)
    if described.name in few:
        condition = f"{described.base.name}.id = ANY(:{_ids(described.name)})"
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
    if not scope.is_limited(actor):
        return ""
    parts = []
    for name in readable(actor):
        theirs = reaching.named(actor, registry.get(name), id_column, _mark)
        parts.append(f"{object_column} = '{name}'{f' AND {theirs}' if theirs else ''}")
    return f"({' OR '.join(parts) or 'false'})"


def sees_all(actor: Actor) -> bool:
    """Whether no row and no word of any object is kept from `actor`, whatever the fields."""
    return actor.grants is None or all(
        each.permission("read") in actor.permissions and scope.rows(actor, each) is None
        for each in registry.every()
    )


register("search", lambda actor: of_entries(actor, "object", "record_id"))
