"""A claimed workspace gets its first owner: all that the control database keeps of it, in one statement."""

from dataclasses import dataclass

from sqlalchemy import inspect, select
from sqlalchemy.orm import make_transient_to_detached

from app.core.statements import Part, part
from app.domain.identities import codes, facts, sessions
from app.domain.identities.models import Identity, Membership, OperatorFact
from app.domain.identities.sessions import SignedIn, Where
from tenants import provisioning
from tenants.context import Tenant
from tenants.session import session

Entry = tuple[str, SignedIn]


@dataclass(frozen=True)
class Opened:
    """What the owner goes on with: the session on the base host, and the code that confirms the address."""

    entry: Entry | None = None
    confirmation: str | None = None


def open_for(owner: Identity, tenant: Tenant, where: Where | None, *, is_unknown: bool) -> Opened | None:
    """Activate the workspace for its first owner, a newcomer or not, and sign him in at `where`.

    A newcomer whose address is_unknown gets a code to confirm it. Of several who try at once one succeeds,
    the others wait for it. Where the workspace waits for nobody (any more) nothing is written: None.
    """
    is_new = inspect(owner).transient
    parts = [part(Membership, {"identity_id": owner.id, "tenant_id": tenant.id})]
    if is_new:
        columns = inspect(Identity).column_attrs
        parts.append(part(Identity, {column.key: getattr(owner, column.key) for column in columns}))
    opened = Opened(
        _signing_in(owner, where, parts) if where else None,
        _asking(owner, parts) if is_new and is_unknown and owner.confirmed_at is None else None,
    )
    if not _write(tenant, parts):
        return None
    if is_new:
        make_transient_to_detached(owner)
        session.add(owner)
    return opened


def _signing_in(owner: Identity, where: Where, parts: list[Part]) -> Entry:
    cookie, who, begun = sessions.beginning(owner, where)
    fact = facts.row("sign_in", owner.id, where.address, user_agent=where.user_agent[:300])
    parts += [begun, part(OperatorFact, fact)]
    return cookie, who


def _asking(owner: Identity, parts: list[Part]) -> str:
    secret, issued = codes.issuing_first("confirm", owner)
    parts.append(issued)
    return secret


def _write(tenant: Tenant, parts: list[Part]) -> bool:
    mine = provisioning.activating(tenant).cte("mine")
    writes = [each(mine).cte(f"part_{number}") for number, each in enumerate(parts)]
    return session.scalar(select(mine.c.id).add_cte(*writes)) is not None
