"""Support in a workspace: asked with a reason, granted by the company for a time, ended by both."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.ids import new_id
from app.core.permissions import require
from app.core.queue import cancel, enqueue
from app.core.text import N_
from app.domain.identities.models import Identity
from app.domain.members import queries as members
from app.domain.members.sessions import SUPPORT
from app.domain.notices.actions import tell
from app.domain.notices.kinds import Kind, register
from app.domain.operators.actions import By
from app.domain.operators.models import SupportAccess
from app.domain.workspace.models import Setting
from app.records.facts import record
from tenants import catalogue
from tenants.context import Tenant, current, entered
from tenants.session import session

ASKED = register(
    Kind(
        "support_asked",
        N_("Kith support asks to look into this workspace"),
        N_("%(name)s asks for %(minutes)s minutes: %(reason)s. Nobody gets in before you say yes."),
        path="/settings/support",
    )
)
END_JOB = "support.end"
MINUTES = (5, 24 * 60)
LONGEST_REASON = 500
ANSWERED = N_("This was answered or is over already.")


@dataclass(frozen=True)
class Visit:
    """One request of support and what became of it; `state` is asked, granted, refused or ended."""

    id: UUID
    tenant_id: UUID
    operator_id: UUID
    name: str
    reason: str
    minutes: int
    state: str
    may_write: bool
    asked_at: datetime
    answered_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether support may be in at this moment."""
        return self.state == "granted" and self.expires_at is not None and self.expires_at > now()


def called(name: str) -> str:
    """How an operator is called in a company's log."""
    return f"Kith support ({name})"


def ask(tenant: Tenant, reason: str, minutes: int, by: By) -> UUID:
    """Ask a company's owners and admins to let support in; raises Invalid. Commands ask in nobody's name."""
    reason = " ".join(reason.split())
    _check(reason, minutes)
    operator = session.get(Identity, by.identity_id) if by.identity_id else None
    if operator is None:
        raise NotFound("operators")
    access_id = new_id()
    session.add(
        SupportAccess(
            id=access_id, tenant_id=tenant.id, operator_id=operator.id, reason=reason, minutes=minutes,
            state="asked", may_write=False, asked_at=now(),
        )
    )  # fmt: skip
    session.flush()
    by.note("support.asked", tenant, access=str(access_id), reason=reason, minutes=minutes)
    with entered(tenant):
        _log(actor_of(access_id, operator.name), "support.asked", reason, minutes=minutes)
        data = {"name": operator.name, "minutes": minutes, "reason": reason}
        for member in members.with_roles("owner", "admin"):
            tell(member.id, f"{ASKED.name}:{access_id}:{member.id}", ASKED.name, data=data)
    return access_id


def grant(actor: Actor, access_id: UUID, *, may_write: bool) -> None:
    """Let support in from now on for the minutes that it asked for; raises NotFound and Conflict."""
    access = _answerable(actor, access_id, "asked")
    access.state, access.may_write = "granted", may_write
    access.answered_by, access.answered_at = actor.identity_id, now()
    access.expires_at = now() + timedelta(minutes=access.minutes)
    operator = session.get_one(Identity, access.operator_id)
    _log(actor, "support.granted", access.reason, by_support=called(operator.name), may_write=may_write)
    _by(actor).note("support.granted", current(), access=str(access_id), may_write=may_write)
    _tell_members({"name": operator.name, "until": access.expires_at.isoformat(), "write": may_write})
    enqueue(END_JOB, {"access_id": str(access_id)}, due_at=access.expires_at, key=_key(access_id))
    session.flush()


def refuse(actor: Actor, access_id: UUID) -> None:
    """Say no; raises NotFound and Conflict."""
    access = _answerable(actor, access_id, "asked")
    access.state, access.answered_by, access.answered_at = "refused", actor.identity_id, now()
    _log(actor, "support.refused", access.reason)
    _by(actor).note("support.refused", current(), access=str(access_id))
    session.flush()


def end(actor: Actor, access_id: UUID) -> None:
    """End it before its time, from the very next request on; raises NotFound and Conflict."""
    access = _answerable(actor, access_id, "granted")
    _end(access, actor, _by(actor))


