"""Long work leaves most of the machine to those who are at their pages."""

import pytest

from app.core import presence
from app.domain.jobs import slices
from app.domain.jobs.slices import REST_SECONDS, Budget
from tenants.context import Tenant


class Clock:
    """Time that passes by work and by rest, not by itself."""

    def __init__(self) -> None:
        self.now, self.rests = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(slices, "time", clock)
    return clock


def at_their_pages(monkeypatch: pytest.MonkeyPatch, *present: str) -> None:
    monkeypatch.setattr(presence, "others", lambda who: bool(set(present) - {who}))


def test_chunk_is_followed_by_a_rest_four_times_as_long(
    inside: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_their_pages(monkeypatch, inside.schema, "t_kestrel")
    budget = Budget(4.0)
    for seconds in (0.2, 0.3):
        clock.now += seconds
        assert not budget.is_spent()
    assert clock.rests == pytest.approx([0.8, 1.2])
    clock.now += 5
    assert budget.is_spent()
    assert clock.rests[2] == REST_SECONDS


def test_company_that_is_alone_works_without_rest(
    inside: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_their_pages(monkeypatch, inside.schema)
    budget = Budget(2.0)
    clock.now += 1
    assert not budget.is_spent()
    assert clock.rests == []


def test_work_for_no_company_does_not_rest(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    at_their_pages(monkeypatch, "t_kestrel")
    Budget(2.0).is_spent()
    assert clock.rests == []
