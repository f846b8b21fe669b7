"""Finding tenants: by address, id or schema, remembered for half a minute."""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from tenants.context import Mode, Tenant, transactions
from tenants.engines import engines
from tenants.models import SIGNED_UP, Bucket, Plan, TenantRecord

SECONDS = 30.0
# While this process is told of every change.
TOLD_SECONDS = 600.0
MOST = 10_000

_PLANS = select(Plan.limits).where(Plan.id == TenantRecord.plan_id).correlate(TenantRecord).scalar_subquery()
_LIMITS = func.coalesce(_PLANS, func.jsonb_build_object()).op("||")(TenantRecord.limits)
# What a Tenant consists of, in its order; whoever selects them joins the bucket.
COLUMNS = (
    *(TenantRecord.id, TenantRecord.slug, TenantRecord.name, TenantRecord.schema_name, Bucket.login_role),
    *(TenantRecord.cell_id, TenantRecord.state, TenantRecord.region, TenantRecord.epoch),
    *(TenantRecord.schema_rev, TenantRecord.state_changed_at, TenantRecord.state_reason),
    *(TenantRecord.trial_ends_at, TenantRecord.plan_id, _LIMITS),
)

_Key = tuple[str, str]
_ids: dict[_Key, UUID] = {}
_remembered: dict[UUID, tuple[float, Tenant]] = {}
# Counts what was forgotten: what was read before is not remembered after.
_forgotten = 0
_is_told = False
_lock = threading.Lock()
_NOBODY = UUID(int=0)


def by_slug(slug: str) -> Tenant | None:
    """The tenant at that address, whatever its state; None where nobody has it."""
    if not (slug.isascii() and slug.isprintable()):  # the database takes no zero byte and no half letter
        return None
    return _found("slug", slug, lambda: TenantRecord.slug == slug)


def by_id(tenant_id: UUID) -> Tenant | None:
    """The tenant with that id, or None."""
    return _found("id", str(tenant_id), lambda: TenantRecord.id == tenant_id)


def by_schema(schema: str) -> Tenant | None:
    """The tenant in that schema, or None; spares are nobody's and are not found."""
    return _found("schema", schema, lambda: TenantRecord.schema_name == schema)


def by_signup(signup_id: UUID) -> Tenant | None:
    """The tenant that a sign-up has claimed already, or None; never remembered."""
    return _read(TenantRecord.signup_id == signup_id)


def all_tenants() -> list[Tenant]:
    """Every tenant that stands for a company, oldest first."""
    statement = _query().order_by(TenantRecord.claimed_at, TenantRecord.id)
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return [_tenant(row) for row in connection.execute(statement)]


def forget(tenant: Tenant | UUID | None = None) -> None:
    """Drop what is remembered of `tenant`, or everything.

    Other processes follow within a second by `tenants.news`, at the latest after SECONDS.
    """
    global _forgotten
    with _lock:
        _forgotten += 1
        if tenant is None:
            _ids.clear()
            _remembered.clear()
            return
        _remembered.pop(tenant.id if isinstance(tenant, Tenant) else tenant, None)


def rely_on_news(is_told: bool) -> None:
    """Remember for TOLD_SECONDS from now on, since changes are told; or for SECONDS again, and look anew."""
    global _is_told
    _is_told = is_told
    forget()


def _found(by: str, value: str, condition: Callable[[], ColumnElement[bool]]) -> Tenant | None:
    key = (by, value)
    with _lock:
        forgotten = _forgotten
        until, tenant = _remembered.get(_ids.get(key, _NOBODY), (0.0, None))
    # What is remembered by another name may have got this one since, or lost it.
    if tenant is not None and time.monotonic() < until and str(getattr(tenant, by)) == value:
        return tenant
    fresh = _read(condition())
    with _lock:
        if forgotten == _forgotten:
            _remember(key, fresh)
    return fresh


def _remember(key: _Key, tenant: Tenant | None) -> None:
    # A claim is settled within the second, by another transaction than ours.
    if tenant is None or tenant.state == "claimed":
        _ids.pop(key, None)
        return
    if len(_ids) >= MOST:
        _ids.clear()
        _remembered.clear()
    _ids[key] = tenant.id
    _remembered[tenant.id] = (time.monotonic() + (TOLD_SECONDS if _is_told else SECONDS), tenant)


def _read(condition: ColumnElement[bool]) -> Tenant | None:
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        row = connection.execute(_query().where(condition)).one_or_none()
    return _tenant(row) if row else None


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(*tuple(row))


def _query() -> Select[*tuple[Any, ...]]:
    record = TenantRecord
    signed_up = record.state.in_(SIGNED_UP) & record.slug.is_not(None)
    return select(*COLUMNS).join(Bucket, Bucket.id == record.bucket_id).where(signed_up)
