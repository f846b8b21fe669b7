"""Holding companies to their plans, and changing plans."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.errors import Invalid, LimitReached
from app.domain.plans import figures, queries, reasons, rules, trials
from tenants import catalogue
from tenants.context import Tenant, current
from tenants.models import Plan, TenantRecord
from tenants.session import once_committed, session

# Below this part of a limit a figure that is some seconds old will do.
_SURE_PERCENT = 90


def check(kind: str, more: int = 1) -> None:
    """Return where the current tenant's plan has room for `more` of `kind`, else raise LimitReached.

    Its sentence names figure, limit and remedy; `retry_after` tells when a limit per day is open again.
    """
    tenant = current()
    limit = queries.limit(tenant, kind)
    if limit is None:
        return
    used = figures.about(tenant, kind)
    if (used + more) * 100 > limit * _SURE_PERCENT:
        used = figures.learn(tenant, kind)
    if used + more > limit:
        raise refusal(kind, used, limit)
    figures.added(tenant, kind, more)


def room(kind: str) -> int | None:
    """How many more of `kind` the current tenant's plan has room for; None where there is no limit."""
    tenant = current()
    limit = queries.limit(tenant, kind)
    return None if limit is None else max(0, limit - figures.exact(tenant, kind))


def refusal(kind: str, used: int, limit: int) -> LimitReached:
    """The error of a limit that is reached."""
    known = rules.BY_NAME[kind]
    wait = rules.seconds_to_midnight(now()) if known.per == "day" else None
    return LimitReached(known.refusal, wait, kind=kind, data=rules.figures(known, used, limit))


def own_limits(tenant: Tenant) -> dict[str, int | None]:
    """The limits that the company has for itself, whatever its plan."""
    return session.scalar(select(TenantRecord.limits).where(TenantRecord.id == tenant.id)) or {}


def give(tenant: Tenant, plan_id: str, limits: Mapping[str, int | None] | None = None) -> None:
    """Put a company on another plan; `limits` of its own replace those that it had.

    A trial ends with it, also one that is over; where the plan has a trial, that begins. Raises NotFound
    for an unknown plan and Invalid.
    """
    plan = queries.plan(plan_id)
    own = {} if limits is None else {"limits": dict(limits)}
    _check(own.get("limits", {}))
    record = TenantRecord
    state, reason = ("trial", "") if plan.trial_days else ("active", "")
    ended = (record.state == "trial") | (
        (record.state == "read_only") & (record.state_reason.in_(reasons.ENDS_BY_CHOICE))
    )
    mine = update(record).where(record.id == tenant.id)
    session.execute(mine.values(plan_id=plan_id, trial_ends_at=trials.ends_at(now(), plan.trial_days), **own))
    session.execute(mine.where(ended).values(state=state, state_reason=reason, state_changed_at=func.now()))
    once_committed("plans.forget", lambda: catalogue.forget(tenant))


def keep(plan_id: str, values: Mapping[str, Any]) -> Plan:
    """Change a plan, or make one that is not there yet; raises Invalid. Companies on it follow."""
    _check(values.get("limits", {}))
    plan = session.get(Plan, plan_id)
    if plan is None:
        plan = Plan(id=plan_id, name=values.get("name", plan_id.title()), limits={})
        session.add(plan)
    for key, value in values.items():
        setattr(plan, key, value)
    session.flush()
    session.refresh(plan)
    once_committed("plans.forget", catalogue.forget)
    return plan


def _check(limits: Mapping[str, Any]) -> None:
    if wrong := rules.limits_problem(limits):
        raise Invalid([wrong])
