"""The objects there are, and what relations may point to."""

from app.core.errors import NotFound
from app.records.tables import members
from app.records.titles import title_of
from app.records.types import Behaviour, ObjectType, Target

_types: dict[str, ObjectType] = {}
_behaviours: dict[str, Behaviour] = {}
_targets: dict[str, Target] = {
    "members": Target(
        "members",
        members,
        lambda table: table.c.name,
        None,
        members.c.removed_at.is_(None),
        (members.c.name,),
    )
}


def register(described: ObjectType) -> ObjectType:
    """Make an object known under its name; returns it."""
    _types[described.name] = described
    table = described.table
    register_target(
        Target(
            described.name,
            table,
            lambda source: title_of(described, source),
            described.permission("read"),
            table.c.deleted_at.is_(None),
        )
    )
    return described


def behave(name: str, behaviour: Behaviour) -> None:
    """Give the object called `name` its feature's behaviour."""
    _behaviours[name] = behaviour


def behaviour(described: ObjectType) -> Behaviour:
    """What the object's feature adds to its changes."""
    return _behaviours.get(described.name, described.behaviour)


def register_target(target: Target) -> None:
    """Let relations point to something that is not an object, as a deal's stage."""
    _targets[target.name] = target


def get(name: str) -> ObjectType:
    """The object called `name`; raises NotFound."""
    try:
        return _types[name]
    except KeyError:
        raise NotFound(name) from None


def find(name: str) -> ObjectType | None:
    """The object called `name`, where there is one."""
    return _types.get(name)


def target(name: str) -> Target:
    """What relations to `name` point to; raises NotFound."""
    try:
        return _targets[name]
    except KeyError:
        raise NotFound(name) from None


def every() -> tuple[ObjectType, ...]:
    """All objects in the order in which people see them."""
    return tuple(sorted(_types.values(), key=lambda described: described.position))
