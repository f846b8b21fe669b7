"""From a record to those that belong to it: what of them an actor may ask for, and how far one may go."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from app.core.actor import Actor
from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records import intake, reaching, registry, scope
from app.records.types import Field, ObjectType, Related

MOST_STEPS = 2
TOO_FAR = N_("A filter goes through at most %(most)s relations. Leave one out.")


@dataclass(frozen=True)
class Path:
    """A field of another record: the relations that lead there, the object there and the field of it."""

    relations: tuple[Field, ...]
    described: ObjectType
    field: Field

    @property
    def name(self) -> str:
        """How a condition names it: company_id.city."""
        return ".".join([*(each.name for each in self.relations), self.field.name])


def path(actor: Actor | None, described: ObjectType, written: str) -> Path:
    """What company.city, or company_id.city, means to `actor`; raises Invalid.

    What one may not see is told like what is not there.
    """
    *steps, last = written.split(".")
    relations: list[Field] = []
    here = described
    for name in steps:
        relation = here.by_name.get(name) or here.by_name.get(f"{name}_id")
        other = _leads_to(actor, relation)
        if relation is None or other is None:
            raise _unknown(written)
        relations.append(relation)
        here = other
    field = here.by_name.get(last)
    if field is None:
        raise _unknown(written)
    return Path(tuple(relations), here, field)


def over(actor: Actor, described: ObjectType, name: str) -> tuple[Field, ObjectType]:
    """The relation called `name` and the object that it leads to, as `actor` sees it; raises Invalid."""
    relation = described.by_name.get(name)
    other = _leads_to(actor, relation)
    if relation is None or other is None:
        raise Invalid([intake.unknown(described, name)])
    return relation, other


def back(actor: Actor | None, described: ObjectType, name: str) -> tuple[Related, ObjectType]:
    """The list `name` of records that point here, and their object as `actor` sees it; raises Invalid."""
    listed = next((each for each in described.related if each.name == name), None)
    other = _seen(actor, listed.object) if listed else None
    if listed is None or other is None or listed.field not in other.by_name:
        raise _unknown(name)
    return listed, other


def relations(actor: Actor, described: ObjectType) -> Iterator[tuple[Field, ObjectType]]:
    """The relations of the object that lead on, and where they lead, as `actor` sees them."""
    for relation in described.columns:
        other = None if relation.hidden else _leads_to(actor, relation)
        if other is not None:
            yield relation, other


def lists(actor: Actor, described: ObjectType) -> Iterator[tuple[Related, ObjectType]]:
    """The lists of records that point here which `actor` sees."""
    for each in described.related:
        other = _seen(actor, each.object)
        if other is not None and each.field in other.by_name:
            yield each, other


def live(actor: Actor, other: ObjectType, rows: Any) -> Iterator[ColumnElement[bool]]:
    """The conditions that a row of the object, under that alias, is there and for `actor`."""
    yield rows.c.deleted_at.is_(None)
    theirs = scope.rows(actor, registry.get(other.name), rows)
    if theirs is not None:
        yield theirs


def check(steps: int) -> None:
    """Raises Invalid where a filter goes too far."""
    if steps > MOST_STEPS:
        raise Invalid([Problem("where", "too_deep", TOO_FAR, {"most": MOST_STEPS})])


def _leads_to(actor: Actor | None, relation: Field | None) -> ObjectType | None:
    if relation is None or relation.kind not in ("relation", "relations") or not relation.target:
        return None
    return _seen(actor, relation.target)


def _seen(actor: Actor | None, name: str) -> ObjectType | None:
    """The object as `actor` sees it; None where it is none, or not for him."""
    other = registry.find(name)
    if other is None or actor is None or other.permission("read") not in actor.permissions:
        return None
    return None if reaching.level(actor, name) == "none" else scope.seen(actor, other)


def _unknown(written: str) -> Invalid:
    # Without the nearest name: that could be one which is hidden.
    told = {"name": written[:100]}
    return Invalid([Problem(written[:100], "unknown_field", N_("There is no field %(name)s."), told)])
