"""A row on its way to a record: what it says, what it points to, what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.core.errors import Problem
from app.domain.imports.rules.plan import Column
from app.domain.imports.rules.records import Row


@dataclass(slots=True)
class Pointer:
    """A cell, or one of several parts of it, that names a record of another object."""

    column: Column
    field: str
    goal: str
    text: str
    can_create: bool
    is_one_of: bool = False


@dataclass(slots=True)
class Draft:
    """`keys` are the ways to find the record, the surest first; `parts` holds companions' values by name."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    pointers: list[Pointer] = field(default_factory=list)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    record_id: UUID | None = None
    nth: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether the row says nothing at all."""
        return not (self.values or self.pointers or self.parts or self.keys or self.problems)
