"""Companies that take long, and what helps."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import text

from app.core.clock import now
from app.domain.operators.advice import Load, advice
from tenants.engines import engines
from tenants.session import session

MOST = 25
DAYS = 2

_LOADS = text("""
WITH counted AS (
    SELECT tenant_id,
           coalesce(sum(amount) FILTER (WHERE kind IN ('requests', 'api_calls')), 0)::bigint AS requests,
           coalesce(sum(amount) FILTER (WHERE kind = 'request_ms'), 0)::bigint AS request_ms,
           coalesce(sum(amount) FILTER (WHERE kind = 'database_ms'), 0)::bigint AS database_ms,
           coalesce(sum(amount) FILTER (WHERE kind = 'job_seconds'), 0)::bigint AS job_seconds
      FROM kith.usages WHERE period >= :since
       AND kind IN ('requests', 'api_calls', 'request_ms', 'database_ms', 'job_seconds')
     GROUP BY tenant_id
)
SELECT t.slug, t.name, t.cell_id AS cell, c.requests, c.request_ms, c.database_ms, c.job_seconds,
       (c.requests / greatest(1, sum(c.requests) OVER (PARTITION BY t.cell_id)))::float AS share,
       coalesce((SELECT amount FROM kith.usages u WHERE u.tenant_id = t.id AND kind = 'records'
                  ORDER BY period DESC LIMIT 1), 0)::bigint AS records
  FROM counted c JOIN kith.tenants t ON t.id = c.tenant_id AND t.slug IS NOT NULL
 ORDER BY c.request_ms::float / greatest(c.requests, 20) DESC, c.job_seconds DESC, t.slug LIMIT :most
""")


@dataclass(frozen=True)
class Slow:
    """A company with its load and one sentence (a msgid) on what to do."""

    slug: str
    name: str
    cell: str
    load: Load
    advice: str


def slowest(days: int = DAYS, most: int = MOST) -> list[Slow]:
    """Companies by the average time of their pages in the last UTC days, today included."""
    since = now().date() - timedelta(days=days - 1)
    seconds = (now() - datetime.combine(since, time(), UTC)).total_seconds()
    rows = session.execute(_LOADS, {"since": since, "most": most}, bind_arguments={"bind": engines().control})
    found = []
    for row in rows:
        load = Load(
            row.requests, row.request_ms, row.database_ms, row.job_seconds, float(row.share), row.records
        )
        found.append(Slow(row.slug, row.name, row.cell, load, advice(load, seconds)))
    return found
