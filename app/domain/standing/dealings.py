"""What many customers bought and when one last talked, for tables: one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.records.fences import within
from tenants.session import session

YEAR = timedelta(days=365)

_DEALINGS = text("""
SELECT c.id,
       (SELECT json_object_agg(currency, total) FROM (
          SELECT o.currency, sum(o.total)::text AS total FROM orders o
           WHERE o.company_id = c.id AND o.deleted_at IS NULL AND o.status <> 'cancelled'
             AND o.currency IS NOT NULL
             AND o.placed_at BETWEEN :since AND :now
           GROUP BY o.currency) per_currency) AS bought,
       (SELECT max(a.done_at) FROM activities a
         WHERE a.company_id = c.id AND a.deleted_at IS NULL AND a.done_at <= :now) AS talked_at
  FROM unnest(CAST(:ids AS uuid[])) AS c (id)
""")


@dataclass(frozen=True, slots=True)
class Dealings:
    """One company: what it bought in 12 months, by currency, and when somebody last talked to it."""

    bought: dict[str, Decimal]
    talked_at: datetime | None


def dealings(company_ids: Collection[UUID], actor: Actor | None = None) -> dict[UUID, Dealings]:
    """The dealings with each of these companies, as far as `actor` sees them."""
    at = now()
    values = {"ids": list(company_ids), "since": at - YEAR, "now": at}
    return {
        row.id: Dealings(
            {currency: Decimal(total) for currency, total in (row.bought or {}).items()}, row.talked_at
        )
        for row in session.execute(within(actor, _DEALINGS), values)
    }
