"""What a bulk change is: which records, which verb, which values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records.filters import Where
from app.records.types import IDENTIFIED, Field

Verb = Literal["edit", "assign", "delete", "restore", "replace"]
# What people and programs ask for; a choice is replaced in the settings.
VERBS: tuple[Verb, ...] = ("edit", "assign", "delete", "restore")
OWNER = "owner_id"
# What is of these kinds is one record's alone.
_OF_ONE = ("email", "phone", "files")
MOST_IDS = 10_000

# What a job and its facts are called.
TITLES: Mapping[str, str] = {
    "edit": N_("Bulk change"),
    "assign": N_("Bulk assignment"),
    "delete": N_("Bulk deletion"),
    "restore": N_("Bulk restoration"),
    "replace": N_("Replacing a choice"),
}
# Which right on its object each row takes.
RIGHTS: Mapping[str, str] = {
    "edit": "write",
    "assign": "write",
    "delete": "delete",
    "restore": "delete",
    "replace": "write",
}

NO_ROWS = N_("Name the records by ids, by a filter, or say all.")
TWO_WAYS = N_("Name the records either by ids or by a filter.")
TOO_MANY = N_("Name at most %(most)s records. For more, use a filter.")
NO_VALUES = N_("Name at least one field and its value.")
NOT_FOR_MANY = N_("%(field)s cannot be the same for many records.")


@dataclass(frozen=True)
class Selection:
    """Records by their `ids`, or all that `where` and `search` find."""

    ids: Sequence[UUID] | None = None
    where: Where | None = None
    search: str | None = None

    def check(self) -> None:
        """Raises Invalid where it names records in two ways, or too many of them."""
        if self.ids is None:
            return
        if self.where is not None or self.search:
            raise Invalid.one("ids", "ambiguous", TWO_WAYS)
        if not self.ids:
            raise Invalid.one("ids", "required", NO_ROWS)
        if len(self.ids) > MOST_IDS:
            raise Invalid.one("ids", "too_many", TOO_MANY, most=MOST_IDS)


@dataclass(frozen=True)
class Wanted:
    """What shall happen to the records; `values` by field where they are changed."""

    verb: Verb
    selection: Selection
    values: Mapping[str, Any] = field(default_factory=dict)


def suits_many(known: Field) -> bool:
    """Whether many records may have one value of the field, and people may set it."""
    is_own = known.unique or known.exclusive or known.kind in IDENTIFIED or known.kind in _OF_ONE
    return not (is_own or known.readonly or known.generated or known.hidden)


def not_for_many(known: Field) -> Problem:
    """The field holds what belongs to one record."""
    return Problem(known.name, "not_for_many", NOT_FOR_MANY, {"field": known.label})
