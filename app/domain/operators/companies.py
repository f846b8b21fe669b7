"""The companies as operators see them: figures about them, nothing that is in them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from app.core.clock import now
from app.core.errors import NotFound
from app.domain.plans.models import Usage
from app.domain.plans.rules import MEASURED
from tenants import catalogue
from tenants.context import Tenant
from tenants.models import SIGNED_UP, TenantRecord
from tenants.session import session

PAGE = 50
USED = ("requests", "api_calls")


@dataclass(frozen=True)
class Company:
    """A line of the list; figures are those that were measured last, `used_on` is a UTC day."""

    id: UUID
    slug: str
    name: str
    state: str
    plan: str | None
    cell: str
    revision: str | None
    since: datetime
    members: int | None
    records: int | None
    storage_bytes: int | None
    used_on: date | None


@dataclass(frozen=True)
class Page:
    """Some companies in the order of their addresses; `after` asks for the next ones."""

    companies: list[Company]
    after: str | None


def companies(search: str = "", state: str = "", after: str = "", most: int = PAGE) -> Page:
    """Companies whose address or name holds `search`, behind the address `after`; one statement."""
    record = TenantRecord
    statement = (
        select(
            record.id, record.slug, record.name, record.state, record.plan_id, record.cell_id,
            record.schema_rev, func.coalesce(record.claimed_at, record.created_at),
            _newest("members"), _newest("records"), _newest("storage_bytes"), _used_on(),
        )
        .where(*_wanted(search, state), record.slug > after)
        .order_by(record.slug)
        .limit(most + 1)
    )  # fmt: skip
    rows = [Company(*tuple(row)) for row in session.execute(statement)]
    return Page(rows[:most], rows[most - 1].slug if len(rows) > most else None)


def count(search: str = "", state: str = "") -> int:
    """How many companies there are."""
    return session.scalar(select(func.count()).where(*_wanted(search, state))) or 0


def find(slug: str) -> Tenant:
    """The company at that address; raises NotFound."""
    tenant = catalogue.by_slug(slug)
    if tenant is None:
        raise NotFound("tenants")
    return tenant


def used(tenant_id: UUID, days: int = 30) -> dict[str, int]:
    """What was counted in the last UTC days, today included, by kind."""
    since = now().date() - timedelta(days=days - 1)
    rows = select(Usage.kind, func.sum(Usage.amount)).where(
        Usage.tenant_id == tenant_id, Usage.period >= since, Usage.kind.not_in(MEASURED)
    )
    return {row[0]: int(row[1]) for row in session.execute(rows.group_by(Usage.kind))}


def _wanted(search: str, state: str) -> tuple[ColumnElement[bool], ...]:
    record = TenantRecord
    found: list[ColumnElement[bool]] = [record.slug.is_not(None), record.state.in_(SIGNED_UP)]
    if state:
        found.append(record.state == state)
    if words := search.strip():
        found.append(
            or_(record.slug.icontains(words, autoescape=True), record.name.icontains(words, autoescape=True))
        )
    return tuple(found)


def _newest(kind: str) -> ScalarSelect[int]:
    mine = select(Usage.amount).where(Usage.tenant_id == TenantRecord.id, Usage.kind == kind)
    return mine.order_by(Usage.period.desc()).limit(1).scalar_subquery()


def _used_on() -> ScalarSelect[date]:
    mine = select(func.max(Usage.period)).where(
        Usage.tenant_id == TenantRecord.id, Usage.kind.in_(USED), Usage.amount > 0
    )
    return mine.scalar_subquery()
