"""What has to be done now and then for companies as customers: usage, trials, invoices."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from app.core import redis
from app.core.clock import now
from app.domain.billing import actions, queries, trials
from app.domain.plans import policy, usage
from app.domain.upkeep import measuring
from tenants import catalogue
from tenants.context import Mode, Tenant, entered, transactions
from tenants.engines import engines
from tenants.session import unit_of_work

log = logging.getLogger("kith.clock")

MEASURED_AT_ONCE = 50

# Those that were used since they were measured, at most each ten minutes; the others once a day.
_UNMEASURED = text("""
SELECT t.id FROM tenants t
  LEFT JOIN LATERAL (SELECT max(updated_at) AS at FROM usages
                      WHERE tenant_id = t.id AND kind = 'records') m ON true
  LEFT JOIN LATERAL (SELECT max(updated_at) AS at FROM usages
                      WHERE tenant_id = t.id AND kind IN ('requests', 'api_calls', 'job_seconds')) u ON true
 WHERE t.state = ANY(:states) AND t.slug IS NOT NULL
   AND (m.at IS NULL OR m.at < now() - interval '1 day'
        OR (u.at > m.at AND m.at < now() - interval '10 minutes'))
 ORDER BY m.at NULLS FIRST LIMIT :most
""")
_ON_TRIAL = text("SELECT id FROM tenants WHERE state = 'trial' AND trial_ends_at IS NOT NULL")


def write_usage() -> None:
    """Write down what was counted."""
    try:
        usage.write_down()
    except redis.Away:
        return


def measure_usage() -> None:
    """Measure some of the companies that were at work since they were measured last."""
    working = [state for state, allowed in policy.TABLE.items() if allowed.jobs == "run"]
    for tenant in _tenants(_ids(_UNMEASURED, states=working, most=MEASURED_AT_ONCE)):
        _alone(tenant, measuring.measure)


def bill() -> None:
    """What this day brings: trials that end, months that begin, invoices that are overdue."""
    at = now()
    for tenant in _tenants(_ids(_ON_TRIAL)):
        _alone(tenant, partial(trials.advance, at))
    with unit_of_work(read_only=True):
        paying = [account.tenant_id for account in queries.accounts()]
    for tenant in _tenants(paying):
        _alone(tenant, partial(actions.advance, at.date()))


def _alone(tenant: Tenant, act: Callable[[], None]) -> None:
    """Each company in a transaction of its own: what fails for one leaves the others."""
    try:
        with entered(tenant), unit_of_work():
            act()
    except Exception:
        log.exception("the accounts of %s could not be looked after", tenant.schema)


def _ids(statement: TextClause, **values: Any) -> list[UUID]:
    with transactions(Mode(read_only=True)), engines().control.begin() as connection:
        return list(connection.scalars(statement, values))


def _tenants(ids: Iterable[UUID]) -> Iterable[Tenant]:
    return (tenant for each in ids if (tenant := catalogue.by_id(each)) is not None)
