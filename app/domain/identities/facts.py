"""What happened outside of any workspace, for the operator: written once, never changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Insert, insert

from app.core.clock import now
from app.core.ids import new_id
from app.domain.identities.models import OperatorFact
from tenants.context import Mode, transactions
from tenants.engines import engines
from tenants.session import session


def note(
    verb: str, identity_id: UUID | None, address: str = "", tenant_id: UUID | None = None, **details: Any
) -> None:
    """Write a fact in the transaction of what it tells."""
    session.execute(noting(verb, identity_id, address, tenant_id, **details))


def noting(
    verb: str, identity_id: UUID | None, address: str = "", tenant_id: UUID | None = None, **details: Any
) -> Insert:
    """What `note` does, as a part of another statement."""
    return insert(OperatorFact).values(row(verb, identity_id, address, tenant_id, **details))


def row(
    verb: str, identity_id: UUID | None, address: str = "", tenant_id: UUID | None = None, **details: Any
) -> dict[str, Any]:
    """The columns of such a fact."""
    return {
        "id": new_id(),
        "at": now(),
        "verb": verb,
        "identity_id": identity_id,
        "tenant_id": tenant_id,
        "address": address,
        "details": details,
    }


def note_refusal(verb: str, identity_id: UUID | None, address: str, **details: Any) -> None:
    """Write a fact about something refused: it stays although the request is undone."""
    with transactions(Mode()), engines().catalogue.begin() as connection:
        connection.execute(noting(verb, identity_id, address, **details))
