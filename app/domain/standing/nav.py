"""What the side bar counts, in one statement that stops counting at a hundred."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.records.fences import within
from tenants import direct

MOST = 100

_COUNTS = text("""
SELECT (SELECT count(*) FROM (
          SELECT FROM deliveries WHERE delivered_at IS NULL AND deleted_at IS NULL AND due_at <= :now
             AND NOT is_history AND status NOT IN ('delivered', 'cancelled', 'returned')
           LIMIT :most) x) AS late,
       (SELECT count(*) FROM (
          SELECT FROM incidents WHERE resolved_at IS NULL AND deleted_at IS NULL LIMIT :most) x) AS incidents,
       (SELECT count(*) FROM (
          SELECT FROM cases WHERE resolved_at IS NULL AND deleted_at IS NULL
             AND status NOT IN ('resolved', 'closed') LIMIT :most) x) AS cases,
       (SELECT count(*) FROM (
          SELECT FROM activities WHERE done_at IS NULL AND deleted_at IS NULL AND owner_id = :member
             AND due_at < :tomorrow LIMIT :most) x) AS mine,
       (SELECT count(*) FROM (
          SELECT FROM threads WHERE awaits = 'us' AND state = 'open' AND deleted_at IS NULL
           LIMIT :most) x) AS messages,
       (SELECT count(*) FROM (
          SELECT FROM notices WHERE member_id = :member AND read_at IS NULL LIMIT :most) x) AS notices
""")


@dataclass(frozen=True)
class Counts:
    """Late deliveries, open incidents and cases, the member's due activities, customers who wait for an
    answer, unread notices; 100 = many."""

    late: int
    incidents: int
    cases: int
    mine: int
    messages: int
    notices: int


def counts(member_id: UUID | None, actor: Actor | None = None) -> Counts:
    """The present counts of what `actor` sees."""
    calendar, at = calendars.current(), now()
    values = {
        "now": at,
        "tomorrow": calendar.end_of(calendar.day_of(at)),
        "member": member_id,
        "most": MOST,
    }
    (counted,) = direct.rows(within(actor, _COUNTS), values)
    return Counts(*counted)
