"""What the plan of a company allows, and what it has used."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.core import process
from app.core.clock import now
from app.core.errors import NotFound
from app.domain.plans.models import Usage
from app.domain.plans.rules import KINDS, MEASURED, MEGABYTE
from tenants.context import Tenant
from tenants.models import Plan
from tenants.session import session

Cap = Callable[[Tenant], int | None]


_caps: dict[str, Cap] = {}


def cap(kind: str, capping: Cap) -> None:
    """Have `capping` asked what a company may have of `kind` for now, below its plan; None for that."""
    _caps[kind] = capping


def limit(tenant: Tenant, kind: str) -> int | None:
    """The most of `kind` that the company may have; None where there is no limit.

    Its own limit goes before its plan's; where both say nothing the installation's own settings hold.
    """
    most = tenant.limits[kind] if kind in tenant.limits else _technical(kind)
    capped = _caps[kind](tenant) if kind in _caps else None
    return most if capped is None else capped if most is None else min(most, capped)


def limits(tenant: Tenant) -> Mapping[str, int | None]:
    """Every limit of the company by kind."""
    return {kind.name: limit(tenant, kind.name) for kind in KINDS}


def plan_of(tenant: Tenant) -> Plan | None:
    """The company's plan; None for one from before there were plans."""
    return session.get(Plan, tenant.plan) if tenant.plan else None


def plan(plan_id: str) -> Plan:
    """A plan; raises NotFound."""
    found = session.get(Plan, plan_id)
    if found is None:
        raise NotFound("plans")
    return found


def plans(*, offered: bool = False) -> Sequence[Plan]:
    """All plans, or those that a company may choose, the smallest first."""
    statement = select(Plan).order_by(Plan.position, Plan.id)
    return session.scalars(statement.where(Plan.is_offered) if offered else statement).all()


def written(tenant_id: UUID, kind: str, period: date) -> int:
    """What is written down as used of `kind` on that UTC day."""
    return session.scalar(select(Usage.amount).where(*_row(tenant_id, kind, period))) or 0


def measured(tenant_id: UUID) -> Mapping[str, int]:
    """The newest figure of everything that is measured."""
    rows = (
        select(Usage.kind, Usage.amount)
        .where(Usage.tenant_id == tenant_id, Usage.kind.in_(MEASURED))
        .order_by(Usage.period)
    )
    return {row.kind: row.amount for row in session.execute(rows)}


def history(tenant_id: UUID, days: int) -> Mapping[str, Mapping[date, int]]:
    """Every kind's figures of the last `days` UTC days, today included, by day."""
    since = now().date() - timedelta(days=days - 1)
    statement = select(Usage.kind, Usage.period, Usage.amount).where(
        Usage.tenant_id == tenant_id, Usage.period >= since
    )
    found: dict[str, dict[date, int]] = {}
    for row in session.execute(statement):
        found.setdefault(row.kind, {})[row.period] = row.amount
    return found


def _row(tenant_id: UUID, kind: str, period: date) -> tuple[ColumnElement[bool], ...]:
    return Usage.tenant_id == tenant_id, Usage.kind == kind, Usage.period == period


def _technical(kind: str) -> int | None:
    if kind == "storage_bytes":
        return process.settings().files_megabytes * MEGABYTE
    return process.settings().api_limit if kind == "api_calls_minute" else None
