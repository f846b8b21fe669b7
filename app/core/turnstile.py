"""Who is served next in this process, so that one company at full speed leaves the others their share."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.core.errors import LimitReached
from app.core.guests import Guest, Stay, weigh
from app.core.text import N_
from tenants import stopwatch

# The interpreter runs one of them, the others wait for a database: more would only take turns.
PLACES = 2
# How many of one company stand in line; who comes after that is asked to come again.
LINE = 24
PATIENCE_SECONDS = 10.0
# Whoever is at work for so long waits for a database and leaves the interpreter alone: another takes the
# place meanwhile, at most so often.
LONG_SECONDS = 1.0
MOST_LENT = 64
# A heavy one keeps its answer back so many times as long as it worked, but no longer than this;
REST_TIMES, REST_SECONDS = 2, 0.5
# nor lets it others go first for longer in all.
WAY_SECONDS = 0.25
# So long at once it lets others go first.
YIELD_SECONDS = 0.1

CROWDED = N_("Too much is asked for at once by this workspace. Please wait a moment and try again.")


class Turnstile:
    """Lets requests through by fair shares of time.

    A company that is alone has every place. Where several are there, each leaves one free for newcomers, and
    a place that comes free goes to who took least. Who took much lately is heavy while another is there who
    took little: the heavy have half of the places together, each request of theirs gives way, between two
    questions to a database, to those of others at work, and then rests twice as long as it worked. So who
    takes little finds a process, and the machine, mostly idle. Where all take alike nobody is heavy.
    Order within a company is the order of coming.
    """

    def __init__(
        self,
        places: int = PLACES,
        line: int = LINE,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = stopwatch.spent,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._places, self._most = places, line
        self._clock, self._spent, self._sleep = clock, spent, sleep
        self._lock = threading.Lock()
        self._calm = threading.Condition(self._lock)
        self._guests: dict[str, Guest] = {}
        self._stays: set[Stay] = set()
        self._free, self._resting = places, 0

    @contextmanager
    def passed(self, who: str, *, lingers: bool = True) -> Iterator[None]:
        """Hold a place for `who` within the block; raises LimitReached where the line is too long.

        Who `lingers` counts as being there for some seconds after.
        """
        stay = self._stay(self._admitted(who, lingers))
        try:
            with stopwatch.between(lambda: self._give_way(stay)):
                yield
        finally:
            self._leave(stay)

    def standing(self, who: str) -> tuple[int, int]:
        """How many of `who` are at work and in line."""
        with self._lock:
            guest = self._guests.get(who)
            return (guest.at_work, len(guest.line)) if guest else (0, 0)

    def _admitted(self, who: str, lingers: bool) -> Guest:
        called = threading.Event()
        with self._lock:
            guest = self._come(who, lingers)
            if len(guest.line) >= self._most:
                raise LimitReached(CROWDED, retry_after=1)
            guest.line.append(called)
            self._call()
        if self._called(called):
            return guest
        with self._lock:
            if called.is_set():
                return guest
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
                stay.guest.busy -= 1
                lent += 1
                self._free += 1
        self._call()

    def _stay(self, guest: Guest) -> Stay:
        stay = Stay(guest, self._clock(), self._spent())
        with self._lock:
            self._stays.add(stay)
        return stay

    def _give_way(self, stay: Stay) -> None:
        """Called between two questions to a database: the heavy wait while others are at work."""
        if not stay.guest.is_heavy or stay.gave_way >= WAY_SECONDS:
            return
        began = time.monotonic()
        with self._lock:
            self._calm.wait_for(self._is_calm, YIELD_SECONDS)
        stay.gave_way += time.monotonic() - began

    def _is_calm(self) -> bool:
        return all(stay.guest.is_heavy or stay.is_lent for stay in self._stays)

    def _leave(self, stay: Stay) -> None:
        guest, seconds = stay.guest, self._spent() - stay.spent
        with self._lock:
            self._stays.discard(stay)
            guest.at_work -= 1
            guest.busy -= not stay.is_lent
            guest.took(seconds, self._clock())
            self._free += not stay.is_lent
            weigh(self._guests.values(), self._clock())
            rests = guest.is_heavy
            self._resting += rests
            self._call()
            self._calm.notify_all()
        if rests:
            self._rest(min(REST_TIMES * seconds, REST_SECONDS))

    def _rest(self, seconds: float) -> None:
        """Keep the answer back, and with it the place among the heavy."""
        self._sleep(seconds)
        with self._lock:
            self._calm.wait_for(self._is_calm, YIELD_SECONDS)
            self._resting -= 1
            self._call()

    def _come(self, who: str, lingers: bool) -> Guest:
        now = self._clock()
        guest = self._guests.get(who)
        if guest is None:
            self._forget_absent(now)
            guest = self._guests[who] = Guest(lingers)
        guest.took(0, now)
        return guest

    def _forget_absent(self, now: float) -> None:
        for name, guest in list(self._guests.items()):
            if not guest.is_present(now):
                del self._guests[name]

    def _call(self) -> None:
        """Give free places to those who may have them: of these to who took least."""
        waiting = [each for each in self._guests.values() if each.line] if self._free else []
        if not waiting:
            return
        now = self._clock()
        is_alone = weigh(self._guests.values(), now) == 1
        while self._free and (may := [each for each in waiting if each.line and self._may(each, is_alone)]):
            guest = min(may, key=lambda each: (each.busy > 0, each.lately(now)))
            guest.at_work += 1
            guest.busy += 1
            self._free -= 1
            guest.line.popleft().set()

    def _may(self, guest: Guest, is_alone: bool) -> bool:
        """Whether one more of the guest may have a place while there is one."""
        if guest.at_work >= self._places:
            # What is lent is for others: more of the same would wait for the same databases.
            return False
        if is_alone:
            return True
        if guest.is_heavy:
            held = self._resting + sum(each.busy for each in self._guests.values() if each.is_heavy)
            return held < max(1, self._places // 2)
        return guest.busy < max(1, self._places - 1)
