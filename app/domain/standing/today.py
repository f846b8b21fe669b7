"""What the home page of a workspace says: one's day, promises kept, pipeline, news."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.records.fences import gathered, within
from tenants.session import session

WORKING_DAYS = 30


@dataclass(frozen=True)
class Kept:
    """One working day's promises: how many were due then, how many of those were kept in time."""

    day: date
    due: int
    kept: int


@dataclass(frozen=True)
class StageSum:
    """The open deals of one stage, or those won this month (`outcome` won), in one currency."""

    stage_id: UUID
    name: str
    outcome: str
    deals: int
    amount: Decimal
    weighted: Decimal


_KEPT = text("""
SELECT coalesce(due_on, ((due_at - interval '1 microsecond') AT TIME ZONE :zone)::date) AS day,
       count(*) AS due, count(*) FILTER (WHERE kept_at < due_at) AS kept
  FROM promises
 WHERE due_at > :since AND due_at <= :now AND NOT (is_history AND kept_at IS NULL)
 GROUP BY 1 ORDER BY 1
""")

_PIPELINE = text("""
SELECT s.id AS stage_id, s.name, s.outcome, count(d.id) AS deals,
       coalesce(sum(d.amount), 0) AS amount,
       coalesce(sum(d.amount * coalesce(d.probability, s.probability) / 100), 0) AS weighted
  FROM stages s
  JOIN pipelines p ON p.id = s.pipeline_id AND p.is_default
  LEFT JOIN deals d ON d.stage_id = s.id AND d.deleted_at IS NULL
       AND (d.currency = :currency OR d.currency IS NULL)
       AND (s.outcome = 'open' OR d.closed_at >= :month)
 WHERE s.outcome <> 'lost'
 GROUP BY s.id ORDER BY s.position
""")

_DAY = text("""
SELECT a.id, a.version, a.type, a.subject, a.due_at, a.done_at, a.is_promise,
       k.id AS company_id, p.id AS contact_id,
       coalesce(k.name, '') AS company, coalesce(p.name, '') AS contact
  FROM activities a
  LEFT JOIN companies k ON k.id = a.company_id
  LEFT JOIN contacts p ON p.id = a.contact_id
 WHERE a.deleted_at IS NULL AND a.owner_id = :member
   AND ((a.done_at IS NULL AND a.due_at < :until) OR (a.done_at >= :since AND a.due_at >= :since))
 ORDER BY a.due_at, a.id LIMIT 30
""")

# Facts of records that are gone say nothing any more; `search` knows every record.
_NEWS = text("""
SELECT f.id, f.at, f.actor_kind, f.actor_id, f.actor_name, f.door, f.verb, f.object, f.record_id, f.title,
       f.fields, f.data, f.rows_count
  FROM facts f
 WHERE ((f.record_id IS NULL AND NOT :one_by_one)
        OR EXISTS (SELECT FROM search s WHERE s.record_id = f.record_id))
   AND f.actor_id IS DISTINCT FROM :member AND NOT (f.door = 'demo' AND f.record_id IS NULL)
   AND NOT (f.door = 'clock' AND f.verb = ANY('{created,worked_out}'))
   AND f.object = ANY(CAST(:objects AS text[]))
 ORDER BY f.id DESC LIMIT :most
""")

_EMPTY = text("SELECT NOT EXISTS (SELECT FROM search)")


def kept_by_day(actor: Actor | None = None) -> list[Kept]:
    """The last 30 working days, oldest first; promises of other days count for the working day after."""
    calendar, at = calendars.current(), now()
    today = calendar.day_of(at)
    first = calendar.before(today, WORKING_DAYS)
    values = {"now": at, "since": calendar.end_of(first), "zone": calendar.zone.key}
    sums: dict[date, tuple[int, int]] = {}
    for row in session.execute(gathered(actor, _KEPT), values):
        day = row.day if calendar.is_working(row.day) else calendar.after(row.day, 1)
        due, kept = sums.get(day, (0, 0))
        sums[day] = due + row.due, kept + row.kept
    return [Kept(day, *sums[day]) for day in sorted(sums)]


def pipeline(currency: str, actor: Actor | None = None) -> list[StageSum]:
    """The stages of the default pipeline with their open deals in `currency`, and what was won this month."""
    calendar = calendars.current()
    month = calendar.start_of(calendar.day_of(now()).replace(day=1))
    rows = session.execute(gathered(actor, _PIPELINE), {"currency": currency, "month": month}).mappings()
    return [StageSum(**row) for row in rows]


def my_day(member_id: UUID, actor: Actor | None = None) -> Sequence[Any]:
    """The member's activities that are overdue or due today, those done today included, in their order."""
    calendar = calendars.current()
    today = calendar.day_of(now())
    values = {
        "member": member_id,
        "since": calendar.start_of(today),
        "until": calendar.end_of(today),
    }
    return session.execute(within(actor, _DAY), values).all()


def news(
    member_id: UUID | None, objects: Sequence[str], most: int = 6, actor: Actor | None = None
) -> Sequence[Any]:
    """The latest facts that others made about records of `objects`, of many at once where all are seen."""
    values = {"member": member_id, "objects": list(objects), "most": most}
    limited = actor is not None and actor.grants is not None
    return session.execute(within(actor, _NEWS), values | {"one_by_one": limited}).all()


def is_empty() -> bool:
    """Whether the workspace has no record at all."""
    return bool(session.scalar(_EMPTY))
