"""Which fields a filter names, and of which kinds they are."""

from collections.abc import Iterator

from app.core.actor import Actor
from app.records.filters import steps
from app.records.filters.tree import All, Condition, Linked, Not, OneOf, Where
from app.records.types import Field, ObjectType

Used = tuple[ObjectType, Field]


def using(described: ObjectType, where: Where | None, actor: Actor) -> list[Used]:
    """The fields that `where` names with their objects, relations on the way included; raises Invalid."""
    return list(_used(described, where, actor)) if where is not None else []


def kind_of(field: Field) -> str:
    """The kind of a field as far as conditions on it depend on it: of a relation also where it leads."""
    return f"{field.kind}:{field.target}" if field.kind in ("relation", "relations") else field.kind


def _used(described: ObjectType, where: Where, actor: Actor) -> Iterator[Used]:
    match where:
        case All(parts) | OneOf(parts):
            for part in parts:
                yield from _used(described, part, actor)
        case Not(part):
            yield from _used(described, part, actor)
        case Linked(name, inner):
            listed, other = steps.back(actor, described, name)
            yield other, other.by_name[listed.field]
            if inner is not None:
                yield from _used(other, inner, actor)
        case Condition(field=name):
            *relations, last = name.split(".")
            for each in relations:
                relation, other = steps.over(actor, described, each)
                yield described, relation
                described = other
            yield described, described.by_name[last]
