"""By which ways a record may belong to somebody, and the condition that it does, as text.

The condition is built once, whoever asks and whatever row it is put to: the columns of the row and the people
are marks in it, which `Met` fills in.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal

from app.core.grants import Level
from app.records.sources import expression
from app.records.types import ObjectType

Column = Callable[[str], str]
Filling = Callable[[str], ColumnElement[Any]]
_MARK = re.compile("\x01([a-z0-9_]+) ([a-z0-9_]+)\x01")
_COLUMN, _PEOPLE = "column", "people"


@dataclass(frozen=True)
class Belonging:
    """The records of an object that are somebody's: within `reach` their own, and what belongs to others' so.

    `ways` are the relations by which it belongs to what is somebody's, each with what that is.
    """

    name: str
    reach: Level
    ways: tuple[tuple[str, "Belonging"], ...]
    described: ObjectType = field(compare=False)

    @property
    def whose(self) -> str:
        """The column that says whose a record is by itself."""
        return "owner_id" if "owner_id" in self.described.by_name else "created_by"

    @property
    def base(self) -> str:
        """The table in which its rows lie, those of others too where the company added the object."""
        return self.described.base.name

    def only(self, alias: str) -> str:
        """What is asked of a row of that table beside: that it is of this object."""
        return f" AND {alias}.object = '{self.name}'" if self.described.is_custom else ""

    def column(self, alias: str) -> Column:
        """How a field of a row of that table is written."""

        def written(name: str) -> str:
            known = self.described.by_name.get(name)
            if known is not None and known.custom:
                return expression(known.kind, known.key, f"{alias}.custom")
            return f"{alias}.{name}"

        return written


def template(belonging: Belonging) -> str:
    """The condition on a row, with marks in place of its columns and of the people."""
    return _condition(belonging, lambda name: _mark(_COLUMN, name), 0)


def entry_template(belonging: Belonging) -> str:
    """The same of the record whose id is the column `record_id`."""
    return _found(belonging, _mark(_COLUMN, "record_id"), 0)


def _condition(belonging: Belonging, column: Column, depth: int) -> str:
    """What a record belongs to is looked up by its id, row by row: no more is read than is asked for."""
    whose = column(belonging.whose)
    ways = [f"{whose} = ANY({_mark(_PEOPLE, belonging.reach)})"]
    for name, parent in belonging.ways:
        belongs = _found(parent, column(name), depth)
        ways.append(belongs if belonging.described.is_part else f"({whose} IS NULL AND {belongs})")
    return f"({' OR '.join(ways)})"


def _found(belonging: Belonging, record_id: str, depth: int) -> str:
    there = f"at_{depth}"
    met = _condition(belonging, belonging.column(there), depth + 1)
    row = f"{there}.id = {record_id}{belonging.only(there)}"
    return f"(SELECT {met} FROM {belonging.base} {there} WHERE {row})"  # noqa: S608 - names are our own


def _mark(what: str, name: str) -> str:
    return f"\x01{what} {name}\x01"


def filled(template: str, column: Column, people: Column) -> str:
    """The condition with its columns and people as SQL."""
    return _MARK.sub(lambda mark: (column if mark[1] == _COLUMN else people)(mark[2]), template)


class Met(FunctionElement[bool]):
    """The condition on a row, whose columns are told by name; `people`, by reach, whose records are meant."""

    inherit_cache = True
    name = "met"
    type = Boolean()
    _traverse_internals = [  # noqa: RUF012 - as its base has it
        *FunctionElement._traverse_internals,
        ("template", InternalTraversal.dp_string),
    ]

    def __init__(self, template: str, column: Filling, people: Filling) -> None:
        self.template = template
        marks = dict.fromkeys(_MARK.findall(template))
        super().__init__(*((column if what == _COLUMN else people)(name) for what, name in marks))


@compiles(Met)
def _compiled(element: Met, compiler: Any, add_to_result_map: Any = None, **how: Any) -> str:
    if add_to_result_map is not None:
        add_to_result_map(element.name, element.name, (element.name,), element.type)
    marks = dict.fromkeys(_MARK.findall(element.template))
    known = dict(zip(marks, _each(element.clauses, compiler, how), strict=True))
    return _MARK.sub(lambda mark: known[mark[1], mark[2]], element.template)


def _each(clauses: Iterable[Any], compiler: Any, how: dict[str, Any]) -> list[str]:
    return [compiler.process(each, **how) for each in clauses]
