"""Who runs the installation."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.clock import now
from app.domain.identities.models import Identity, IdentitySession, OperatorFact
from app.domain.operators.models import Operator
from tenants.session import session

# What an operator does matters to everybody: the password is asked again after so long.
PROVEN = timedelta(hours=1)


def is_operator(identity_id: UUID) -> bool:
    """Whether the identity may use the operator's pages."""
    return session.get(Operator, identity_id) is not None


def operators() -> list[tuple[str, str, datetime]]:
    """E-mail, name and since when, of every operator."""
    statement = select(Identity.email, Identity.name, Operator.created_at).join(
        Operator, Operator.identity_id == Identity.id
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement.order_by(Identity.email))]


def is_proven(session_id: UUID) -> bool:
    """Whether the password was given in this session within PROVEN."""
    proven = func.coalesce(IdentitySession.proven_at, IdentitySession.created_at)
    statement = select(proven > now() - PROVEN).where(IdentitySession.id == session_id)
    return bool(session.scalar(statement))


def history(tenant_id: UUID, most: int = 50) -> list[dict[str, Any]]:
    """What happened to a company outside of it, the newest first; `by` is the name of who did it."""
    fact = OperatorFact
    statement = (
        select(fact.at, fact.verb, fact.details, Identity.name.label("by"))
        .outerjoin(Identity, Identity.id == fact.identity_id)
        .where(fact.tenant_id == tenant_id)
        .order_by(fact.at.desc(), fact.id.desc())
        .limit(most)
    )
    return [dict(row._mapping) for row in session.execute(statement)]
