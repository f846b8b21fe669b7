"""The roles that a company makes for itself: making, changing, removing them, and taking a change back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.ids import new_id
from app.core.permissions import require
from app.core.text import N_
from app.domain.members import role_rules as rules
from app.domain.members.models import Member, RoleRow
from app.records import facts, registry, tables
from tenants.session import session

PERMISSION = "members:manage"
MOST = 50
TAKEN = N_("Another role has this name already.")
TOO_MANY = N_("A workspace has at most %(most)s roles of its own.")
IN_USE = N_("Members have this role. Give them another one first.")
CHANGED_SINCE = N_("Somebody changed this again meanwhile, so it cannot be undone.")


@dataclass(frozen=True)
class Told:
    """What a role is to be: see `app.domain.members.rights` for `objects` and `fields`."""

    name: str
    description: str = ""
    objects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    permissions: Sequence[str] = ()


def every() -> Sequence[RoleRow]:
    """The company's own roles, by name."""
    return session.scalars(select(RoleRow).order_by(func.lower(RoleRow.name))).all()


def get(role_id: UUID) -> RoleRow:
    """A role; raises NotFound."""
    found = session.get(RoleRow, role_id)
    if found is None:
        raise NotFound("roles")
    return found


def among(ids: Collection[UUID]) -> Sequence[RoleRow]:
    """Those of these roles that there are."""
    return session.scalars(select(RoleRow).where(RoleRow.id.in_(list(ids)))).all() if ids else []


def members_of(role_id: UUID) -> Sequence[Member]:
    """The members who have it, by name."""
    has = (Member.role_ids.contains([role_id]), Member.removed_at.is_(None))
    return session.scalars(select(Member).where(*has).order_by(func.lower(Member.name), Member.id)).all()


def create(actor: Actor, told: Told) -> RoleRow:
    """A new role that nobody has yet."""
    require(actor, PERMISSION)
    if len(every()) >= MOST:
        raise Invalid.one("name", "too_many", TOO_MANY, most=MOST)
    clean = _checked(told, None)
    role = RoleRow(id=new_id(), created_at=now(), updated_at=now(), **asdict(clean))
    session.add(role)
    session.flush()
    _note(actor, "role.created", role, {}, asdict(clean))
    return role


def change(actor: Actor, role_id: UUID, told: Told) -> RoleRow:
    """The role as it is told now; whoever has it has the new rights from the next request on."""
    require(actor, PERMISSION)
    role = _held(role_id)
    clean = asdict(_checked(told, role))
    before = {name: getattr(role, name) for name in clean}
    changed = {name: value for name, value in clean.items() if before[name] != value}
    if changed:
        for name, value in changed.items():
            setattr(role, name, value)
        role.updated_at = now()
        session.flush()
        _note(actor, "role.changed", role, {name: before[name] for name in changed}, changed)
    return role


def remove(actor: Actor, role_id: UUID) -> RoleRow:
    """Take a role away that no member has."""
    require(actor, PERMISSION)
    role = _held(role_id)
    if members_of(role.id):
        raise Conflict(IN_USE)
    gone = update(Member).where(Member.role_ids.contains([role.id]))
    session.execute(gone.values(role_ids=func.array_remove(Member.role_ids, role.id)))
    _note(actor, "role.removed", role, _content(role), {})
    session.delete(role)
    session.flush()
    return role


def last_change(role_id: UUID) -> UUID | None:
    """The fact of the role's newest change, to take it back."""
    log = tables.facts.c
    found = select(log.id).where(log.about.contains([role_id]), log.object == "roles")
    return session.scalar(found.order_by(log.id.desc()).limit(1))


def undo(actor: Actor, fact_id: UUID) -> RoleRow:
    """Take a change of a role back: as it was before, unless it was changed again since."""
    require(actor, PERMISSION)
    fact = _fact(fact_id)
    before = {name: pair[0] for name, pair in fact["changes"].items()}
    after = {name: pair[1] for name, pair in fact["changes"].items()}
    if fact["verb"] == "role.created":
        return remove(actor, fact["record_id"])
    if fact["verb"] == "role.removed":
        return create(actor, Told(**before))
    role = _held(fact["record_id"])
    if any(getattr(role, name) != value for name, value in after.items()):
        raise Conflict(CHANGED_SINCE)
    return change(actor, role.id, Told(**{**_content(role), **before}))


def _fact(fact_id: UUID) -> Mapping[str, Any]:
    log, values = tables.facts, tables.fact_values
    columns = (log.c.verb, log.c.record_id, values.c.changes)
    source = log.join(values, values.c.fact_id == log.c.id)
    found = select(*columns).select_from(source).where(log.c.id == fact_id, log.c.object == "roles")
    row = session.execute(found).mappings().one_or_none()
    if row is None:
        raise NotFound("facts")
    return dict(row)


def _held(role_id: UUID) -> RoleRow:
    role = session.scalar(select(RoleRow).where(RoleRow.id == role_id).with_for_update())
    if role is None:
        raise NotFound("roles")
    return role


def _content(role: RoleRow) -> dict[str, Any]:
    return {name: getattr(role, name) for name in ("name", "description", "objects", "fields", "permissions")}


def _checked(told: Told, role: RoleRow | None) -> Told:
    """What is told, in one form; raises Invalid."""
    objects = {each.name: each for each in registry.every()}
    clean = Told(
        rules.line(told.name),
        rules.line(told.description),
        rules.objects(told.objects),
        rules.fields(told.fields),
        sorted(set(told.permissions)),
    )
    problems = rules.problems(clean.name, clean.description, clean.permissions)
    problems += rules.object_problems(clean.objects, objects) + rules.field_problems(clean.fields, objects)
    if not problems and _is_taken(clean.name, role):
        problems.append(Problem("name", "taken", TAKEN))
    if problems:
        raise Invalid(problems)
    return clean


def _is_taken(name: str, role: RoleRow | None) -> bool:
    same = select(RoleRow.id).where(func.lower(RoleRow.name) == name.lower())
    return session.scalar(same) not in {None, role.id if role else None}


def _note(
    actor: Actor, verb: str, role: RoleRow, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    names = [*before, *(name for name in after if name not in before)]
    changes = {name: [before.get(name), after.get(name)] for name in names}
    facts.record(actor, verb, "roles", role.id, role.name, changes=changes)
