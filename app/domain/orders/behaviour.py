"""What orders and their lines do by themselves: totals, positions, the order's date."""

from collections import Counter
from typing import Any

from app.core.actor import Actor
from app.core.clock import now
from app.domain.orders.actions import recompute_totals
from app.domain.orders.queries import last_positions, with_lines
from app.domain.orders.rules import amount_problem
from app.records.types import Behaviour, Change


class OrderBehaviour(Behaviour):
    """A total that comes in is what somebody stated; the one that counts is the sum of the lines."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Keep stated totals beside computed ones; an order without a date was placed now."""
        summed = with_lines([change.record_id for change in changes if not change.is_new])
        for change in changes:
            if change.values.get("total"):
                change.values["stated_total"] = change.values["total"]
            if change.record_id in summed:
                change.values.pop("total", None)
            if change.is_new and not change.quiet and not change.values.get("placed_at"):
                change.values["placed_at"] = now()


class OrderLineBehaviour(Behaviour):
    """Lines stand in an order and make its total."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Number new lines behind those there are; refuse amounts that nobody could sum up."""
        waiting = [change for change in changes if change.is_new and not change.values.get("position")]
        parents = {parent for change in waiting if (parent := _parent(change))}
        taken = Counter(last_positions(parents))
        for change in waiting:
            parent = _parent(change)
            taken[parent] += 1
            change.values["position"] = taken[parent]
        for change in changes:
            if problem := amount_problem(change.value("quantity"), change.value("unit_price")):
                change.problems.append(problem)

    def stored(self, actor: Actor, changes: list[Change]) -> None:
        """Sum up every order that a line came to, left or changed in."""
        touched = {
            values["order_id"]
            for change in changes
            for values in (change.before or {}, change.after)
            if values.get("order_id")
        }
        recompute_totals(touched)


def _parent(change: Change) -> Any:
    return change.values.get("order_id") or change.values.get("deal_id")
