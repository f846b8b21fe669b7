"""What a role may say. Pure."""

from collections.abc import Collection, Mapping

from app.core.errors import Problem
from app.core.grants import ANY, DENY, HIDE, LEVELS, LOCK, VERBS
from app.core.permissions import ABILITIES
from app.core.text import N_
from app.domain.identities.rules import clean_name
from app.records.limits import OWNER, whole
from app.records.types import Field, ObjectType

LONGEST = 200
NAME_NEEDED = N_("Give the role a name.")
TOO_LONG = N_("Use at most %(most)s characters.")
UNKNOWN = N_("There is no such thing: %(name)s.")
NEEDED = N_("%(field)s cannot be hidden: records are called by it, belong to somebody by it, or need it.")

Objects = Mapping[str, Mapping[str, str]]


def line(text: str) -> str:
    """The text in one line."""
    return clean_name(text)


def objects(told: Objects) -> dict[str, dict[str, str]]:
    """Without what says nothing beyond the rule for all objects."""
    rule = {verb: how for verb, how in told.get(ANY, {}).items() if how not in {"", "none"}}
    found = {ANY: rule} if rule else {}
    for name, given in told.items():
        other = {verb: how for verb, how in given.items() if how and how != rule.get(verb, "none")}
        if name != ANY and other:
            found[name] = other
    return found


def fields(told: Objects) -> dict[str, dict[str, str]]:
    """With the fields that tell the same as one that is named; hidden goes before locked."""
    found: dict[str, dict[str, str]] = {}
    for name, given in told.items():
        hidden = whole(frozenset(field for field, how in given.items() if how == HIDE))
        locked = whole(frozenset(field for field, how in given.items() if how == LOCK)) - hidden
        other = {field: how for field, how in given.items() if how not in {HIDE, LOCK}}
        both = {**dict.fromkeys(sorted(locked), LOCK), **dict.fromkeys(sorted(hidden), HIDE), **other}
        if both:
            found[name] = both
    return found


def problems(name: str, description: str, permissions: Collection[str]) -> list[Problem]:
    """What is wrong with the words and the abilities."""
    found = [Problem("name", "required", NAME_NEEDED)] if not name else []
    for path, text in (("name", name), ("description", description)):
        if len(text) > LONGEST:
            found.append(Problem(path, "long", TOO_LONG, {"most": LONGEST}))
    return found + [_unknown("permissions", each) for each in permissions if each not in ABILITIES]


def object_problems(told: Objects, known: Mapping[str, ObjectType]) -> list[Problem]:
    """What is wrong with the levels."""
    found = []
    for name, given in told.items():
        if name not in known and name != ANY:
            found.append(_unknown("objects", name))
        for verb, how in given.items():
            if verb not in VERBS or how not in {*LEVELS, DENY}:
                found.append(_unknown(f"objects.{name}", f"{verb} {how}"))
    return found


def settable(described: ObjectType, field: Field) -> tuple[bool, bool]:
    """Whether a role may hide the field, and whether it may lock it."""
    may_hide = not field.required and field.name not in {described.title, OWNER}
    return may_hide, not field.readonly and not field.generated


def field_problems(told: Objects, known: Mapping[str, ObjectType]) -> list[Problem]:
    """What is wrong with the fields: unknown ones, and such as cannot be missed."""
    found = []
    for name, given in told.items():
        described = known.get(name)
        if described is None:
            found.append(_unknown("fields", name))
            continue
        own = {each.name: each for each in described.fields}
        for field, how in given.items():
            if field not in own or how not in {HIDE, LOCK}:
                # The list of a primary value may be one that this object has not.
                if field not in whole(frozenset(own)):
                    found.append(_unknown(f"fields.{name}", field))
            elif how == HIDE and not settable(described, own[field])[0]:
                found.append(Problem(f"fields.{name}", "needed", NEEDED, {"field": own[field].label}))
    return found


def _unknown(path: str, name: str) -> Problem:
    return Problem(path, "unknown", UNKNOWN, {"name": name[:100]})
