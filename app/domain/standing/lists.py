"""The standing of many customers at once, for tables: one statement, little to do in Python."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import TextClause, text

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.standing.rules.thread import DAYS_AHEAD, DAYS_BACK
from app.records.fences import within
from tenants import direct

By = Literal["company_id", "contact_id"]


@dataclass(frozen=True, slots=True)
class Summary:
    """One customer in a table: `codes` holds one letter per mark (k kept, b broken, r at risk, p planned,
    e unknown), `days` its day relative to today; `late` counts broken promises, `incidents` other open ones,
    `risks` promises at risk, the first due in `risk_in` days.
    """

    days: tuple[int, ...]
    codes: str
    late: int
    incidents: int
    kind: str | None
    risks: int
    risk_in: int | None


_STATEMENT = """
WITH promised AS (
  SELECT CUSTOMER AS customer, due_at, kept_at, started_at, is_history,
         coalesce(due_on, ((due_at - interval '1 microsecond') AT TIME ZONE :zone)::date) AS due_day
    FROM promises
   WHERE CUSTOMER = ANY(CAST(:ids AS uuid[]))
     AND (due_at BETWEEN :since AND :until OR (kept_at IS NULL AND NOT is_history AND due_at < :since))
), marked AS (
  SELECT customer,
         CASE WHEN kept_at < due_at THEN (kept_at AT TIME ZONE :zone)::date ELSE due_day END AS day,
         CASE WHEN kept_at < due_at THEN 'k'
              WHEN kept_at IS NOT NULL THEN 'b'
              WHEN due_at <= :now THEN CASE WHEN is_history THEN 'e' ELSE 'b' END
              WHEN due_day < :today OR (started_at IS NULL AND due_day <= :risk_day) THEN 'r'
              ELSE 'p' END AS code,
         kept_at IS NULL AND due_at <= :now AND NOT is_history AS late,
         NULL::text AS kind
    FROM promised
  UNION ALL
  SELECT CUSTOMER, (opened_at AT TIME ZONE :zone)::date, 'b', false,
         CASE WHEN resolved_at IS NULL THEN kind END
    FROM incidents
   WHERE CUSTOMER = ANY(CAST(:ids AS uuid[])) AND deleted_at IS NULL
     AND (opened_at > :since OR resolved_at IS NULL) AND NOT (kind = 'late' AND delivery_id IS NOT NULL)
)
SELECT customer, array_agg(day - CAST(:today AS date) ORDER BY day) AS days,
       string_agg(code, '' ORDER BY day) AS codes,
       count(*) FILTER (WHERE late) AS late, count(kind) AS incidents, min(kind) AS kind,
       count(*) FILTER (WHERE code = 'r') AS risks,
       (min(day) FILTER (WHERE code = 'r')) - CAST(:today AS date) AS risk_in
  FROM marked
 GROUP BY customer
"""
_BY: dict[By, TextClause] = {
    "company_id": text(_STATEMENT.replace("CUSTOMER", "company_id")),
    "contact_id": text(_STATEMENT.replace("CUSTOMER", "contact_id")),
}


def summaries(by: By, ids: Collection[UUID], actor: Actor | None = None) -> dict[UUID, Summary]:
    """The summary of each of these companies or contacts of which anything is known to `actor`."""
    if not ids:
        return {}
    calendar = calendars.current()
    at = now()
    today = calendar.day_of(at)
    values = {
        "ids": list(ids),
        "zone": calendar.zone.key,
        "now": at,
        "today": today,
        "risk_day": calendar.after(today, 1),
        "since": calendar.start_of(_shift(today, -DAYS_BACK)),
        "until": calendar.end_of(_shift(today, DAYS_AHEAD)),
    }
    return {
        row.customer: Summary(
            tuple(row.days), row.codes, row.late, row.incidents, row.kind, row.risks, row.risk_in
        )
        for row in direct.rows(within(actor, _BY[by]), values)
    }


def _shift(day: date, days: int) -> date:
    return day + timedelta(days=days)
