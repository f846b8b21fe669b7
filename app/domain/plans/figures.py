"""How much is used just now: exact where it matters, remembered for seconds where it does not."""

import threading
import time
from collections.abc import Callable, Mapping
from uuid import UUID

from app.core.clock import now
from app.domain.plans import queries, usage
from app.domain.plans.rules import KINDS
from tenants.context import Tenant

Meter = Callable[[], int]

SECONDS = 30.0
MOST = 10_000

_meters: dict[str, Meter] = {}
_remembered: dict[tuple[UUID, str], tuple[float, int]] = {}
_lock = threading.Lock()


def meter(kind: str) -> Callable[[Meter], Meter]:
    """Register what counts `kind` within the current tenant: a query of the feature that keeps it."""

    def register(counting: Meter) -> Meter:
        _meters[kind] = counting
        return counting

    return register


def exact(tenant: Tenant, kind: str) -> int:
    """What the current tenant uses of `kind` at this moment; of what is counted per day, today's sum."""
    counting = _meters.get(kind)
    if counting is not None:
        return counting()
    return queries.written(tenant.id, kind, now().date()) + usage.gathered(tenant, kind)


def about(tenant: Tenant, kind: str) -> int:
    """Like `exact`, but up to SECONDS old plus what this process has added since."""
    key = (tenant.id, kind)
    with _lock:
        until, known = _remembered.get(key, (0.0, 0))
    if time.monotonic() < until:
        return known
    return learn(tenant, kind)


def all_of(tenant: Tenant) -> Mapping[str, int]:
    """What the current tenant uses of everything that is limited in all or per day, some seconds old."""
    return {kind.name: about(tenant, kind.name) for kind in KINDS if kind.per != "minute"}


def learn(tenant: Tenant, kind: str) -> int:
    """The exact figure, remembered."""
    found = exact(tenant, kind)
    with _lock:
        if len(_remembered) >= MOST:
            _remembered.clear()
        _remembered[tenant.id, kind] = (time.monotonic() + SECONDS, found)
    return found


def added(tenant: Tenant, kind: str, more: int) -> None:
    """Note that `more` are about to be there."""
    with _lock:
        until, known = _remembered.get((tenant.id, kind), (0.0, 0))
        if until:
            _remembered[tenant.id, kind] = (until, known + more)


def forget() -> None:
    """Count everything anew; for tests and after much was changed at once."""
    with _lock:
        _remembered.clear()
