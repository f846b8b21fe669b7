"""A promise is kept, kept late, broken, at risk or planned."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.standing.rules.events import Promise, state, when
from tests.domain.standing.events import BERLIN, NOW, ago, delivery


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (delivery(-2), "broken"),
        (delivery(0), "risk"),
        (delivery(2), "risk"),  # Monday is the next working day
        (delivery(2, started=ago(1)), "planned"),
        (delivery(3), "planned"),
        (delivery(-3, kept=ago(4)), "kept"),
        (delivery(-3, kept=ago(1)), "kept_late"),
        (delivery(-300, history=True), "unknown"),
        (delivery(-300, history=True, kept=ago(1)), "kept_late"),
    ],
)
def test_state_follows_due_and_kept(promise: Promise, expected: str) -> None:
    assert state(promise, NOW, BERLIN) == expected


def test_living_on_grace_is_a_risk() -> None:
    promise = delivery(-1, started=ago(2))
    graced = Promise(
        promise.id, "deliveries", "", NOW + timedelta(days=1), promise.due_on, None, promise.started_at
    )
    assert state(graced, NOW, BERLIN) == "risk"


def test_kept_in_the_last_instant_is_kept() -> None:
    due = delivery(-5).due_at
    assert state(delivery(-5, kept=due - timedelta(microseconds=1)), NOW, BERLIN) == "kept"
    assert state(delivery(-5, kept=due), NOW, BERLIN) == "kept_late"


@given(st.integers(-200, 200), st.integers(0, 400))
def test_an_open_promise_never_mends_by_waiting(due_in: int, wait: int) -> None:
    order = ["planned", "risk", "broken"]
    promise = delivery(due_in)
    now, later = (order.index(state(promise, at, BERLIN)) for at in (NOW, NOW + timedelta(days=wait)))
    assert later >= now


def test_days_count_by_the_wall_calendar() -> None:
    promise = delivery(-2)
    assert when(promise.due_at, NOW, BERLIN, promise.due_on).days == -2
    assert when(ago(1 / 24), NOW, BERLIN).hours == 1
