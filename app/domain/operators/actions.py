"""What operators do to the installation and its companies; each act is an operator's fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.errors import Conflict
from app.core.text import N_
from app.domain.identities import facts
from app.domain.plans import actions as plans
from app.domain.plans.policy import MAINTENANCE
from tenants import provisioning, switches
from tenants.context import Tenant

NOT_SUSPENDED = N_("This company is not suspended.")
IS_MOVING = N_("This company is being moved or set up. Try again in a minute.")


@dataclass(frozen=True)
class By:
    """Who does it: the operator's identity and network address, or nobody for a command on the machine."""

    identity_id: UUID | None = None
    address: str = ""

    def note(self, verb: str, tenant: Tenant | None = None, **details: Any) -> None:
        """Write the operator's fact in the transaction of what it tells."""
        facts.note(verb, self.identity_id, self.address, tenant.id if tenant else None, **details)


def suspend(tenant: Tenant, reason: str, by: By) -> Tenant:
    """Close a company's doors for a `reason` that its members read; nothing is removed."""
    if tenant.state in {"moving", "claimed"}:
        raise Conflict(IS_MOVING)
    by.note("tenant.suspended", tenant, reason=reason)
    return provisioning.set_state(tenant, "suspended", reason)


def resume(tenant: Tenant, by: By) -> Tenant:
    """Open a suspended company's doors: it is what it was before; raises Conflict where it is not."""
    if tenant.state != "suspended":
        raise Conflict(NOT_SUSPENDED)
    by.note("tenant.resumed", tenant)
    return provisioning.go_back(tenant)


def give_plan(tenant: Tenant, plan_id: str, limits: dict[str, int | None] | None, by: By) -> None:
    """Put a company on a plan; raises NotFound and Invalid like `plans.give`."""
    plans.give(tenant, plan_id, limits)
    told = {} if limits is None else {"limits": limits}
    by.note("tenant.plan_given", tenant, plan=plan_id, before=tenant.plan, **told)


def begin_maintenance(message: str, until: datetime | None, by: By) -> None:
    """Have every door show a short page with `message` and the expected end; jobs wait."""
    value = {"message": message.strip()[:500], "until": until.isoformat() if until else None}
    by.note("maintenance.began", message=value["message"], until=value["until"])
    switches.turn_on(MAINTENANCE, value, by.identity_id)


def end_maintenance(by: By) -> bool:
    """Open the doors again; whether they were closed."""
    was_on = switches.turn_off(MAINTENANCE)
    if was_on:
        by.note("maintenance.ended")
    return was_on
