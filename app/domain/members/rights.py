"""What a member's roles come to: permissions, and the limits within them. Pure but for `of`.

A role tells `objects` as {object: {verb: level}}, ANY standing for all that it does not name, and `fields` as
{object: {field: hide|lock}}. Among the roles of one member the widest grant wins, unless a role denies the
verb; fields that a role hides or locks stay so whatever the others say.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from app.core.grants import ANY, DENY, HIDE, LOCK, VERBS, Grants, Level, Verb, narrower, wider
from app.core.permissions import ADDED, NAMED, OBJECTS, ROLES, Rights
from app.domain.members.models import Member
from tenants.session import session

# Columns beside those of the member `m`: nothing is asked for who has none but a standard role.
COLUMNS = """
CASE WHEN m.role_ids <> '{}' THEN (
  SELECT json_agg(json_build_object('objects', r.objects, 'fields', r.fields, 'permissions', r.permissions)
                  ORDER BY r.id)::text
    FROM roles r WHERE r.id = ANY(m.role_ids)) END AS own_roles,
CASE WHEN m.role_ids <> '{}' AND m.team_ids <> '{}' THEN ARRAY(
  WITH RECURSIVE below AS (
    SELECT id FROM teams WHERE id = ANY(m.team_ids)
    UNION SELECT t.id FROM teams t JOIN below b ON t.parent_id = b.id)
  SELECT o.id FROM members o WHERE o.team_ids && ARRAY(SELECT id FROM below)) END AS mates
"""
_OF = text(f"SELECT {COLUMNS} FROM members m WHERE m.id = :id")  # noqa: S608 - the columns are our own

_NONE: Mapping[Verb, Level] = dict.fromkeys(VERBS, "none")
_ALL: Mapping[Verb, Level] = dict.fromkeys(VERBS, "all")
_LOOKS: Mapping[Verb, Level] = {**_NONE, "read": "all", "export": "all"}
STANDARD: Mapping[str, Mapping[Verb, Level]] = {
    "owner": _ALL,
    "admin": _ALL,
    "member": _ALL,
    "reader": _LOOKS,
    "custom": _NONE,
}


@dataclass(frozen=True)
class Held:
    """What a member holds: the permissions, and the limits within them, None where there are none."""

    permissions: Rights
    grants: Grants | None


def of(member: Member | Row[Any]) -> Held:
    """What the member holds at this moment."""
    if not member.role_ids:
        return held(member.role, None, None)
    row = session.execute(_OF, {"id": member.id}).one()
    return held(member.role, row.own_roles, row.mates)


def held(role: str, own_roles: str | None, mates: Collection[UUID] | None) -> Held:
    """What comes of a standard role and of COLUMNS."""
    known = _resolved(role, own_roles)
    return known if known.grants is None or not mates else _among(role, own_roles, frozenset(mates))


@lru_cache(maxsize=2048)
def _among(role: str, own_roles: str | None, mates: frozenset[UUID]) -> Held:
    """The same beside these: as one thing, so that what is worked out of it is found again."""
    known = _resolved(role, own_roles)
    assert known.grants is not None
    return replace(known, grants=replace(known.grants, mates=mates))


@lru_cache(maxsize=2048)
def _resolved(role: str, own_roles: str | None) -> Held:
    return resolved(role, orjson.loads(own_roles) if own_roles else [])


def resolved(role: str, own: Iterable[Mapping[str, Any]]) -> Held:
    """What a standard role and roles of the company's own give together."""
    roles = list(own)
    if not roles and role != "custom":
        return Held(ROLES[role], None)
    named = {name for each in roles for name in each["objects"]} - {ANY}
    levels = {name: _levels(role, roles, name) for name in {*named, ANY}}
    hidden, locked = _fields(roles, HIDE), _fields(roles, LOCK)
    abilities = (ROLES[role] - _of_objects()).union(*(each["permissions"] for each in roles))
    permissions = Rights(abilities | _permissions(levels))
    # What a standard role lacks for every object, its permissions say; an own one's reach is always told.
    usual = [_ALL] if role == "custom" else [_ALL, STANDARD[role]]
    limited = hidden or locked or any(one not in usual for one in levels.values())
    return Held(permissions, Grants(levels, hidden, locked) if limited else None)


def _levels(role: str, roles: Iterable[Mapping[str, Any]], name: str) -> Mapping[Verb, Level]:
    given = [{**each["objects"].get(ANY, {}), **each["objects"].get(name, {})} for each in roles]
    found = dict(STANDARD[role])
    for verb in VERBS:
        for one in given:
            if one.get(verb, "none") != DENY:
                found[verb] = wider(found[verb], one.get(verb, "none"))
        if any(one.get(verb) == DENY for one in given):
            found[verb] = "none"
    return {verb: narrower(given, found["read"]) for verb, given in found.items()}


def _fields(roles: Iterable[Mapping[str, Any]], how: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for each in roles:
        for name, fields in each["fields"].items():
            ours = frozenset(field for field, told in fields.items() if told == how)
            if ours:
                found[name] = found.get(name, frozenset()) | ours
    return found


def _permissions(levels: Mapping[str, Mapping[Verb, Level]]) -> set[str]:
    found = set()
    for name in {*OBJECTS, ADDED, *levels} - {ANY}:
        given = levels.get(name) or levels[ANY]
        if name in levels and name not in OBJECTS:
            found.add(f"{name}:{NAMED}")
        found |= {f"{name}:{permission}" for permission, verbs in _NEEDS.items() if _any(given, verbs)}
    return found


# Doors and scopes know three permissions of an object; how far each verb reaches is said by the grants.
_NEEDS: Mapping[str, tuple[Verb, ...]] = {
    "read": ("read",),
    "write": ("create", "update"),
    "delete": ("delete",),
}


def _any(given: Mapping[Verb, Level], verbs: Iterable[Verb]) -> bool:
    return any(given[verb] != "none" for verb in verbs)


@lru_cache(maxsize=1)
def _of_objects() -> frozenset[str]:
    return frozenset(f"{name}:{permission}" for name in (*OBJECTS, ADDED) for permission in _NEEDS)
