"""What a company may not do yet whose people have not confirmed an address."""

import threading
from uuid import UUID

from sqlalchemy import exists

from app.domain.identities.models import Identity, Membership
from tenants.context import Mode, Tenant, transactions
from tenants.engines import engines

# Enough to try how it works, too few to be worth a stranger's while.
UNCONFIRMED_MAILS = 50
MOST = 10_000

_confirmed: set[UUID] = set()
_lock = threading.Lock()


def is_confirmed(tenant_id: UUID) -> bool:
    """Whether anybody of the company has confirmed an address; remembered once it is so."""
    if tenant_id in _confirmed:
        return True
    somebody = (
        exists()
        .where(Membership.tenant_id == tenant_id)
        .where(Membership.identity_id == Identity.id)
        .where(Identity.confirmed_at.is_not(None))
    )
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        found = bool(connection.scalar(somebody.select()))
    if found:
        with _lock:
            if len(_confirmed) >= MOST:
                _confirmed.clear()
            _confirmed.add(tenant_id)
    return found


def mails(tenant: Tenant) -> int | None:
    """How many mails a day the company may send for now; None where its plan says it."""
    return None if is_confirmed(tenant.id) else UNCONFIRMED_MAILS
