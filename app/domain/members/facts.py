"""What happens to members, in the workspace's log."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.permissions import ROLES
from app.domain.members.models import Member
from app.records.facts import record


def note(actor: Actor, verb: str, record_id: UUID, title: str, **data: Any) -> None:
    """Record what `actor` did to a member or an invitation."""
    record(actor, verb, "members", record_id, title, data=data)


def note_joined(member: Member, invited_by: UUID | None) -> None:
    """Record that somebody became a member, by an own act."""
    himself = Actor(
        kind="member",
        id=member.id,
        name=member.name,
        door="web",
        permissions=ROLES[member.role],
        role=member.role,
    )
    note(himself, "member.joined", member.id, member.name, role=member.role, invited_by=str(invited_by or ""))
