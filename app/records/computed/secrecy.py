"""Who does not see what a field is made of does not see the field.

A formula shows only what all its inputs show. A roll-up tells of every record that it counts: it is for those
who may read all records of that object with the fields that it reads, and never for customers.
"""

from collections.abc import Callable

from app.core.actor import Actor
from app.core.grants import Grants
from app.records.computed import plans
from app.records.computed.plans import Need
from app.records.types import ObjectType

Closed = Callable[[Need], bool]


def hidden(actor: Actor, described: ObjectType) -> frozenset[str]:
    """The fields of the object that are worked out of what is hidden from `actor`, who is no customer."""
    if actor.grants is not None:
        return by_grants(actor.grants, described)
    return _closed(described, lambda need: f"{need[0]}:read" not in actor.permissions)


def by_grants(grants: Grants, described: ObjectType) -> frozenset[str]:
    """The same for one with these limits."""

    def is_closed(need: Need) -> bool:
        if need[1] is None:
            return grants.level(need[0], "read") != "all"
        return need[1] in grants.hides(need[0])

    return _closed(described, is_closed)


def objects() -> frozenset[str]:
    """The objects that have fields which are worked out."""
    return frozenset(plans.present().own)


def from_customers(described: ObjectType) -> frozenset[str]:
    """The fields that customers do not see, whatever is said of them."""
    own = {each.name for each in described.fields if each.visibility == "shared"}
    return _closed(described, lambda need: need[0] != described.name or need[1] not in own)


def _closed(described: ObjectType, is_closed: Closed) -> frozenset[str]:
    plan = plans.present()
    own = plan.own.get(described.name)
    if own is None:
        return frozenset()
    fields = [*(each.field for each in own.formulas), *(each for each, _ in own.rollups)]
    return frozenset(
        name
        for each in fields
        if any(is_closed(need) for need in plan.needs[described.name, each.name])
        for name in plans.written(each)
    )
