"""What incidents fill in by themselves."""

from app.core.actor import Actor
from app.core.clock import now
from app.domain.incidents.queries import order_numbers
from app.domain.incidents.rules import times_problem
from app.records.types import Behaviour, Change


class IncidentBehaviour(Behaviour):
    """An incident knows when and through which door it was opened, and what to be called."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Fill opening and subject; refuse an end before the beginning."""
        _name([change for change in changes if change.is_new and not change.values.get("subject")])
        for change in changes:
            if change.is_new:
                change.values["opened_at"] = change.values.get("opened_at") or now()
                change.values["opened_door"] = actor.door
            elif change.changes("resolved_at"):
                change.verb = "resolved" if change.values["resolved_at"] else "reopened"
            problem = times_problem(change.value("opened_at"), change.value("resolved_at"))
            if problem:
                change.problems.append(problem)


def _name(changes: list[Change]) -> None:
    """Without a subject of its own an incident is called by its order's number."""
    numbers = order_numbers(
        {change.values["order_id"] for change in changes if change.values.get("order_id")}
    )
    for change in changes:
        if change.values.get("order_id") in numbers:
            change.values["subject"] = numbers[change.values["order_id"]]
