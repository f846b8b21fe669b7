"""What a deal does by itself: stage, outcome, probability and end go together."""

from datetime import UTC, datetime, time
from typing import Any

from app.core.actor import Actor
from app.core.clock import now
from app.domain.deals import rules
from app.domain.deals.queries import steps
from app.records.types import Behaviour, Change

_TOLD = ("stage_id", "outcome", "probability", "closed_at")


class DealBehaviour(Behaviour):
    """Stages close and reopen deals; an outcome moves a deal to the stage that means it."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        moving = [c for c in changes if c.is_new or c.changes("stage_id", "outcome")]
        known = steps() if moving else []
        for change in moving:
            values = {name: change.value(name) for name in _TOLD}
            if not change.is_new:
                values["closed_at"] = None  # the end belongs to the outcome that was
            named = frozenset(
                n for n in _TOLD if change.values.get(n) is not None and (change.is_new or change.changes(n))
            )
            change.values.update(rules.settled(known, values, named, _end(change)))


def _end(change: Change) -> datetime:
    """Now; for imported history the day the deal was expected to close, if that has passed."""
    expected: Any = change.value("close_on")
    if change.quiet and expected and expected < now().date():
        return datetime.combine(expected, time(), UTC)
    return now()
