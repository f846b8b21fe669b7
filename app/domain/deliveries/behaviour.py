"""What deliveries do by themselves: the due instant, the timer, the end of a delay."""

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.calendar.rules import Calendar
from app.domain.deliveries.endings import end_delays
from app.domain.deliveries.rules import due_at, is_history, is_watched, settled
from app.domain.deliveries.timers import set_timers
from app.records.types import Behaviour, Change

_WATCHED = ("promised_on", "due_at", "delivered_at", "status", "is_history", "deleted_at")


class DeliveryBehaviour(Behaviour):
    """A delivery is a promise: it breaks by itself and heals when it is kept, moved or called off."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Make status and times agree, and derive when the promise breaks."""
        calendar = calendars.current()
        for change in changes:
            _settle(change)
            _derive(change, calendar)

    def stored(self, actor: Actor, changes: list[Change]) -> None:
        """Wind the timers anew and end the delays that are over."""
        moved = [change.after | {"id": change.record_id} for change in changes if _moves(change)]
        set_timers(moved)
        end_delays(actor, moved)


def _settle(change: Change) -> None:
    stand_in = None if change.quiet else now()
    status, shipped, delivered = (change.value(name) for name in ("status", "shipped_at", "delivered_at"))
    change.values |= settled(status, shipped, delivered, frozenset(change.values), stand_in)


def _derive(change: Change, calendar: Calendar) -> None:
    if change.is_new or change.changes("promised_on"):
        change.values["due_at"] = due_at({"promised_on": change.value("promised_on")}, calendar)
    due = change.value("due_at")
    if change.is_new:
        change.values["is_history"] = change.quiet and is_history(due, change.value("delivered_at"), now())
    elif change.quiet:
        # What an import first tells of the past is history; what is waited for already stays so.
        if change.changes("promised_on") and not is_watched(change.before or {}):
            change.values["is_history"] = is_history(due, change.value("delivered_at"), now())
    elif change.value("is_history") and due is not None and due > now():
        # A promise made anew is no history.
        change.values["is_history"] = False


def _moves(change: Change) -> bool:
    if change.is_new or change.verb in {"trashed", "restored"}:
        return True
    before = change.before or {}
    return any(before.get(name) != change.after.get(name) for name in _WATCHED)
