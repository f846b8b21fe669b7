"""Finding tenants: by address, id or schema, remembered for half a minute."""

import threading
import time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select

from tenants.context import Mode, Tenant, transactions
from tenants.engines import engines
from tenants.models import SIGNED_UP, Bucket, TenantRecord

SECONDS = 30.0
MOST = 10_000

# What a Tenant consists of, in its order; whoever selects them joins the bucket.
COLUMNS = (
    *(TenantRecord.id, TenantRecord.slug, TenantRecord.name, TenantRecord.schema_name, Bucket.login_role),
    *(TenantRecord.cell_id, TenantRecord.state, TenantRecord.region, TenantRecord.epoch),
    TenantRecord.schema_rev,
)

_Key = tuple[str, str]
_remembered: dict[_Key, tuple[float, Tenant]] = {}
_lock = threading.Lock()


def by_slug(slug: str) -> Tenant | None:
    """The tenant at that address, whatever its state; None where nobody has it."""
    if not (slug.isascii() and slug.isprintable()):  # the database takes no zero byte and no half letter
        return None
    return _found("slug", slug, TenantRecord.slug == slug)


def by_id(tenant_id: UUID) -> Tenant | None:
    """The tenant with that id, or None."""
    return _found("id", str(tenant_id), TenantRecord.id == tenant_id)


def by_schema(schema: str) -> Tenant | None:
    """The tenant in that schema, or None; spares are nobody's and are not found."""
    return _found("schema", schema, TenantRecord.schema_name == schema)


def by_signup(signup_id: UUID) -> Tenant | None:
    """The tenant that a sign-up has claimed already, or None; never remembered."""
    return _read(TenantRecord.signup_id == signup_id)


def all_tenants() -> list[Tenant]:
    """Every tenant that stands for a company, oldest first."""
    statement = _query().order_by(TenantRecord.claimed_at, TenantRecord.id)
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return [_tenant(row) for row in connection.execute(statement)]


def forget(tenant: Tenant | None = None) -> None:
    """Drop what is remembered of `tenant`, or everything; other processes follow within SECONDS."""
    with _lock:
        if tenant is None:
            _remembered.clear()
            return
        for key in [key for key, (_, known) in _remembered.items() if known.id == tenant.id]:
            del _remembered[key]


def _found(by: str, value: str, condition: ColumnElement[bool]) -> Tenant | None:
    key = (by, value)
    with _lock:
        until, tenant = _remembered.get(key, (0.0, None))
    if tenant is not None and time.monotonic() < until:
        return tenant
    fresh = _read(condition)
    _remember(key, fresh)
    return fresh


def _remember(key: _Key, tenant: Tenant | None) -> None:
    with _lock:
        # A claim is settled within the second, by another transaction than ours.
        if tenant is None or tenant.state == "claimed":
            _remembered.pop(key, None)
            return
        if len(_remembered) >= MOST:
            _remembered.clear()
        _remembered[key] = (time.monotonic() + SECONDS, tenant)


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
