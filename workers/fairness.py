"""How many jobs of whom are sent next: pure rules, no database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.core.queue import LIMITS, Limit

Lane = tuple[str, str]
"""A tenant and a queue."""


OTHER = Limit(1, 8)


def shares(
    waiting: Sequence[tuple[str, str, datetime]], in_flight: Mapping[Lane, int]
) -> list[tuple[str, str, int]]:
    """(tenant, queue, number to send) from (tenant, queue, due since) and what is sent already.

    Room is given one by one: to whom has least in flight, then to whom waits longest.
    """
    by_queue: dict[str, list[tuple[int, datetime, str]]] = defaultdict(list)
    for tenant, queue, since in waiting:
        by_queue[queue].append((in_flight.get((tenant, queue), 0), since, tenant))
    return [
        (tenant, queue, number)
        for queue, lanes in by_queue.items()
        for tenant, number in _divided(queue, sorted(lanes), in_flight).items()
    ]


def _divided(
    queue: str, lanes: list[tuple[int, datetime, str]], in_flight: Mapping[Lane, int]
) -> dict[str, int]:
    limit = LIMITS.get(queue, OTHER)
    room = limit.in_all - sum(number for (_, other), number in in_flight.items() if other == queue)
    given: dict[str, int] = defaultdict(int)
    for held in range(limit.per_tenant):
        for sent, _, tenant in lanes:
            if room > 0 and sent <= held:
                given[tenant] += 1
                room -= 1
    return given
