"""Changing members: roles, removal, one's own profile. Rights hold from the next request on."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.ids import new_id
from app.core.permissions import require
from app.core.statements import Part, inserting
from app.core.text import N_
from app.domain.identities import actions as identities
from app.domain.identities.models import Identity
from app.domain.identities.rules import clean_name, name_problem
from app.domain.members import facts, queries, roles, rules
from app.domain.members.models import ROLES, Grant, Member
from app.domain.workspace.rules import LANGUAGES, time_zones
from app.records.since import CHANGED_SINCE
from app.records.tables import Fact, table_of
from tenants.context import current
from tenants.session import session

ROLE_CHANGED = "member.role_changed"
LAST_OWNER = N_("Somebody has to own the workspace. Make another member an owner first.")
PREFERENCES = {
    "theme": ("system", "light", "dark"),
    "density": ("comfortable", "compact"),
    "language": LANGUAGES,
}


def seat_owner(identity: Identity, *furniture: Part) -> Member:
    """Make the identity that signed up the first owner; once, however often it is called.

    `furniture` is written with it, in the same statement: in a new schema the first look at a table is slow.
    """
    member_id = new_id()
    who = {"identity_id": identity.id, "email": identity.email, "name": identity.name}
    seat = inserting(Member, {"id": member_id, "role": "owner", **who})
    seated = (
        seat.on_conflict_do_nothing(index_elements=["identity_id"])
        .returning(*table_of(Member).c)
        .cte("seated")
    )
    fact = facts.noting_owner(member_id, identity.name, once_for=seated).cte("fact")
    beside = [each(seated).cte(f"furniture_{number}") for number, each in enumerate(furniture)]
    made = session.scalar(select(aliased(Member, seated)).add_cte(fact, *beside))
    return made or session.scalars(select(Member).where(Member.identity_id == identity.id)).one()


def change_role(actor: Actor, member_id: UUID, role: str, role_ids: Collection[UUID] = ()) -> Member:
    """Give a member another role, and roles of the company's own beside it or, with `custom`, alone.

    Only owners make or unmake owners, and one owner stays.
    """
    member = _changeable(actor, member_id)
    wanted = sorted({each.id for each in roles.among(role_ids)})
    if role not in ROLES or len(wanted) < len(set(role_ids)) or (role == "custom" and not wanted):
        raise Invalid.one("role", "choice", N_("Choose one of the list."))
    if not rules.may_manage(actor.role, role):
        raise NotAllowed("owners:manage")
    if member.role == "owner" and role != "owner":
        _keep_an_owner(member)
    before, roles_before = member.role, [str(each) for each in member.role_ids]
    member.role, member.role_ids = role, wanted
    facts.note(
        actor,
        ROLE_CHANGED,
        member.id,
        member.name,
        before=before,
        after=role,
        roles_before=roles_before,
        roles_after=[str(each) for each in wanted],
    )
    session.flush()
    return member


def undo_role(actor: Actor, fact_id: UUID) -> Member:
    """Give a member the roles again that a change of them took, unless they were changed again since.

    Raises Conflict then, Invalid where one of the roles is gone, NotFound.
    """
    require(actor, "members:manage")
    log = table_of(Fact)
    found = select(log.c.record_id, log.c.data).where(log.c.id == fact_id, log.c.verb == ROLE_CHANGED)
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound("facts")
    member, told = queries.get(row.record_id), row.data
    if (member.role, [str(each) for each in member.role_ids]) != (told["after"], told["roles_after"]):
        raise Conflict(CHANGED_SINCE)
    return change_role(actor, member.id, told["before"], [UUID(each) for each in told["roles_before"]])


def last_role_change(member_id: UUID) -> UUID | None:
    """The fact of the member's newest change of roles, to take it back."""
    log = table_of(Fact).c
    found = select(log.id).where(log.about.contains([member_id]), log.verb == ROLE_CHANGED)
    return session.scalar(found.order_by(log.id.desc()).limit(1))


def remove(actor: Actor, member_id: UUID) -> Member:
    """Take a member out: sessions here end at once, what the member did stays. Everybody may leave."""
    member = queries.get(member_id) if member_id == actor.member_id else _changeable(actor, member_id)
    if member.role == "owner":
        _keep_an_owner(member)
    member.removed_at, member.role_ids = now(), []
    session.execute(
        update(Grant).where(Grant.member_id == member.id, Grant.revoked_at.is_(None)).values(revoked_at=now())
    )
    identities.leave(member.identity_id, current())
    facts.note(actor, "member.removed", member.id, member.name)
    session.flush()
    return member


def change_profile(actor: Actor, values: Mapping[str, str]) -> Member:
    """Change one's own name and preferences here; empty language or zone mean the workspace's."""
    member = _self(actor)
    if "name" in values:
        if problem := name_problem(values["name"], "name", N_("Enter your name.")):
            raise Invalid([problem])
        member.name = clean_name(values["name"])
    for key in ("language", "time_zone", "theme", "density"):
        if key in values:
            _set_preference(member, key, values[key])
    session.flush()
    return member


def _set_preference(member: Member, key: str, value: str) -> None:
    allowed = time_zones() if key == "time_zone" else PREFERENCES[key]
    may_be_empty = key in {"language", "time_zone"}
    if value not in allowed and not (may_be_empty and not value):
        raise Invalid.one(key, "choice", N_("Choose one of the list."))
    setattr(member, key, value or None)


def _self(actor: Actor) -> Member:
    if actor.member_id is None:
        raise NotAllowed("members:self")
    return queries.get(actor.member_id)


def _changeable(actor: Actor, member_id: UUID) -> Member:
    require(actor, "members:manage")
    member = queries.get(member_id)
    if not rules.may_manage(actor.role, member.role):
        raise NotAllowed("owners:manage")
    return member


def _keep_an_owner(leaving: Member) -> None:
    """Lock the owners, so that two who leave at the same moment do not both go."""
    owners = select(Member.id).where(Member.role == "owner", Member.removed_at.is_(None)).order_by(Member.id)
    if set(session.scalars(owners.with_for_update())) <= {leaving.id}:
        raise Invalid.one("role", "last_owner", LAST_OWNER)
