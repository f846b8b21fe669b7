"""Closing a workspace: nobody works in it any more, and until the day it goes an owner can open it again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, select, update

from app.core.errors import Conflict, Invalid, NotFound
from app.core.queue import cancel_control, enqueue_control
from app.core.text import N_
from app.domain.identities import actions as identities
from app.domain.identities import facts
from app.domain.identities import queries as identity_queries
from app.domain.identities.models import Identity
from app.domain.identities.sessions import Where
from app.domain.lifecycle import mails
from app.domain.members import queries as members
from tenants import catalogue
from tenants.context import Tenant, entered
from tenants.models import PASSING, TenantRecord
from tenants.session import once_committed, session

GRACE_DAYS = 30
REMINDED_DAYS = (7, 1)
REMIND_JOB = "closing.remind"

BUSY = N_("This workspace is being moved or is closed already. Look again in a minute.")
TOO_LATE = N_("It is too late: this workspace is being removed, or was not closed.")
OTHER_NAME = N_("This is not the workspace's name. Write it exactly as it stands above.")


def owned(identity_id: UUID, slug: str) -> Tenant:
    """The workspace at that address, for one of its owners; NotFound for everybody else."""
    tenant, is_owner = joined(identity_id, slug)
    if not is_owner:
        raise NotFound
    return tenant


def joined(identity_id: UUID, slug: str) -> tuple[Tenant, bool]:
    """The workspace at that address and whether the identity owns it; NotFound for who is no member."""
    tenant = catalogue.by_slug(slug)
    if tenant is None or not identity_queries.is_member(identity_id, tenant.id):
        raise NotFound
    with entered(tenant):
        member = members.of_identity(identity_id)
    if member is None:
        raise NotFound
    return tenant, member.role == "owner"


def ends_at(tenant: Tenant) -> datetime | None:
    """When a closed workspace is removed; None for an open one."""
    closed = (TenantRecord.id == tenant.id, TenantRecord.state == "deleting")
    return session.scalar(select(TenantRecord.delete_after).where(*closed))


def close(identity: Identity, slug: str, typed: str, password: str, where: Where) -> datetime:
    """Close the workspace of this owner, who writes its name and the password once more; when it goes.

    Raises Invalid, NotFound where the identity is no owner, Conflict where the state does not let it.
    """
    tenant = owned(identity.id, slug)
    if " ".join(typed.split()) != " ".join(tenant.name.split()):
        raise Invalid.one("typed", "other", OTHER_NAME)
    identities.prove(identity, password, where)
    facts.note("workspace.closed", identity.id, where.address, tenant.id)
    return begin(tenant, by=identity.name)


def keep(identity: Identity, slug: str, where: Where) -> Tenant:
    """Open the workspace again, for one of its owners; raises Conflict where it is too late."""
    tenant = owned(identity.id, slug)
    facts.note("workspace.kept", identity.id, where.address, tenant.id)
    undo(tenant, by=identity.name)
    return tenant


def begin(tenant: Tenant, days: int = GRACE_DAYS, reason: str = "", by: str = "") -> datetime:
    """Close the workspace for so many days; then it is removed. Its owners are told by mail.

    Raises Conflict while it is moved, and where it is closed already.
    """
    record = TenantRecord
    before = case((record.state.in_(PASSING), record.state_before), else_=record.state)
    closing = (
        update(record)
        .where(record.id == tenant.id, record.state.not_in(("claimed", "moving", "deleting")))
        .values(
            state="deleting",
            state_before=before,
            state_reason=reason,
            state_changed_at=func.now(),
            delete_after=func.now() + timedelta(days=days),
        )
        .returning(record.delete_after)
    )
    until = session.scalar(closing)
    if until is None:
        raise Conflict(BUSY)
    for each in REMINDED_DAYS:
        if each < days:
            payload = {"tenant_id": str(tenant.id), "days": each}
            due = until - timedelta(days=each)
            enqueue_control(REMIND_JOB, payload, queue="mail", due_at=due, key=_key(tenant, each))
    if days:
        mails.closed(tenant, until, by)
    once_committed(f"closing {tenant.id}", lambda: catalogue.forget(tenant))
    return until


def undo(tenant: Tenant, by: str = "") -> None:
    """The workspace is what it was before it was closed; raises Conflict where it is too late."""
    record = TenantRecord
    opening = (
        update(record)
        .where(record.id == tenant.id, record.state == "deleting", record.delete_after > func.now())
        .values(
            state=func.coalesce(record.state_before, "active"),
            state_before=None,
            state_reason="",
            state_changed_at=func.now(),
            delete_after=None,
        )
        .returning(record.id)
    )
    if session.scalar(opening) is None:
        raise Conflict(TOO_LATE)
    cancel_control([_key(tenant, days) for days in REMINDED_DAYS])
    mails.kept(tenant, by)
    once_committed(f"closing {tenant.id}", lambda: catalogue.forget(tenant))


def hasten(tenant: Tenant) -> None:
    """Let the days of a closed workspace be over: it is removed with the next look."""
    record = TenantRecord
    over = update(record).where(record.id == tenant.id, record.state == "deleting")
    session.execute(over.values(delete_after=func.now()))
    cancel_control([_key(tenant, days) for days in REMINDED_DAYS])
    once_committed(f"closing {tenant.id}", lambda: catalogue.forget(tenant))


def remind(tenant_id: UUID) -> None:
    """Tell the owners of a workspace that is still closed that its day comes near."""
    tenant = catalogue.by_id(tenant_id)
    until = ends_at(tenant) if tenant else None
    if tenant is not None and until is not None:
        mails.soon(tenant, until)


def _key(tenant: Tenant, days: int) -> str:
    return f"closing:{tenant.id}:{days}"
