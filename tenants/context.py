"""Which tenant the current work is for, and how its transactions are to be opened."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tenants import names

STATEMENT_TIMEOUT_MS = 15_000


class NoTenant(RuntimeError):
    """Something asked for the tenant's data where no tenant was entered."""


class TenantMixup(RuntimeError):
    """A transaction opened for one tenant was about to run a statement for another."""


@dataclass(frozen=True)
class Tenant:
    """A tenant as the ground floor sees it; `schema` is also the name of its role, `bucket` its login.

    `region` and `epoch` are those of the catalogue; `state` decides what doors let through: `since` when, and
    for which `reason`. `limits` are its plan's and, before those, its own: None where there is none.
    """

    id: UUID
    slug: str
    name: str
    schema: str
    bucket: str
    cell: str
    state: str
    region: str = "home"
    epoch: int = 1
    schema_rev: str = ""
    since: datetime | None = None
    reason: str = ""
    trial_ends_at: datetime | None = None
    plan: str | None = None
    limits: Mapping[str, int | None] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        names.tenant_name(self.schema)
        names.login_name(self.bucket)


@dataclass(frozen=True)
class Mode:
    """How transactions begin: read-only or not, and the longest a statement may take (0 = no limit).

    One that is not `durable` may be forgotten by a crash of the server within a second of its commit.
    """

    read_only: bool = False
    statement_timeout_ms: int = STATEMENT_TIMEOUT_MS
    durable: bool = True


ORDINARY = Mode()

_tenant: ContextVar[Tenant | None] = ContextVar("tenant", default=None)
_mode: ContextVar[Mode] = ContextVar("mode", default=ORDINARY)


def current() -> Tenant:
    """The tenant of this work; raises NoTenant where none was entered."""
    tenant = _tenant.get()
    if tenant is None:
        raise NoTenant("no tenant was entered: wrap the work in tenants.context.entered(tenant)")
    return tenant


def maybe_current() -> Tenant | None:
    """The tenant of this work, or None."""
    return _tenant.get()


@contextmanager
def entered(tenant: Tenant | None) -> Iterator[None]:
    """Work within the block is for `tenant` (None: for no tenant at all)."""
    token = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(token)


def mode() -> Mode:
    """How a transaction that begins now is opened."""
    return _mode.get()


@contextmanager
def transactions(how: Mode) -> Iterator[None]:
    """Transactions that begin within the block are opened like `how`."""
    token = _mode.set(how)
    try:
        yield
    finally:
        _mode.reset(token)
