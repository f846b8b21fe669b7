"""Workspaces that nobody uses and whose people never confirmed an address: told, then removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.core.clock import now
from app.core.text import N_
from app.domain.identities import facts
from app.domain.lifecycle import closing, mails
from tenants import catalogue
from tenants.engines import engines
from tenants.session import session

UNUSED = timedelta(days=14)
# So long before the day its owners are told.
TOLD_BEFORE = timedelta(days=3)
REASON = N_("Nobody has confirmed an address, and nobody has used it for two weeks.")
_TOLD, _REMOVED = "workspace.unused_told", "workspace.unused_removed"

_QUIET = text("""
SELECT q.id, q.used_at, (SELECT max(at) FROM operator_facts f
                          WHERE f.tenant_id = q.id AND f.verb = :verb AND f.at > q.used_at) AS told_at
  FROM (SELECT t.id, greatest(t.claimed_at, (SELECT max(period) + 1 FROM usages u
                               WHERE u.tenant_id = t.id AND u.amount > 0
                                 AND u.kind IN ('requests', 'api_calls'))::timestamptz) AS used_at
          FROM tenants t
         WHERE t.state IN ('trial', 'active', 'read_only') AND t.slug IS NOT NULL AND t.claimed_at < :before
           AND EXISTS (SELECT FROM memberships m WHERE m.tenant_id = t.id)
           AND NOT EXISTS (SELECT FROM memberships m JOIN identities i ON i.id = m.identity_id
                            WHERE m.tenant_id = t.id AND i.confirmed_at IS NOT NULL)) q
 WHERE q.used_at < :before ORDER BY q.used_at LIMIT 100
""")


@dataclass(frozen=True)
class Quiet:
    """A workspace that was used last at `used_at`; its owners were told since then at `told_at`."""

    tenant_id: UUID
    used_at: datetime
    told_at: datetime | None


def quiet() -> Sequence[Quiet]:
    """Workspaces whose owners are to be told, or were."""
    before = now() - UNUSED + TOLD_BEFORE
    rows = session.execute(
        _QUIET, {"before": before, "verb": _TOLD}, bind_arguments={"bind": engines().control}
    )
    return [Quiet(*tuple(row)) for row in rows]


def advance(found: Quiet) -> None:
    """Tell the owners of one, or remove it where they were told in time and nothing has come of it."""
    tenant = catalogue.by_id(found.tenant_id)
    if tenant is None:
        return
    if found.told_at is None:
        mails.unused(tenant, now() + TOLD_BEFORE)
        facts.note(_TOLD, None, tenant_id=tenant.id)
    elif found.told_at < now() - TOLD_BEFORE and found.used_at < now() - UNUSED:
        facts.note(_REMOVED, None, tenant_id=tenant.id, slug=tenant.slug)
        closing.begin(tenant, days=0, reason=REASON)
