"""What cases do by themselves: their clocks start, their status and their end agree."""

from app.core.actor import Actor
from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.calendar.rules import Calendar
from app.domain.cases.rules import SOLVED, clocks, settled
from app.records.types import Behaviour, Change

_CLOCKS = ("first_answer_due_at", "resolution_due_at")


class CaseBehaviour(Behaviour):
    """A case is a promise to answer and to solve."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Start the clocks of new cases, wind them again with the priority; imported history has none."""
        calendar = calendars.current()
        for change in changes:
            named = frozenset(change.values)
            stand_in = None if change.quiet else now()
            change.values |= settled(change.value("status"), change.value("resolved_at"), named, stand_in)
            if not change.quiet and (change.is_new or change.changes("priority")):
                _wind(change, calendar)


def _wind(change: Change, calendar: Calendar) -> None:
    if change.value("status") in SOLVED:
        return
    opened_at = change.before["created_at"] if change.before else now()
    for name, due in clocks(change.value("priority"), opened_at, calendar).items():
        if change.values.get(name) is None:
            change.values[name] = due
