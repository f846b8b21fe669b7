"""Workspaces that somebody began with an address before it was confirmed, brought home to its owner."""

from dataclasses import dataclass

from sqlalchemy import update

from app.core.clock import now
from app.core.errors import NotFound
from app.domain.identities import actions, facts, queries
from app.domain.identities.models import Identity
from app.domain.identities.sessions import Where
from app.domain.members.models import Grant, Member
from tenants.context import Tenant, entered
from tenants.session import session


@dataclass(frozen=True)
class Waiting:
    """A workspace begun by an identity that never confirmed the address."""

    tenant: Tenant
    beginner: Identity


def waiting(owner: Identity) -> list[Waiting]:
    """What was begun with the owner's address by identities that are not the owner."""
    if owner.confirmed_at is None:
        return []
    return [
        Waiting(tenant, beginner)
        for beginner in queries.waiting(owner.email, but=owner.id)
        for tenant in queries.workspaces(beginner.id)
    ]


def adopt(owner: Identity, slug: str, where: Where) -> Tenant:
    """Put the owner of the address in the place of who began the workspace; that identity is out at once."""
    found = next((each for each in waiting(owner) if each.tenant.slug == slug), None)
    if found is None:
        raise NotFound
    with entered(found.tenant):
        _take_seat(found.beginner, owner)
    actions.leave(found.beginner.id, found.tenant)
    actions.join(owner, found.tenant)
    facts.note("workspace.adopted", owner.id, where.address, found.tenant.id, beginner=str(found.beginner.id))
    return found.tenant


def _take_seat(beginner: Identity, owner: Identity) -> None:
    session.execute(
        update(Grant)
        .where(Grant.identity_id == beginner.id, Grant.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    session.execute(
        update(Member)
        .where(Member.identity_id == beginner.id)
        .values(identity_id=owner.id, name=owner.name, email=owner.email)
    )
