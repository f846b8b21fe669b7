"""The relations that need somebody most, the worst first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, text

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.calendar.rules import Calendar
from app.domain.standing.queries import Customer, events_of, person
from app.domain.standing.rules.assess import Standing, assess
from app.domain.standing.rules.events import Events
from app.records.fences import within
from tenants.session import session


@dataclass(frozen=True)
class Relation:
    """A customer that needs somebody, with its open deals and what it bought in 12 months.

    Both are sums of what is in `currency`, the one that the customer uses most.
    """

    object: Literal["companies", "contacts"]
    id: UUID
    name: str
    owner_id: UUID | None
    standing: Standing
    open_deals: Decimal
    bought: Decimal
    currency: str | None


# So many of the heaviest are looked at closer; of one member's all, since whose they are is seen only then.
WEIGHED = 200

# Candidates by a rough order; the rules decide about the few that are left.
_CANDIDATES = text("""
WITH trouble AS (
  SELECT company_id, contact_id, CASE WHEN due_at <= :now THEN 20 ELSE 2 END AS weight
    FROM promises
   WHERE kept_at IS NULL AND NOT is_history
     AND (due_at <= :now OR (started_at IS NULL AND due_at <= :risk_until))
  UNION ALL
  SELECT company_id, contact_id, 10 * severity
    FROM incidents
   WHERE resolved_at IS NULL AND deleted_at IS NULL AND NOT (kind = 'late' AND delivery_id IS NOT NULL)
  UNION ALL
  SELECT company_id, min(contact_id::text)::uuid, 1
    FROM orders
   WHERE deleted_at IS NULL AND company_id IS NOT NULL AND placed_at BETWEEN :silence_since AND :now
   GROUP BY company_id
  HAVING count(*) >= 4 AND :now - max(placed_at) > interval '14 days'
     AND :now - max(placed_at) > 2 * (max(placed_at) - min(placed_at)) / (count(*) - 1)
), candidates AS (
  SELECT v.id AS company_id, CASE WHEN v.id IS NULL THEN t.contact_id END AS contact_id,
         sum(weight) AS weight
    FROM trouble t
    LEFT JOIN companies v ON v.id = t.company_id
    LEFT JOIN contacts q ON v.id IS NULL AND q.id = t.contact_id
   WHERE v.deleted_at IS NULL AND q.deleted_at IS NULL AND (v.id IS NOT NULL OR q.id IS NOT NULL)
   GROUP BY 1, 2
   ORDER BY weight DESC, 1, 2
   LIMIT CASE WHEN CAST(:owner AS uuid) IS NULL THEN :weighed END
)
SELECT c.company_id, c.contact_id, coalesce(k.name, p.name, '') AS customer,
       coalesce(k.owner_id, CASE WHEN c.company_id IS NULL THEN p.owner_id END) AS owner_id,
       p.id, p.name, p.first_name, p.phone, p.email, p.call_consent, p.mail_consent,
       coalesce(d.amount, 0) AS open_deals, coalesce(o.amount, 0) AS bought,
       m.currency
  FROM candidates c
  LEFT JOIN companies k ON k.id = c.company_id
  LEFT JOIN LATERAL (
    SELECT * FROM contacts
     WHERE deleted_at IS NULL AND (id = c.contact_id OR company_id = c.company_id)
     ORDER BY phone IS NULL, email IS NULL,
              (SELECT max(placed_at) FROM orders WHERE contact_id = contacts.id) DESC NULLS LAST, id
     LIMIT 1) p ON true
  LEFT JOIN LATERAL (
    SELECT currency FROM (
      SELECT currency FROM orders
       WHERE deleted_at IS NULL AND placed_at > :year_ago AND status <> 'cancelled'
         AND (company_id = c.company_id OR (c.company_id IS NULL AND contact_id = c.contact_id))
      UNION ALL
      SELECT currency FROM deals
       WHERE deleted_at IS NULL AND outcome = 'open'
         AND (company_id = c.company_id OR (c.company_id IS NULL AND contact_id = c.contact_id))) used
     GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1) m ON true
  LEFT JOIN LATERAL (
    SELECT sum(amount) AS amount FROM deals
     WHERE deleted_at IS NULL AND outcome = 'open' AND currency IS NOT DISTINCT FROM m.currency
       AND (company_id = c.company_id OR (c.company_id IS NULL AND contact_id = c.contact_id))) d ON true
  LEFT JOIN LATERAL (
    SELECT sum(total) AS amount FROM orders
     WHERE deleted_at IS NULL AND placed_at > :year_ago AND status <> 'cancelled'
       AND currency IS NOT DISTINCT FROM m.currency
       AND (company_id = c.company_id OR (c.company_id IS NULL AND contact_id = c.contact_id))) o ON true
 WHERE k.deleted_at IS NULL AND (k.id IS NOT NULL OR p.id IS NOT NULL)
   AND (CAST(:owner AS uuid) IS NULL OR coalesce(k.owner_id, p.owner_id) = :owner)
 ORDER BY c.weight DESC, bought DESC, customer, c.company_id, c.contact_id
 LIMIT :most
""")


def in_need(owner: UUID | None = None, most: int = 6, actor: Actor | None = None) -> list[Relation]:
    """The customers that need somebody most as far as `actor` sees, the worst first; or those of `owner`."""
    calendar, at = calendars.current(), now()
    today = calendar.day_of(at)
    values = {
        "now": at,
        "risk_until": calendar.broken_at(calendar.after(today, 1)),
        "silence_since": at - timedelta(days=180),
        "year_ago": at - timedelta(days=365),
        "owner": owner,
        "weighed": WEIGHED,
        "most": most * 2,
    }
    rows = session.execute(within(actor, _CANDIDATES), values).all()
    events = events_of([Customer(row.company_id, row.contact_id) for row in rows], actor)
    found = [_relation(row, events[Customer(row.company_id, row.contact_id)], at, calendar) for row in rows]
    return [one for one in found if one.standing.state in {"broken", "risk"}][:most]


def _relation(row: Row[Any], events: Events, at: datetime, calendar: Calendar) -> Relation:
    somebody = person(row) if row.id is not None else None
    return Relation(
        "companies" if row.company_id else "contacts",
        row.company_id or row.contact_id,
        row.customer,
        row.owner_id,
        assess(events, somebody, at, calendar),
        row.open_deals,
        row.bought,
        row.currency,
    )
