"""A claimed workspace gets its first owner: all that the control database keeps of it, in one statement."""

from dataclasses import dataclass

from sqlalchemy import inspect, select
from sqlalchemy.orm import make_transient_to_detached

from app.core.statements import Part, part
from app.domain.identities import codes, facts, mails, sessions
from app.domain.identities.models import Identity, Membership, OperatorFact
from app.domain.identities.sessions import SignedIn, Where
from tenants import provisioning
from tenants.context import Tenant
from tenants.session import session

Entry = tuple[str, SignedIn]


@dataclass(frozen=True)
class Opened:
    """What the owner goes on with: the session on the base host, and whether a mail asks to confirm."""

    entry: Entry | None = None
    is_asked: bool = False


def open_for(owner: Identity, tenant: Tenant, where: Where | None, *, is_unknown: bool) -> Opened | None:
    """Activate the workspace for its first owner, a newcomer or not, and sign him in at `where`.

    A newcomer whose address is_unknown gets the mail that confirms it. Of several who try at once one
    succeeds, the others wait for it. None, and nothing is written, where the workspace waits for nobody
    (any more).
    """
    is_new = inspect(owner).transient
    parts = [part(Membership, {"identity_id": owner.id, "tenant_id": tenant.id})]
    if is_new:
        columns = inspect(Identity).column_attrs
        parts.append(part(Identity, {column.key: getattr(owner, column.key) for column in columns}))
    entry = _signing_in(owner, where, parts) if where else None
    is_asked = is_new and is_unknown and owner.confirmed_at is None
    if is_asked:
        parts += _asking(owner, tenant.name)
    if not _write(tenant, parts):
        return None
    if is_new:
        make_transient_to_detached(owner)
        session.add(owner)
    return Opened(entry, is_asked)


def _signing_in(owner: Identity, where: Where, parts: list[Part]) -> Entry:
    cookie, who, begun = sessions.beginning(owner, where)
    fact = facts.row("sign_in", owner.id, where.address, user_agent=where.user_agent[:300])
    parts += [begun, part(OperatorFact, fact)]
    return cookie, who


def _asking(owner: Identity, workspace: str) -> list[Part]:
    secret, issued = codes.issuing_first("confirm", owner)
    return [issued, mails.confirming(owner, workspace, secret)]


def _write(tenant: Tenant, parts: list[Part]) -> bool:
    mine = provisioning.activating(tenant).cte("mine")
    writes = [each(mine).cte(f"part_{number}") for number, each in enumerate(parts)]
    return session.scalar(select(mine.c.id).add_cte(*writes)) is not None
