"""Fair shares of a process: nobody waits behind another company's flood."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from app.core import turnstile as turnstiles
from app.core.errors import LimitReached
from app.core.turnstile import REST_SECONDS, YIELD_SECONDS, Turnstile
from tenants import stopwatch

GENEROUS_SECONDS = 60.0


class Clock:
    """Time that passes by work and by rest, not by itself."""

    def __init__(self) -> None:
        self.now, self.rests = 100.0, list[float]()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def _machine_may_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody in line goes away because others take long to come."""
    monkeypatch.setattr(turnstiles, "PATIENCE_SECONDS", GENEROUS_SECONDS)


@pytest.fixture
def long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gives way does so until it is calm, not until a moment is over."""
    monkeypatch.setattr(turnstiles, "YIELD_SECONDS", GENEROUS_SECONDS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(places: int, clock: Clock, line: int = 24) -> Turnstile:
    return Turnstile(places, line, clock, spent=clock, sleep=clock.sleep)


@contextmanager
def standing(turnstile: Turnstile, who: str, count: int) -> Iterator[list[str]]:
    """So many of `who` come at once and stay until the block ends; who got through, in their order."""
    through: list[str] = []
    leave = threading.Event()

    def visit(number: int) -> None:
        with turnstile.passed(who):
            through.append(f"{who} {number}")
            leave.wait(GENEROUS_SECONDS)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    until(lambda: sum(turnstile.standing(who)) >= count)
    try:
        yield through
    finally:
        leave.set()
        for thread in threads:
            thread.join()


def until(holds: object) -> None:
    assert callable(holds)
    deadline = time.monotonic() + GENEROUS_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def work(turnstile: Turnstile, clock: Clock, who: str, *seconds: float) -> None:
    """Requests of `who`, one after the other."""
    for each in seconds:
        with turnstile.passed(who):
            clock.now += each


def test_a_place_that_is_held_for_long_is_lent(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstiles, "LONG_SECONDS", 0.05)
    turnstile = made(2, clock)
    with (
        standing(turnstile, "hung", 1),
        standing(turnstile, "hung too", 1),
        standing(turnstile, "other", 1) as through,
    ):
        assert through == []
        clock.now += 1
        until(lambda: through == ["other 0"])
    # What was lent is not given back twice.
    clock.now += 60
    with standing(turnstile, "alone", 5) as through:
        until(lambda: len(through) == 2)
        assert turnstile.standing("alone") == (2, 3)


def test_what_is_lent_is_for_others(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstiles, "LONG_SECONDS", 0.05)
    turnstile = made(2, clock)
    with standing(turnstile, "hung", 5) as hung:
        until(lambda: len(hung) == 2)
        clock.now += 1
        with standing(turnstile, "other", 1) as through:
            until(lambda: through == ["other 0"])
        assert turnstile.standing("hung") == (2, 3)


def test_alone_one_has_every_place(clock: Clock) -> None:
    turnstile = made(3, clock)
    with standing(turnstile, "nordwind", 5) as through:
        until(lambda: len(through) == 3)
        assert turnstile.standing("nordwind") == (3, 2)


def test_newcomer_goes_before_a_flood(clock: Clock) -> None:
    turnstile = made(2, clock)
    with ExitStack() as second, ExitStack() as first:
        first.enter_context(turnstile.passed("kestrel"))
        second.enter_context(turnstile.passed("kestrel"))
        with standing(turnstile, "kestrel", 7) as flood, standing(turnstile, "nordwind", 1) as ours:
            first.close()
            until(lambda: ours == ["nordwind 0"])
            assert flood == []
            second.close()


def test_who_takes_much_has_half_of_the_places_beside_others(clock: Clock) -> None:
    turnstile = made(4, clock)
    work(turnstile, clock, "kestrel", 1.5)
    with turnstile.passed("nordwind"), standing(turnstile, "kestrel", 4) as flood:
        until(lambda: len(flood) == 2)
        assert turnstile.standing("kestrel") == (2, 2)


def test_those_who_take_much_share_one_half(clock: Clock) -> None:
    turnstile = made(4, clock)
    work(turnstile, clock, "kestrel", 1.5)
    work(turnstile, clock, "suedwind", 1.5)
    with turnstile.passed("nordwind"), ExitStack() as later, standing(turnstile, "kestrel", 4) as first:
        until(lambda: len(first) == 2)
        second = later.enter_context(standing(turnstile, "suedwind", 4))
        assert (turnstile.standing("suedwind"), second) == ((0, 4), [])


def test_who_takes_much_rests_beside_who_takes_little(clock: Clock) -> None:
    turnstile = made(2, clock)
    work(turnstile, clock, "nordwind", 0.02)
    work(turnstile, clock, "kestrel", 0.5, 0.2, 0.05, 5)
    work(turnstile, clock, "nordwind", 0.02)
    assert clock.rests == pytest.approx([0.4, 0.1, REST_SECONDS])


def test_alone_nobody_rests(clock: Clock) -> None:
    turnstile = made(2, clock)
    work(turnstile, clock, "nordwind", 0.02)
    clock.now += 60
    work(turnstile, clock, "kestrel", *[0.1] * 50)
    assert clock.rests == []


def test_companies_that_take_alike_do_not_rest(clock: Clock) -> None:
    turnstile = made(2, clock)
    for _ in range(50):
        work(turnstile, clock, "kestrel", 0.1)
        work(turnstile, clock, "nordwind", 0.09)
    assert clock.rests == []


def test_rest_ends_when_nobody_else_is_at_work(clock: Clock, long_way: None) -> None:
    turnstile = made(2, clock)
    work(turnstile, clock, "kestrel", 1.5)
    other = threading.Thread(target=work, args=(turnstile, clock, "kestrel", 0.1))
    with turnstile.passed("nordwind"):
        other.start()
        until(lambda: clock.rests != [])
        assert turnstile._resting == 1
    other.join(GENEROUS_SECONDS / 2)
    assert not other.is_alive()


def test_rest_ends_however_long_others_are_at_work(clock: Clock) -> None:
    turnstile = made(2, clock)
    work(turnstile, clock, "kestrel", 1.5)
    with turnstile.passed("nordwind"):
        began = time.monotonic()
        work(turnstile, clock, "kestrel", 0.1, 0.1)
        assert time.monotonic() - began >= 2 * YIELD_SECONDS


def test_what_lies_back_is_forgotten(clock: Clock) -> None:
    turnstile = made(3, clock)
    with turnstile.passed("kestrel"):
        clock.now += 5
    with turnstile.passed("nordwind"):
        clock.now += 1
    clock.now += 60
    with standing(turnstile, "kestrel", 3) as flood:
        until(lambda: len(flood) == 3)


def test_line_has_an_end(clock: Clock) -> None:
    turnstile = made(1, clock, line=2)
    with ExitStack() as later, standing(turnstile, "kestrel", 3):
        with pytest.raises(LimitReached) as refused, turnstile.passed("kestrel"):
            pass
        assert refused.value.retry_after == 1
        later.enter_context(standing(turnstile, "nordwind", 1))
        assert turnstile.standing("nordwind") == (0, 1)


def test_place_comes_back_after_a_failure(clock: Clock) -> None:
    turnstile = made(1, clock)
    with pytest.raises(ZeroDivisionError), turnstile.passed("nordwind"):
        _ = 1 / 0
    with turnstile.passed("nordwind"):
        assert turnstile.standing("nordwind") == (1, 0)


def test_who_takes_much_gives_way_between_two_questions(clock: Clock, long_way: None) -> None:
    turnstile = made(2, clock)
    work(turnstile, clock, "kestrel", 1.5)
    asked: list[str] = []

    def visit() -> None:
        with stopwatch.running(), turnstile.passed("kestrel"):
            until(lambda: turnstile.standing("nordwind") == (1, 0))
            with stopwatch.waiting():
                pass
            asked.append("the next")

    kestrel = threading.Thread(target=visit)
    kestrel.start()
    until(lambda: turnstile.standing("kestrel") == (1, 0))
    with turnstile.passed("nordwind"):
        kestrel.join(YIELD_SECONDS)
        assert asked == []
    until(lambda: asked == ["the next"])
    kestrel.join()


def test_who_takes_little_waits_for_nobody(clock: Clock, long_way: None) -> None:
    turnstile = made(2, clock)
    work(turnstile, clock, "kestrel", 1.5)
    began = time.monotonic()
    with turnstile.passed("kestrel"), stopwatch.running(), turnstile.passed("nordwind"):
        with stopwatch.waiting():
            pass
        assert time.monotonic() - began < GENEROUS_SECONDS / 2


def test_strangers_count_only_while_they_are_served(clock: Clock) -> None:
    turnstile = made(2, clock)
    with turnstile.passed("a probe", lingers=False):
        clock.now += 0.01
    work(turnstile, clock, "kestrel", 1.5)
    work(turnstile, clock, "kestrel", 1.5)
    assert clock.rests == []
    with turnstile.passed("sign-in", lingers=False):
        work(turnstile, clock, "kestrel", 0.1)
    assert clock.rests == [pytest.approx(0.2)]
