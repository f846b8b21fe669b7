"""The people of the current workspace."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.tokens import hashed
from app.domain.members.models import Grant, Member
from app.domain.plans.figures import meter
from tenants.session import session


def active() -> list[Member]:
    """Members, by name."""
    return list(
        session.scalars(
            select(Member).where(Member.removed_at.is_(None)).order_by(func.lower(Member.name), Member.id)
        )
    )


@meter("members")
def count() -> int:
    """How many members there are."""
    return session.scalar(select(func.count()).where(Member.removed_at.is_(None))) or 0


def get(member_id: UUID) -> Member:
    """A member; NotFound where there is none, or no longer."""
    member = session.get(Member, member_id)
    if member is None or member.removed_at is not None:
        raise NotFound
    return member


def of_identity(identity_id: UUID) -> Member | None:
    """The member that an identity is here, or None."""
    return session.scalar(
        select(Member).where(Member.identity_id == identity_id, Member.removed_at.is_(None))
    )


def with_roles(*roles: str) -> list[Member]:
    """Members who have one of these roles."""
    statement = select(Member).where(Member.role.in_(roles), Member.removed_at.is_(None))
    return list(session.scalars(statement.order_by(Member.id)))


def by_emails(emails: Iterable[str]) -> dict[str, Member]:
    """Members with one of these addresses."""
    statement = select(Member).where(Member.email.in_(list(emails)), Member.removed_at.is_(None))
    return {member.email: member for member in session.scalars(statement)}


def names(member_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What members are called, those who have left included."""
    rows = session.execute(select(Member.id, Member.name).where(Member.id.in_(list(member_ids))))
    return {row.id: row.name for row in rows}


def invitations() -> list[Grant]:
    """Invitations nobody has accepted yet, the newest first; those that have run out too."""
    statement = select(Grant).where(Grant.kind == "invitation", Grant.revoked_at.is_(None))
    return list(session.scalars(statement.order_by(Grant.created_at.desc(), Grant.id.desc())))


def waiting() -> int:
    """How many people are invited and may still come."""
    alive = (Grant.kind == "invitation", Grant.revoked_at.is_(None), Grant.expires_at > now())
    return session.scalar(select(func.count()).where(*alive)) or 0


def invitation(secret: str, *, hold: bool = False) -> Grant | None:
    """The invitation with this secret, if it can be accepted; `hold` lets nobody else have it meanwhile."""
    statement = select(Grant).where(
        Grant.kind == "invitation",
        Grant.secret_hash == hashed(secret),
        Grant.revoked_at.is_(None),
        Grant.expires_at > now(),
    )
    return session.scalar(statement.with_for_update() if hold else statement)
