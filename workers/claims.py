"""The relay's side of an outbox: what is due, leased or lost; as the owner, over all tenants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from workers.fairness import Lane

Connection = psycopg.Connection[Any]
Claimed = tuple[UUID, str, str]
"""Id, tenant ('' in the control database), queue."""

LEASE_SECONDS = 30
MOST_LOSSES = 20
BATCH = 1000
CLAIM_LOCK = 6_011_010

_DELAY = "SELECT extract(epoch FROM min(due_at) - now())::float8 FROM OUTBOX WHERE state = 'staged'"

# From lane to lane by the index, so that a tenant's long backlog costs no more than a short one.
_LANES = """
WITH RECURSIVE lane AS (
    (SELECT tenant, queue FROM OUTBOX WHERE state = 'staged' ORDER BY tenant, queue LIMIT 1)
    UNION ALL
    SELECT next.tenant, next.queue FROM lane CROSS JOIN LATERAL (
        SELECT tenant, queue FROM OUTBOX
         WHERE state = 'staged' AND (tenant, queue) > (lane.tenant, lane.queue)
         ORDER BY tenant, queue LIMIT 1) AS next
)
SELECT lane.tenant, lane.queue, first.due_at FROM lane CROSS JOIN LATERAL (
    SELECT due_at FROM OUTBOX
     WHERE state = 'staged' AND tenant = lane.tenant AND queue = lane.queue AND due_at <= now()
     ORDER BY due_at LIMIT 1) AS first
"""
_IN_FLIGHT = "SELECT tenant, queue, count(*) FROM OUTBOX WHERE state = 'sent' GROUP BY tenant, queue"

_CLAIM = """
UPDATE OUTBOX AS job SET state = 'sent', leased_until = now() + make_interval(secs => %(lease)s)
  FROM unnest(%(tenants)s::text[], %(queues)s::text[], %(numbers)s::int[]) AS share(tenant, queue, number)
 CROSS JOIN LATERAL (
       SELECT id FROM OUTBOX
        WHERE state = 'staged' AND tenant = share.tenant AND queue = share.queue AND due_at <= now()
        ORDER BY due_at LIMIT share.number FOR UPDATE SKIP LOCKED) AS chosen
 WHERE job.id = chosen.id
RETURNING job.id, job.tenant, job.queue
"""
_UNCLAIM = """
UPDATE OUTBOX SET state = 'staged', leased_until = NULL WHERE id = ANY(%(ids)s) AND state = 'sent'
"""

# A row that a worker is at is locked by its transaction and passed over: a running job never loses its lease.
_LEASED = """
SELECT id, queue FROM OUTBOX WHERE state = 'sent' AND (leased_until <= now() OR %(every)s)
 ORDER BY leased_until LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
_RENEW = "UPDATE OUTBOX SET leased_until = now() + make_interval(secs => %(lease)s) WHERE id = ANY(%(ids)s)"
_RESTAGE = """
UPDATE OUTBOX SET leased_until = NULL, losses = losses + %(count)s,
       state = CASE WHEN losses + %(count)s > %(most)s THEN 'dead' ELSE 'staged' END,
       key = CASE WHEN losses + %(count)s > %(most)s THEN NULL ELSE key END,
       error = CASE WHEN losses + %(count)s > %(most)s
                    THEN 'lost too often: the workers that took it ended without a word' ELSE error END
 WHERE id = ANY(%(ids)s)
"""


@dataclass(frozen=True)
class Outbox:
    """One outbox as its owner sees it."""

    connection: Connection
    table: str

    def delay(self) -> float | None:
        """Seconds until the next job is due, negative when it is overdue; None when none is staged."""
        row = self._run(_DELAY).fetchone()
        return row[0] if row else None

    def lanes(self) -> list[tuple[str, str, datetime]]:
        """Tenant, queue and due time of the first job of every lane with something due."""
        return self._run(_LANES).fetchall()

    def in_flight(self) -> dict[Lane, int]:
        """How many jobs of each lane are sent and not yet done."""
        return {(tenant, queue): number for tenant, queue, number in self._run(_IN_FLIGHT).fetchall()}

    def alone(self) -> bool:
        """Whether no other relay claims here until this transaction ends: one at a time keeps the limits."""
        row = self._run("SELECT pg_try_advisory_xact_lock(%(lock)s)", lock=CLAIM_LOCK).fetchone()
        return bool(row and row[0])

    def claim(self, shares: Sequence[tuple[str, str, int]]) -> list[Claimed]:
        """Lease the first jobs of each share."""
        tenants, queues, numbers = (list(column) for column in zip(*shares, strict=True))
        return self._run(
            _CLAIM, tenants=tenants, queues=queues, numbers=numbers, lease=LEASE_SECONDS
        ).fetchall()

    def unclaim(self, ids: Sequence[UUID]) -> None:
        """Give back what could not be sent."""
        self._run(_UNCLAIM, ids=list(ids))

    def leased(self, *, every: bool) -> list[tuple[UUID, str]]:
        """Lock and return (id, queue) of jobs whose lease has run out, or of every one no worker is at."""
        return self._run(_LEASED, every=every, most=BATCH).fetchall()

    def renew(self, ids: Sequence[UUID]) -> None:
        """Lease anew what still waits in Redis."""
        self._run(_RENEW, ids=list(ids), lease=LEASE_SECONDS)

    def restage(self, ids: Sequence[UUID], *, lost: bool) -> None:
        """Stage again what no longer waits there; `lost` counts it against the job."""
        self._run(_RESTAGE, ids=list(ids), count=int(lost), most=MOST_LOSSES)

    def _run(self, statement: str, **values: Any) -> psycopg.Cursor[Any]:
        return self.connection.execute(statement.replace("OUTBOX", self.table).encode(), values)
