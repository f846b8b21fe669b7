"""Finding identities and where they belong."""

from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Connection, Select, select

from app.domain.identities.models import Identity, Membership
from tenants import catalogue
from tenants.context import Mode, Tenant, transactions
from tenants.engines import engines
from tenants.session import session

CANDIDATES = 2
Hashes = list[tuple[UUID, str | None]]
_Columns = TypeVarTuple("_Columns")


def by_id(identity_id: UUID) -> Identity | None:
    """The identity with this id, or None."""
    return session.get(Identity, identity_id)


def owner_of(email: str) -> Identity | None:
    """The one identity that has confirmed this address, or None."""
    return session.scalar(
        select(Identity).where(
            Identity.email == email, Identity.confirmed_at.is_not(None), Identity.disabled_at.is_(None)
        )
    )


def candidates(email: str) -> list[Identity]:
    """Who may mean this address when signing in: its owner, else and then the last who signed up with it."""
    return list(session.scalars(_candidates(select(Identity), email)))


def hashes(email: str) -> Hashes:
    """Ids and stored passwords of the `candidates`, read in a transaction that is over at once."""
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return hashes_by(connection, email)


def hashes_by(connection: Connection, email: str) -> Hashes:
    """What `hashes` reads, in a transaction that is under way."""
    statement = _candidates(select(Identity.id, Identity.password_hash), email)
    return [(row.id, row.password_hash) for row in connection.execute(statement)]


def _candidates(statement: Select[*_Columns], email: str) -> Select[*_Columns]:
    mine = statement.where(Identity.email == email, Identity.disabled_at.is_(None))
    return mine.order_by(Identity.confirmed_at.is_(None), Identity.created_at.desc()).limit(CANDIDATES)


def waiting(email: str, but: UUID) -> list[Identity]:
    """Identities that signed up with this address and never confirmed it."""
    statement = select(Identity).where(
        Identity.email == email,
        Identity.confirmed_at.is_(None),
        Identity.id != but,
        Identity.disabled_at.is_(None),
    )
    return list(session.scalars(statement))


def is_member(identity_id: UUID, tenant_id: UUID) -> bool:
    """Whether the identity belongs to the workspace."""
    return session.get(Membership, (identity_id, tenant_id)) is not None


def workspaces(identity_id: UUID) -> list[Tenant]:
    """The workspaces of an identity, by name."""
    ids = session.scalars(select(Membership.tenant_id).where(Membership.identity_id == identity_id))
    found = [tenant for tenant in map(catalogue.by_id, ids.all()) if tenant is not None]
    return sorted(found, key=lambda tenant: tenant.name.casefold())
