"""Two contacts become one: which of their ways into the portal stays open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from app.core.errors import Conflict
from app.core.text import N_
from app.domain.portal.models import PortalAccount
from app.domain.portal.queries import of_contact
from app.records.tables import table_of
from tenants.session import session

BOTH = N_("Both sign in to the portal. Shut one of the two accounts out first, then merge.")
SHUT_OUT = N_("The one to keep is shut out of the portal, the other signs in. Decide that first, then merge.")
_accounts = table_of(PortalAccount)


def settle(keep_id: UUID, drop_id: UUID) -> dict[str, Any]:
    """Let the account in use be the kept contact's; what was changed for it, to be given to `unsettle`.

    Raises Conflict where two people could sign in and only one of them would get through afterwards, or where
    merging would let somebody in who is shut out. An account that stays behind lets nobody in.
    """
    kept, dropped = of_contact(keep_id), of_contact(drop_id)
    if dropped is None:
        return {}
    told: dict[str, Any] = {}
    if dropped.sees == "company" and not _same_company(keep_id, drop_id):
        # Of another company one would see what was never shown.
        dropped.sees = "own"
        told["narrowed"] = str(dropped.id)
    if kept is not None and dropped.state == "active":
        if kept.state != "invited":
            raise Conflict(BOTH if kept.state == "active" else SHUT_OUT)
        told["exchanged"] = [str(kept.id), str(dropped.id)]
        session.flush()
        _exchange(kept.id, dropped.id)
    session.flush()
    return told


def unsettle(told: Mapping[str, Any]) -> None:
    """Take back what `settle` did; accounts that are gone since are left out."""
    if "exchanged" in told:
        _exchange(*(UUID(each) for each in told["exchanged"]))
    if "narrowed" in told:
        here = (_accounts.c.id == UUID(told["narrowed"]), _accounts.c.sees == "own")
        session.execute(update(_accounts).where(*here).values(sees="company"))


def _same_company(keep_id: UUID, drop_id: UUID) -> bool:
    contacts = _accounts.c.contact_id.foreign_keys
    table = next(iter(contacts)).column.table
    ids = select(table.c.company_id).where(table.c.id.in_((keep_id, drop_id)))
    return len(set(session.scalars(ids))) == 1


def _exchange(one: UUID, other: UUID) -> None:
    """Each account gets the other's contact; no contact ever has two, so one row makes way meanwhile."""
    rows = {
        row["id"]: dict(row)
        for row in session.execute(select(_accounts).where(_accounts.c.id.in_((one, other)))).mappings()
    }
    if len(rows) < 2:
        return
    first, second = rows[one]["contact_id"], rows[other]["contact_id"]
    session.execute(delete(_accounts).where(_accounts.c.id == one))
    session.execute(update(_accounts).where(_accounts.c.id == other).values(contact_id=first))
    session.execute(insert(_accounts).values(**{**rows[one], "contact_id": second}))
    session.expire_all()
