"""Whether what an import would add fits into the plan, said before it begins."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Problem
from app.core.text import N_
from app.domain.plans import actions as plans

NO_ROOM = N_(
    "This import adds %(more)s records, and the plan has room for %(room)s more. Choose a larger plan under"
    " Settings, Plan and usage, or import fewer rows."
)


def problem(result: Mapping[str, Any]) -> Problem | None:
    """What is wrong with the sums of a dry run, where the plan has no room for them."""
    more = added(result.get("check", {}))
    room = plans.room("records") if more else None
    if room is None or more <= room:
        return None
    return Problem("file", "no_room", NO_ROOM, {"more": more, "room": room})


def added(sums: Mapping[str, Any]) -> int:
    """The records that the dry run would have made, those beside the rows' own included."""
    also: Mapping[str, int] = sums.get("also", {})
    beside = sum(number for name, number in also.items() if name.endswith(" created"))
    return int(sums.get("states", {}).get("created", 0)) + beside
