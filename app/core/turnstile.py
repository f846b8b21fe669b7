"""Who is served next in this process, so that one company at full speed leaves the others their share."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.core.errors import LimitReached
from app.core.text import N_

# The interpreter runs one of them, the others wait for a database: more would only take turns.
PLACES = 2
# How many of one company stand in line; who comes after that is asked to come again.
LINE = 24
PATIENCE_SECONDS = 10.0
# Who was served within this time counts as being there.
PRESENT_SECONDS = 1.0
HALF_LIFE_SECONDS = 2.0
# Whoever is at work for so long waits for a database and leaves the interpreter alone: another takes the
# place meanwhile, at most so often.
LONG_SECONDS = 1.0
MOST_LENT = 64

CROWDED = N_("Too much is asked for at once by this workspace. Please wait a moment and try again.")


@dataclass
class _Guest:
    """One company: what it has at work, who of it stands in line, and what it took lately, in seconds."""

    at_work: int = 0
    line: deque[threading.Event] = field(default_factory=deque)
    taken: float = 0.0
    seen: float = 0.0

    def took(self, seconds: float, now: float) -> None:
        """Add to what was taken; what lies back counts half after HALF_LIFE_SECONDS."""
        self.fade(now)
        self.taken += seconds

    def fade(self, now: float) -> None:
        """Let what was taken count less as time passes."""
        self.taken *= 0.5 ** ((now - self.seen) / HALF_LIFE_SECONDS)
        self.seen = now


@dataclass(eq=False)
class _Stay:
    """One place that is held, since an instant of the clock; `is_lent` where another has it meanwhile."""

    since: float
    is_lent: bool = False


class Turnstile:
    """Lets requests through by fair shares of time.

    A company that is alone has every place. Where several are there, the one that took most lately has one
    place at a time and the others leave one free for newcomers; a place that comes free goes to who took
    least. Order within a company is the order of coming.
    """

    def __init__(
        self, places: int = PLACES, line: int = LINE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._places, self._most, self._clock = places, line, clock
        self._lock = threading.Lock()
        self._guests: dict[str, _Guest] = {}
        self._free = places
        self._stays: set[_Stay] = set()

    @contextmanager
    def passed(self, who: str) -> Iterator[None]:
        """Hold a place for `who` within the block; raises LimitReached where the line is too long."""
        self._wait(who)
        stay = self._stay()
        try:
            yield
        finally:
            self._leave(who, self._clock() - stay.since, stay)

    def standing(self, who: str) -> tuple[int, int]:
        """How many of `who` are at work and in line."""
        with self._lock:
            guest = self._guests.get(who)
            return (guest.at_work, len(guest.line)) if guest else (0, 0)

    def _wait(self, who: str) -> None:
        called = threading.Event()
        with self._lock:
            guest = self._come(who)
            if len(guest.line) >= self._most:
                raise LimitReached(CROWDED, retry_after=1)
            guest.line.append(called)
            self._call()
        if self._called(called):
            return
        with self._lock:
            if called.is_set():
                return
            guest.line.remove(called)
        raise LimitReached(CROWDED, retry_after=2)

    def _called(self, called: threading.Event) -> bool:
        """Whether one was called in time; whoever waits sees to it that no place is held for nothing."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not called.wait(LONG_SECONDS):
            if time.monotonic() >= until:
                return False
            with self._lock:
                self._lend()
        return True

    def _lend(self) -> None:
        """Open another place for each that is held for long."""
        lent = sum(stay.is_lent for stay in self._stays)
        for stay in self._stays:
            if not stay.is_lent and lent < MOST_LENT and self._clock() - stay.since >= LONG_SECONDS:
                stay.is_lent = True
                lent += 1
                self._free += 1
        self._call()

    def _stay(self) -> _Stay:
        stay = _Stay(self._clock())
        with self._lock:
            self._stays.add(stay)
        return stay

    def _leave(self, who: str, seconds: float, stay: _Stay | None = None) -> None:
        with self._lock:
            guest = self._guests[who]
            guest.at_work -= 1
            guest.took(seconds, self._clock())
            if stay is not None:
                self._stays.discard(stay)
            if stay is None or not stay.is_lent:
                self._free += 1
            self._call()

    def _come(self, who: str) -> _Guest:
        now = self._clock()
        guest = self._guests.get(who)
        if guest is None:
            self._forget_absent(now)
            guest = self._guests[who] = _Guest(seen=now)
        guest.fade(now)
        return guest

    def _forget_absent(self, now: float) -> None:
        for name, guest in list(self._guests.items()):
            if not guest.at_work and not guest.line and now - guest.seen > PRESENT_SECONDS:
                del self._guests[name]

    def _call(self) -> None:
        """Give free places to those who may have them."""
        while self._free and (guest := self._next()) is not None:
            guest.at_work += 1
            self._free -= 1
            guest.line.popleft().set()

    def _next(self) -> _Guest | None:
        waiting = [guest for guest in self._guests.values() if guest.line]
        if not waiting:
            return None
        now = self._clock()
        present = [each for each in self._guests.values() if _is_present(each, now)]
        if len(present) == 1:
            return present[0]
        greediest = max(present, key=lambda guest: guest.taken)
        may = [
            guest
            for guest in waiting
            if guest.at_work < (1 if guest is greediest else max(1, self._places - 1))
        ]
        return min(may, key=lambda guest: (guest.at_work > 0, guest.taken), default=None)


def _is_present(guest: _Guest, now: float) -> bool:
    return bool(guest.at_work or guest.line) or now - guest.seen <= PRESENT_SECONDS
