"""What incidents fill in by themselves."""

from app.core.actor import Actor
from app.core.clock import now
from app.core.queue import Staged, enqueue_many
from app.domain.incidents.queries import open_late, order_numbers
from app.domain.incidents.rules import second_delay, times_problem
from app.records.types import Behaviour, Change

# The customer is written to about it; samples and imported history are nobody's news.
OPENED_JOB, RESOLVED_JOB = "incidents.opened", "incidents.resolved"


class IncidentBehaviour(Behaviour):
    """An incident knows when and through which door it was opened, what to be called, and who is to know."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Fill opening and subject; refuse an end before the beginning and a delay that is open already."""
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
        _refuse_second_delays([change for change in changes if _opens_delay(change)])

    def stored(self, actor: Actor, changes: list[Change]) -> None:
        """Stage what is written to customers about incidents that opened or ended."""
        if actor.door == "demo":
            return
        told = ((change, _news(change)) for change in changes if not change.quiet)
        enqueue_many(
            [
                Staged(
                    name,
                    {"incident_id": str(change.record_id)},
                    queue="mail",
                    key=f"{name}:{change.record_id}",
                )
                for change, name in told
                if name
            ]
        )


def _news(change: Change) -> str | None:
    resolved = change.value("resolved_at") is not None
    if change.is_new:
        return None if resolved else OPENED_JOB
    return RESOLVED_JOB if resolved and change.changes("resolved_at") else None


def _opens_delay(change: Change) -> bool:
    return (
        change.value("kind") == "late"
        and change.value("delivery_id") is not None
        and change.value("resolved_at") is None
        and change.changes("kind", "delivery_id", "resolved_at")
    )


def _refuse_second_delays(changes: list[Change]) -> None:
    known = open_late({change.value("delivery_id") for change in changes})
    for change in changes:
        holder = known.setdefault(change.value("delivery_id"), change.record_id)
        if holder != change.record_id:
            change.problems.append(second_delay(holder))


def _name(changes: list[Change]) -> None:
    """Without a subject of its own an incident is called by its order's number."""
    numbers = order_numbers(
        {change.values["order_id"] for change in changes if change.values.get("order_id")}
    )
    for change in changes:
        if change.values.get("order_id") in numbers:
            change.values["subject"] = numbers[change.values["order_id"]]
