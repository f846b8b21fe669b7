"""A trial's days: when somebody is told, and when it is over. Pure."""

from datetime import datetime, timedelta

# So many days before the end its owners are told by mail.
WARNED_DAYS = (7, 1, 0)


def ends_at(began: datetime, days: int) -> datetime | None:
    """When a trial of so many days ends; None where there is none."""
    return began + timedelta(days=days) if days else None


def days_left(ends: datetime, at: datetime) -> int:
    """Whole days until the end, begun ones counted: 0 means that it is over, or within the hour."""
    return max(0, -((at - ends) // timedelta(days=1)))


def is_over(ends: datetime | None, at: datetime) -> bool:
    """Whether the trial has ended."""
    return ends is not None and at >= ends


def warning(ends: datetime, at: datetime) -> int | None:
    """The warning of WARNED_DAYS that is due at `at`; None before the first. One mail each is enough."""
    if is_over(ends, at):
        return 0
    left = days_left(ends, at)
    due = [days for days in WARNED_DAYS if days and left <= days]
    return min(due, default=None)
