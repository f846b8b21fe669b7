"""What is hidden from a member with limits, and what such a member may write."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.core.actor import Actor
from app.core.errors import NotAllowed, Problem
from app.core.grants import Grants, Verb
from app.core.ids import parse_id
from app.core.text import N_
from app.records import intake, reaching, registry
from app.records.computed import secrecy
from app.records.types import PRIMARY, ObjectType

OWNER = "owner_id"
_NO_LISTS: frozenset[str] = frozenset()
NOT_SETTABLE = N_("%(field)s is not yours to set.")
NOT_WITHIN = N_("You may give this only to somebody whose records you may change.")


def seen(grants: Grants, described: ObjectType) -> ObjectType:
    """The object without the fields that are hidden, locked ones to be read only, without lists that hang on
    hidden ones.
    """
    lists = {
        each.name
        for each in described.related
        if each.field in grants.hides(each.object) or grants.level(each.object, "read") == "none"
    }
    hidden = hides(grants, described)
    locked = grants.locks(described.name) | hidden
    return _without(described, hidden, locked, frozenset(lists)) if locked or lists else described


def hides(grants: Grants, described: ObjectType) -> frozenset[str]:
    """The fields of the object that are hidden, those with them that are worked out of what is hidden."""
    return grants.hides(described.name) | secrecy.by_grants(grants, described)


def without(described: ObjectType, hidden: frozenset[str]) -> ObjectType:
    """The object without these fields."""
    return _without(described, hidden, hidden, _NO_LISTS) if hidden else described


@lru_cache(maxsize=1024)
def _without(
    described: ObjectType, hidden: frozenset[str], locked: frozenset[str], lists: frozenset[str]
) -> ObjectType:
    kept = [each for each in described.fields if each.name not in hidden]
    return replace(
        described,
        fields=tuple(replace(each, readonly=True) if each.name in locked else each for each in kept),
        # Another tuple than the one that stands for "shows whatever there is".
        own_fields=tuple([each for each in described.own_fields if each.name not in hidden]),
        related=tuple(each for each in described.related if each.name not in lists),
        title_else=tuple(name for name in described.title_else if name not in hidden),
        subtitle=tuple(name for name in described.subtitle if name not in hidden),
    )


def half_seen(actor: Actor) -> list[str]:
    """Objects whose search entries hold what is hidden from `actor`."""
    if actor.grants is None:
        return []
    names = {*actor.grants.hidden, *secrecy.objects()}
    known = [each for name in names if (each := registry.find(name)) is not None]
    return [each.name for each in known if hides(actor.grants, each).intersection(each.found_by)]


def renamed(actor: Actor, name: str) -> bool:
    """Whether what records of the object are called elsewhere may be what is hidden from `actor`."""
    described = registry.find(name)
    if actor.grants is None or described is None:
        return False
    return bool(actor.grants.hides(name).intersection(described.title_else))


def problems(actor: Actor, described: ObjectType, values: Mapping[str, Any]) -> list[Problem]:
    """One for each field that is hidden from the actor, or not his to set."""
    assert isinstance(actor.grants, Grants), "without limits nobody asks"
    shown, locks = seen(actor.grants, described), actor.grants.locks(described.name)
    found = []
    for name in values:
        if name in described.by_name and name not in shown.by_name:
            found.append(intake.unknown(shown, name))
        elif name in locks:
            label = described.by_name[name].label
            found.append(Problem(name, "read_only", NOT_SETTABLE, {"field": label}))
    return found


def owned(
    actor: Actor, described: ObjectType, values: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any], list[Problem]]:
    """The values with the actor as owner of a new record that says none, and what is wrong with an owner.

    Raises NotAllowed where the actor creates, or changes, none at all. A record stays within reach of who
    writes it: nobody gives it to somebody whose records are out of reach.
    """
    verb: Verb = "create" if before is None else "update"
    reach = reaching.level(actor, described.name, verb)
    if reach == "none":
        raise NotAllowed(described.permission("write"))
    if reach == "all" or not reaching.is_owned(described):
        return values, []
    if before is None and not values.get(OWNER):
        return {**values, OWNER: actor.id}, []
    if OWNER not in values or (before is not None and _same(values[OWNER], before.get(OWNER))):
        return values, []
    owner = parse_id(str(values[OWNER] or ""))
    if owner in reaching.people(actor, reach):
        return values, []
    return values, [Problem(OWNER, "not_yours", NOT_WITHIN)]


def _same(given: Any, stored: Any) -> bool:
    return (str(given) if given else "") == (str(stored) if stored else "")


def settled(values: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of these values those that are others than before, as far as text can tell."""
    return {n: v for n, v in values.items() if n not in before or not _same(v, before[n])}


def fresh(described: ObjectType, values: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values, of several records those only that were not held before."""
    known = {each.name: set(before.get(each.name) or ()) for each in described.holding if each.name in values}
    if not known:
        return values
    return {
        name: [each for each in value if str(each) not in known[name]]
        if name in known and isinstance(value, list)
        else value
        for name, value in values.items()
    }


def whole(fields: frozenset[str]) -> frozenset[str]:
    """These fields with those that tell the same: the list of a primary value, and the other way round."""
    lists = {many for many, one in PRIMARY.items() if one in fields}
    singles = {one for many, one in PRIMARY.items() if many in fields}
    return fields | lists | singles
