"""Who is being served in a process and what each took of it lately: rules without threads."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Event

# Who was served within this time counts as being there.
PRESENT_SECONDS = 10.0
# What lies so far back counts half: whoever works without rest took some 2.9 s lately.
HALF_LIFE_SECONDS = 2.0
# Who took more than this lately, and so many times what another took who is there, is heavy.
MUCH_SECONDS, TIMES = 0.6, 1.5


@dataclass(eq=False)
class Guest:
    """One company: what it has at work, who of it stands in line, and what it took lately, in seconds.

    `busy` are those at work whose places are not lent. Who does not linger is there only while it is served.
    """

    lingers: bool = True
    at_work: int = 0
    busy: int = 0
    is_heavy: bool = False
    line: deque[Event] = field(default_factory=deque)
    taken: float = 0.0
    seen: float = -math.inf

    def took(self, seconds: float, now: float) -> None:
        """Add to what was taken; it fades."""
        self.taken, self.seen = self.lately(now) + seconds, now

    def lately(self, now: float) -> float:
        """What was taken, as it counts now."""
        return self.taken * math.exp2((self.seen - now) / HALF_LIFE_SECONDS) if self.taken else 0.0

    def is_present(self, now: float) -> bool:
        """Whether it is being served, waits to be, or was a moment ago."""
        return bool(self.at_work or self.line) or (self.lingers and now - self.seen <= PRESENT_SECONDS)


@dataclass(eq=False)
class Stay:
    """One place that is held, since an instant of the clock; `is_lent` where another has it meanwhile.

    `spent` is what its thread had cost before, `gave_way` the seconds that it let others go first.
    """

    guest: Guest
    since: float
    spent: float
    is_lent: bool = False
    gave_way: float = 0.0


def weigh(guests: Iterable[Guest], now: float) -> int:
    """Tell each guest whether it is heavy: it took much, another there far less; how many are there."""
    took = [(each, each.lately(now)) for each in guests if each.is_present(now)]
    most = max(MUCH_SECONDS, TIMES * min((seconds for _, seconds in took), default=0.0))
    for each, seconds in took:
        each.is_heavy = seconds > most
    return len(took)
