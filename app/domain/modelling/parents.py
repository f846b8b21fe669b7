"""Relations of a company's own by which records belong to others: none may lead back to where it begins."""

from collections.abc import Iterator

from app.core.errors import Problem
from app.core.text import N_
from app.domain.modelling.rules import FieldWish
from app.records import registry
from app.records.types import ObjectType

MOST_PARENTS = 3
LONGEST_WAY = 4
ROUND = N_("%(object)s belong to these records already, so these cannot belong to them: %(way)s.")
PARTS = N_("These belong to other records by their nature; Kith says to which.")
TOO_FAR = N_("Records would belong to others over more than %(most)s steps: %(way)s.")
TOO_MANY = N_("Records of an object belong to others by at most %(most)s relations of your own.")


def problems(described: ObjectType, name: str, wish: FieldWish) -> Iterator[Problem]:
    """What is wrong with records belonging to those that the relation `name` is to point to."""
    target = registry.find(wish.target) if wish.target else None
    if not wish.is_parent or wish.kind != "relation" or target is None:
        return
    if described.is_part:
        yield Problem("is_parent", "not_possible", PARTS)
        return
    own = [each for each in described.relations if each.is_parent and each.name != name]
    if len(own) >= MOST_PARENTS:
        yield Problem("is_parent", "too_many", TOO_MANY, {"most": MOST_PARENTS})
    back = next((way for way in _ways((described, target)) if way[-1].name == described.name), None)
    if back is not None:
        told = {"object": target.plural, "way": _told(back)}
        yield Problem("is_parent", "cyclic", ROUND, told)
        return
    yield from _too_long(described, target)


def _too_long(described: ObjectType, target: ObjectType) -> Iterator[Problem]:
    above = max(_ways((described, target)), key=len)
    below = max(_below((described,)), key=len)
    if len(above) + len(below) - 2 > LONGEST_WAY:
        told = {"most": LONGEST_WAY, "way": _told((*reversed(below[1:]), *above))}
        yield Problem("is_parent", "too_far", TOO_FAR, told)


def _ways(so_far: tuple[ObjectType, ...]) -> Iterator[tuple[ObjectType, ...]]:
    """The ways up from the last object, as far as parents lead; one that comes round ends there."""
    yield so_far
    last = so_far[-1]
    if len(so_far) > 1 and last.name in {each.name for each in so_far[:-1]}:
        return
    for parent in _of(last):
        yield from _ways((*so_far, parent))


def _below(so_far: tuple[ObjectType, ...]) -> Iterator[tuple[ObjectType, ...]]:
    """The ways down to what belongs to the last object by relations of the company's own."""
    yield so_far
    for child in registry.every():
        own = (each for each in child.relations if each.is_parent)
        if any(each.target == so_far[-1].name for each in own) and child not in so_far:
            yield from _below((*so_far, child))


def _of(described: ObjectType) -> Iterator[ObjectType]:
    for name in described.parents:
        field = described.by_name.get(name)
        parent = registry.find(field.target) if field is not None and field.target else None
        if parent is not None:
            yield parent


def _told(way: tuple[ObjectType, ...]) -> str:
    return " › ".join(str(each.plural) for each in way)