def leave(actor: Actor) -> None:
    """Support goes by itself."""
    access = session.get(SupportAccess, actor.id, with_for_update=True) if actor.kind == "support" else None
    if access is None:
        raise NotFound("support")
    _end(access, actor, _by(actor))


def expire(access_id: UUID) -> None:
    """Write down that the time is over; it let nobody in since."""
    access = session.get(SupportAccess, access_id, with_for_update=True)
    if access is not None and access.state == "granted" and (access.expires_at or now()) <= now():
        clock = Actor(kind="system", id=None, name="Kith", door="clock", permissions=frozenset())
        _end(access, clock, By())


def withdraw(identity_id: UUID, by: By) -> None:
    """End everything of somebody who is no operator any more."""
    mine = select(SupportAccess).where(
        SupportAccess.operator_id == identity_id, SupportAccess.state.in_(("asked", "granted"))
    )
    for access in session.scalars(mine).all():
        access.state, access.ended_at = "ended", now()
        by.note("support.ended", catalogue.by_id(access.tenant_id), access=str(access.id))


def of_tenant(tenant_id: UUID, most: int = 50) -> list[Visit]:
    """What support asked of a company, the newest first."""
    return _visits(SupportAccess.tenant_id == tenant_id, most=most)


def of_everybody(most: int = 50) -> list[Visit]:
    """What support asked of all companies, the newest first."""
    return _visits(most=most)


def actor_of(access_id: UUID, name: str) -> Actor:
    """Support as it asks: with no right to anything."""
    return Actor("support", access_id, called(name), "web", frozenset())


def _check(reason: str, minutes: int) -> None:
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid.one("reason", "required", N_("Say why, in a sentence that the company reads."))
    least, most = MINUTES
    if not least <= minutes <= most:
        raise Invalid.one(
            "minutes", "range", N_("Enter a number from %(least)s to %(most)s."), least=least, most=most
        )


def _answerable(actor: Actor, access_id: UUID, state: str) -> SupportAccess:
    require(actor, "workspace:manage")
    access = session.get(SupportAccess, access_id, with_for_update=True)
    if access is None or access.tenant_id != current().id:
        raise NotFound("support")
    if access.state != state:
        raise Conflict(ANSWERED)
    return access


def _end(access: SupportAccess, actor: Actor, by: By) -> None:
    access.state, access.ended_at = "ended", now()
    _log(actor, "support.ended", access.reason)
    by.note("support.ended", current(), access=str(access.id))
    cancel(_key(access.id))
    session.execute(delete(Setting).where(Setting.key == SUPPORT))
    for other in _visits(SupportAccess.tenant_id == current().id, SupportAccess.id != access.id):
        if other.is_open and other.expires_at is not None:
            told = {"name": other.name, "until": other.expires_at.isoformat(), "write": other.may_write}
            _tell_members(told)
    session.flush()


def _tell_members(told: dict[str, Any]) -> None:
    """Kept among the settings: every page reads these anyway."""
    fresh = {"value": told, "updated_at": now(), "updated_by": None}
    statement = insert(Setting).values(key=SUPPORT, **fresh)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=fresh))


def _visits(*conditions: ColumnElement[bool], most: int = 50) -> list[Visit]:
    access = SupportAccess
    statement = (
        select(
            access.id, access.tenant_id, access.operator_id, Identity.name, access.reason, access.minutes,
            access.state, access.may_write, access.asked_at, access.answered_at, access.expires_at,
            access.ended_at,
        )
        .join(Identity, Identity.id == access.operator_id)
        .where(*conditions)
        .order_by(access.asked_at.desc(), access.id.desc())
        .limit(most)
    )  # fmt: skip
    return [Visit(*tuple(row)) for row in session.execute(statement)]


def _log(actor: Actor, verb: str, title: str, **data: Any) -> None:
    record(actor, verb, None, None, title, data=data)


def _by(actor: Actor) -> By:
    return By(actor.identity_id)


def _key(access_id: UUID) -> str:
    return f"support:{access_id}"
