"""Health is 100 less what weighs on it, and always says why."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.standing.rules.events import Events, Link
from app.domain.standing.rules.health import Health, health
from tests.domain.standing.events import BERLIN, NOW, ago, delivery, incident, order


def healthy(events: Events) -> Health:
    """The health, which must be known."""
    found = health(events, NOW, BERLIN)
    assert found is not None
    return found


def test_nothing_known_gives_no_score() -> None:
    assert health(Events(), NOW, BERLIN) is None


def test_kept_promises_are_excellent() -> None:
    found = healthy(Events([delivery(-9, kept=ago(10)), delivery(-40, kept=ago(41))]))
    assert (found.score, found.band, found.reasons) == (100, "excellent", ())


def test_every_reason_links_its_records() -> None:
    late, wrong = delivery(-2), incident("wrong_item")
    found = healthy(Events([late], [wrong]))
    assert [(r.kind, r.count, r.links) for r in found.reasons] == [
        ("late", 1, (Link("deliveries", late.id),)),
        ("wrong_item", 1, (Link("incidents", wrong.id),)),
    ]
    assert found.score == 100 - sum(reason.points for reason in found.reasons)


def test_a_late_delivery_and_its_incident_weigh_once() -> None:
    late = delivery(-2)
    alone = healthy(Events([late]))
    clocked = healthy(Events([late], [incident("late", of=late.id)]))
    assert clocked.score == alone.score


def test_at_most_three_reasons_the_heaviest_first() -> None:
    troubles = [incident(kind, severity=4) for kind in ("wrong_item", "damage", "quality", "billing")]
    reasons = healthy(Events([delivery(-9)], troubles)).reasons
    assert [reason.kind for reason in reasons] == ["wrong_item", "damage", "late"]


@pytest.mark.parametrize(("days", "points"), [(10, 5), (45, 3), (75, 2)])
def test_mended_troubles_fade(days: int, points: int) -> None:
    found = healthy(Events([delivery(-days - 2, kept=ago(days))]))
    assert found.reasons[0].points == points


def test_mended_troubles_are_forgotten_after_90_days() -> None:
    assert healthy(Events([delivery(-100, kept=ago(95))])).score == 100


def test_silence_is_measured_by_its_own_rhythm() -> None:
    weekly = Events(signs=[order(days) for days in (31, 40, 49, 58, 67)])
    reason = healthy(weekly).reasons[0]
    assert reason.silence is not None
    assert (reason.kind, reason.silence.days, reason.silence.usual) == ("silent", 31, 9)
    yearly = Events(signs=[order(days) for days in (31, 131, 231, 331)])
    assert healthy(yearly).reasons == ()


def test_the_trend_compares_with_30_days_before() -> None:
    good_then = [delivery(-days, kept=ago(days + 1)) for days in (40, 60)]
    found = healthy(Events([*good_then, delivery(-2)], [incident("wrong_item")]))
    assert found.change is not None
    assert found.change < -20
    assert found.trend == "falling"


def test_a_new_relation_has_no_trend() -> None:
    assert healthy(Events([delivery(-3, kept=ago(4))])).trend is None


@given(
    st.lists(st.builds(delivery, st.integers(-120, 30)), max_size=8),
    st.lists(st.builds(incident, severity=st.integers(1, 4)), max_size=8),
)
def test_score_stays_between_0_and_100(promises: list, incidents: list) -> None:  # type: ignore[type-arg]
    found = health(Events(promises, incidents), NOW, BERLIN)
    assert found is None or 0 <= found.score <= 100


@given(st.integers(1, 60))
def test_an_open_incident_never_helps(days: int) -> None:
    known = [delivery(-9, kept=ago(10))]
    assert healthy(Events(known, [incident(opened=days)])).score < healthy(Events(known)).score


def test_what_came_later_does_not_change_the_past() -> None:
    events = Events([delivery(-2)], [incident(opened=3)])
    before = NOW - timedelta(days=30)
    assert health(events.as_of(before), before, BERLIN) is None
