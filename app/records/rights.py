"""What an actor may do to an object: what one may not see does not exist."""

from app.core.actor import Actor
from app.core.errors import NotAllowed, NotFound
from app.core.permissions import require
from app.records import reaching, registry, scope
from app.records.types import ObjectType


def allowed(actor: Actor, name: str, verb: str) -> ObjectType:
    """The object called `name` where `actor` may `verb` (read, write, delete, export) records of it.

    To read and to export, it is described as the actor sees it: to a customer with its shared fields. Raises
    NotFound where it may not be seen, NotAllowed where it may only be seen.
    """
    described = registry.get(name)
    if described.permission("read") not in actor.permissions:
        raise NotFound(name)
    if verb == "export" and reaching.level(actor, name, "export") == "none":
        raise NotAllowed(described.permission("export"))
    require(actor, described.permission("read" if verb == "export" else verb))
    return scope.seen(actor, described) if verb in {"read", "export"} else described


def readable(actor: Actor) -> list[str]:
    """Names of the objects that `actor` may read."""
    return [each.name for each in registry.every() if each.permission("read") in actor.permissions]
