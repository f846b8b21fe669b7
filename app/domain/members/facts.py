"""What happens to members, in the workspace's log."""

from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Insert

from app.core.actor import Actor
from app.core.permissions import ROLES
from app.domain.members.models import Member
from app.records.facts import record, recording


def note(actor: Actor, verb: str, record_id: UUID, title: str, **data: Any) -> None:
    """Record what `actor` did to a member or an invitation."""
    record(actor, verb, "members", record_id, title, data=data)


def note_of(object_name: str, actor: Actor, verb: str, record_id: UUID, title: str, **data: Any) -> None:
    """Record what `actor` did to a team."""
    record(actor, verb, object_name, record_id, title, data=data)


def note_joined(member: Member, invited_by: UUID | None) -> None:
    """Record that somebody became a member, by an own act."""
    how = _how(member.role, invited_by)
    note(_himself(member.id, member.name, member.role), "member.joined", member.id, member.name, **how)


def noting_owner(member_id: UUID, name: str, *, once_for: FromClause) -> Insert:
    """What `note_joined` does for the first owner, as a part of another statement."""
    return recording(
        _himself(member_id, name, "owner"),
        "member.joined",
        "members",
        member_id,
        name,
        data=_how("owner", None),
        once_for=once_for,
    )


def _how(role: str, invited_by: UUID | None) -> dict[str, str]:
    return {"role": role, "invited_by": str(invited_by or "")}


def _himself(member_id: UUID, name: str, role: str) -> Actor:
    return Actor(kind="member", id=member_id, name=name, door="web", permissions=ROLES[role], role=role)
