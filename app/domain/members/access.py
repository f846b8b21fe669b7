"""What ends or renews access everywhere at once: the base host and every workspace of a person."""

from uuid import UUID

from sqlalchemy import ColumnElement, Update, update

from app.core import signals
from app.core.clock import now
from app.core.errors import Invalid
from app.domain.identities import actions, codes, facts, queries, sessions
from app.domain.identities.actions import SPENT
from app.domain.identities.attempts import code as count_code
from app.domain.identities.models import Identity
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members.models import Grant, Member
from app.domain.members.sessions import UNCONFIRMED
from tenants.context import Tenant, entered, maybe_current
from tenants.engines import engines
from tenants.session import session


def sign_out(identity: Identity, session_id: UUID, where: Where) -> None:
    """End one browser's session on the base host and in every workspace."""
    sessions.end(identity.id, session_id)
    _end_grants(identity, Grant.parent_id == session_id)
    facts.note("sign_out", identity.id, where.address)


def sign_out_everywhere(identity: Identity, where: Where, but: UUID | None = None) -> None:
    """End every session of a person, except that of the browser `but`."""
    sessions.end_all(identity.id, but)
    _end_grants(identity, *([Grant.parent_id.is_distinct_from(but)] if but else []))
    facts.note("sign_out.everywhere", identity.id, where.address)


def change_password(identity: Identity, old: str, new: str, where: Where, this: UUID | None) -> None:
    """Another password for who knows the old one; all other browsers are signed out."""
    actions.prove(identity, old, where, "old_password")
    actions.set_password(identity, new, where)
    sign_out_everywhere(identity, where, but=this)


def reset_password(secret: str, password: str, where: Where) -> Identity:
    """Another password by a link out of a mail, which also proves the address; everybody is signed out."""
    found = codes.redeem("reset", secret)
    identity = queries.by_id(found.identity_id) if found else None
    if identity is None:
        count_code(where.address)
        raise Invalid.one("code", "spent", SPENT)
    actions.set_password(identity, password, where)
    if identity.confirmed_at is None and queries.owner_of(identity.email) is None:
        identity.confirmed_at = now()
    sign_out_everywhere(identity, where)
    return identity


def confirm_email(secret: str, by: SignedIn | None, password: str, where: Where) -> Identity:
    """Confirm an address; sessions in every workspace stop asking for it."""
    identity = actions.confirm(secret, by, password, where)
    note_confirmed(identity)
    return identity


def note_confirmed(identity: Identity) -> None:
    """Tell the sessions in every workspace that the address is confirmed."""
    sessions_of = update(Grant).where(Grant.identity_id == identity.id, Grant.kind == "session")
    _everywhere(identity, sessions_of.values(data=Grant.data.op("-")(UNCONFIRMED)))


def correct_email(identity: Identity, email: str, workspace: str, where: Where) -> None:
    """Change an address that was never confirmed."""
    actions.correct_email(identity, email, workspace, where)
    _rename_everywhere(identity)


def change_email(secret: str, by: SignedIn | None, password: str, where: Where) -> Identity:
    """Put the address in place that a mailed code was sent to; the old one is told."""
    identity = actions.change_email(secret, by, password, where)
    _rename_everywhere(identity)
    return identity


def _rename_everywhere(identity: Identity) -> None:
    _everywhere(
        identity, update(Member).where(Member.identity_id == identity.id).values(email=identity.email)
    )


def _end_grants(identity: Identity, *conditions: ColumnElement[bool]) -> None:
    living = (Grant.identity_id == identity.id, Grant.kind == "session", Grant.revoked_at.is_(None))
    _everywhere(identity, update(Grant).where(*living, *conditions).values(revoked_at=now()))


def _everywhere(identity: Identity, statement: Update) -> None:
    for tenant in queries.workspaces(identity.id):
        _run(tenant, statement)


def _run(tenant: Tenant, statement: Update) -> None:
    """In the current transaction where it is this tenant's, else in one of its own that commits at once."""
    present = maybe_current()
    if present is not None and present.schema == tenant.schema:
        session.execute(statement)
        signals.announce()
        return
    with entered(tenant):
        with engines().tenant(tenant).begin() as connection:
            connection.execute(statement)
        signals.announce()
