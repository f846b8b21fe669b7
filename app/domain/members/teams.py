"""Teams: who works together, and under whom: those of a team reach what members of the teams below own."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, text, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.core.ids import new_id
from app.core.permissions import require
from app.core.text import N_
from app.domain.identities.rules import clean_name
from app.domain.members import facts
from app.domain.members.models import Member, Team
from tenants.session import session

PERMISSION = "members:manage"
LONGEST = 200
MOST = 500
NAME_NEEDED = N_("Give the team a name.")
TOO_LONG = N_("Use at most %(most)s characters.")
TOO_MANY = N_("A workspace has at most %(most)s teams.")
TAKEN = N_("Another team has this name already.")
NO_TEAM = N_("This team is not there any more. Choose another.")
BELOW_ITSELF = N_("A team cannot lie below itself. Choose another.")

# One who moves teams waits for the other: two moves at once could make a ring.
_HOLD = text("SELECT id FROM teams ORDER BY id FOR UPDATE")


def every() -> Sequence[Team]:
    """All teams, by name."""
    return session.scalars(select(Team).order_by(func.lower(Team.name))).all()


def get(team_id: UUID) -> Team:
    """A team; raises NotFound."""
    found = session.get(Team, team_id)
    if found is None:
        raise NotFound("teams")
    return found


def create(actor: Actor, name: str, parent_id: UUID | None = None) -> Team:
    """A new team, below `parent_id` where that is given."""
    require(actor, PERMISSION)
    session.execute(_HOLD)
    name = _checked(name, None)
    if parent_id is not None and session.get(Team, parent_id) is None:
        raise Invalid.one("parent_id", "not_found", NO_TEAM)
    if len(every()) >= MOST:
        raise Invalid.one("name", "too_many", TOO_MANY, most=MOST)
    team = Team(id=new_id(), name=name, parent_id=parent_id, created_at=now(), updated_at=now())
    session.add(team)
    session.flush()
    facts.note_of("teams", actor, "team.created", team.id, team.name)
    return team


def change(actor: Actor, team_id: UUID, name: str, parent_id: UUID | None) -> Team:
    """The team under this name, below that other one or at the top."""
    require(actor, PERMISSION)
    session.execute(_HOLD)
    team = get(team_id)
    name = _checked(name, team)
    if parent_id is not None:
        _check_parent(team, parent_id)
    if (name, parent_id) != (team.name, team.parent_id):
        before = {"name": team.name, "parent": str(team.parent_id or "")}
        team.name, team.parent_id, team.updated_at = name, parent_id, now()
        session.flush()
        after = {"name": name, "parent": str(parent_id or "")}
        facts.note_of("teams", actor, "team.changed", team.id, team.name, before=before, after=after)
    return team


def remove(actor: Actor, team_id: UUID) -> Team:
    """Take a team away; the teams below it move up to where it was."""
    require(actor, PERMISSION)
    session.execute(_HOLD)
    team = get(team_id)
    session.execute(update(Team).where(Team.parent_id == team.id).values(parent_id=team.parent_id))
    left = update(Member).where(Member.team_ids.contains([team.id]))
    session.execute(left.values(team_ids=func.array_remove(Member.team_ids, team.id)))
    facts.note_of("teams", actor, "team.removed", team.id, team.name)
    session.delete(team)
    session.flush()
    return team


def seat(actor: Actor, team_id: UUID, member_ids: Collection[UUID]) -> None:
    """These members, and no others of those who are here, are in the team."""
    require(actor, PERMISSION)
    team = get(team_id)
    alive = Member.removed_at.is_(None)
    within = session.scalars(select(Member).where(alive).order_by(Member.id).with_for_update()).all()
    came, went = [], []
    for member in within:
        wanted, is_in = member.id in member_ids, team.id in member.team_ids
        if wanted and not is_in:
            member.team_ids = [*member.team_ids, team.id]
            came.append(member.name)
        elif is_in and not wanted:
            member.team_ids = [each for each in member.team_ids if each != team.id]
            went.append(member.name)
    session.flush()
    if came or went:
        facts.note_of("teams", actor, "team.seated", team.id, team.name, came=came, went=went)


def _checked(name: str, team: Team | None) -> str:
    name = clean_name(name)
    if not name:
        raise Invalid.one("name", "required", NAME_NEEDED)
    if len(name) > LONGEST:
        raise Invalid.one("name", "long", TOO_LONG, most=LONGEST)
    same = session.scalar(select(Team.id).where(func.lower(Team.name) == name.lower()))
    if same not in {None, team.id if team else None}:
        raise Invalid.one("name", "taken", TAKEN)
    return name


def _check_parent(team: Team, parent_id: UUID) -> None:
    above = {each.id: each.parent_id for each in every()}
    if parent_id not in above:
        raise Invalid.one("parent_id", "not_found", NO_TEAM)
    at: UUID | None = parent_id
    while at is not None:
        if at == team.id:
            raise Invalid.one("parent_id", "below_itself", BELOW_ITSELF)
        at = above[at]
