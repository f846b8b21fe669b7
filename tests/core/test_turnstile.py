"""Fair shares of a process: nobody waits behind another company's flood."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from app.core import turnstile as turnstiles
from app.core.errors import LimitReached
from app.core.turnstile import Turnstile


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def standing(turnstile: Turnstile, who: str, count: int) -> Iterator[list[str]]:
    """So many of `who` come at once and stay until the block ends; who got through, in their order."""
    through: list[str] = []
    leave = threading.Event()

    def visit(number: int) -> None:
        with turnstile.passed(who):
            through.append(f"{who} {number}")
            leave.wait(10)

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
    for _ in range(1000):
        if holds():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it never came to that")


def test_a_place_that_is_held_for_long_is_lent(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstiles, "LONG_SECONDS", 0.05)
    turnstile = Turnstile(2, clock=clock)
    with (
        standing(turnstile, "hung", 1),
        standing(turnstile, "hung too", 1),
        standing(turnstile, "other", 1) as through,
    ):
        assert through == []
        clock.now += 1
        until(lambda: through == ["other 0"])
    # What was lent is not given back twice.
    clock.now += 2
    with standing(turnstile, "alone", 5) as through:
        until(lambda: len(through) == 2)
        assert turnstile.standing("alone") == (2, 3)


def test_alone_one_has_every_place(clock: Clock) -> None:
    turnstile = Turnstile(3, clock=clock)
    with standing(turnstile, "nordwind", 5) as through:
        until(lambda: len(through) == 3)
        assert turnstile.standing("nordwind") == (3, 2)


def test_newcomer_goes_before_a_flood(clock: Clock) -> None:
    turnstile = Turnstile(2, clock=clock)
    with ExitStack() as ours:
        flood = ours.enter_context(standing(turnstile, "kestrel", 9))
        until(lambda: len(flood) == 2)
        guest = threading.Thread(target=lambda: ours.enter_context(turnstile.passed("nordwind")))
        guest.start()
        until(lambda: turnstile.standing("nordwind") == (0, 1))
        turnstile._leave("kestrel", 1.0)
        until(lambda: turnstile.standing("nordwind") == (1, 0))
        guest.join()
        turnstile._guests["kestrel"].at_work += 1
        turnstile._free -= 1


def test_who_took_most_has_one_place_beside_others(clock: Clock) -> None:
    turnstile = Turnstile(3, clock=clock)
    with turnstile.passed("kestrel"):
        clock.now += 0.5
    with turnstile.passed("nordwind"), standing(turnstile, "kestrel", 3) as flood:
        until(lambda: len(flood) == 1)
        assert turnstile.standing("kestrel") == (1, 2)


def test_what_lies_back_is_forgotten(clock: Clock) -> None:
    turnstile = Turnstile(3, clock=clock)
    with turnstile.passed("kestrel"):
        clock.now += 5
    with turnstile.passed("nordwind"):
        clock.now += 1
    clock.now += 60
    with standing(turnstile, "kestrel", 3) as flood:
        until(lambda: len(flood) == 3)


def test_line_has_an_end(clock: Clock) -> None:
    turnstile = Turnstile(1, line=2, clock=clock)
    with standing(turnstile, "kestrel", 3):
        with pytest.raises(LimitReached) as refused, turnstile.passed("kestrel"):
            pass
        assert refused.value.retry_after == 1
        other = threading.Thread(target=lambda: turnstile._wait("nordwind"))
        other.start()
        until(lambda: turnstile.standing("nordwind") == (0, 1))
    other.join()


def test_place_comes_back_after_a_failure(clock: Clock) -> None:
    turnstile = Turnstile(1, clock=clock)
    with pytest.raises(ZeroDivisionError), turnstile.passed("nordwind"):
        _ = 1 / 0
    with turnstile.passed("nordwind"):
        assert turnstile.standing("nordwind") == (1, 0)
