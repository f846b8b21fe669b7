"""The standing: the worst first, what comes next, one act, and never green out of ignorance."""

from dataclasses import replace
from uuid import uuid4

from app.domain.standing.rules.assess import Person, Standing, assess
from app.domain.standing.rules.events import Events
from tests.domain.standing.events import BERLIN, NOW, ago, delivery, incident, order

CAROL = Person(uuid4(), "Carol Meyer", "Carol", "+495614000120", "carol@meyer-mb.example")


def standing(events: Events, person: Person | None = CAROL) -> Standing:
    """The standing now."""
    return assess(events, person, NOW, BERLIN)


def test_the_gravest_and_oldest_comes_first() -> None:
    late = delivery(-2)
    clocked = incident("late", of=late.id, severity=3)
    found = standing(Events([late], [incident("wrong_item", opened=9), clocked])).troubles
    assert [(t.kind, t.about) for t in found] == [("deliveries", ""), ("incident", "wrong_item")]


def test_a_late_delivery_and_its_incident_are_one_trouble() -> None:
    late = delivery(-2)
    assert len(standing(Events([late], [incident("late", of=late.id)])).troubles) == 1


def test_a_late_report_without_a_delivery_counts() -> None:
    assert standing(Events([], [incident("late")])).troubles[0].about == "late"


def test_broken_offers_a_call() -> None:
    act = standing(Events([delivery(-2)])).act
    assert act is not None
    assert (act.kind, act.name, act.address) == ("call", "Carol", "+495614000120")


def test_who_wants_no_calls_gets_a_mail() -> None:
    act = standing(Events([delivery(-2)]), replace(CAROL, may_call=False)).act
    assert act is not None
    assert act.kind == "mail"


def test_without_a_person_the_record_opens() -> None:
    late = delivery(-2)
    act = standing(Events([late]), None).act
    assert act is not None
    assert (act.kind, act.link.id) == ("open", late.id)


def test_all_well_offers_nothing() -> None:
    found = standing(Events([delivery(-3, kept=ago(4))]))
    assert (found.state, found.act) == ("kept", None)


def test_nothing_known_is_not_green() -> None:
    assert standing(Events()).state == "event"


def test_old_delivery_data_is_not_green() -> None:
    kept = [delivery(-days, kept=ago(days)) for days in (40, 46, 52, 58)]
    found = standing(Events(kept))
    assert found.state == "risk"
    assert found.stale is not None
    assert (found.stale.days, found.stale.usual) == (40, 6)


def test_shipping_and_arriving_are_one_piece_of_news() -> None:
    kept = [delivery(-days, kept=ago(days), started=ago(days + 2)) for days in (40, 70, 100, 130)]
    assert standing(Events(kept)).stale is None


def test_a_delivery_under_way_is_news() -> None:
    kept = [delivery(-days, kept=ago(days)) for days in (40, 46, 52, 58)]
    assert standing(Events([*kept, delivery(9)])).stale is None


def test_what_is_next_comes_in_order() -> None:
    soon, later = delivery(3), delivery(9)
    assert standing(Events([later, soon])).upcoming == (soon, later)


def test_the_thread_shows_90_days_and_two_weeks() -> None:
    events = Events(
        [delivery(-95, kept=ago(96)), delivery(-10, kept=ago(7)), delivery(-2), delivery(12), delivery(20)],
        [incident("quality", opened=20)],
        [order(30)],
    )
    shown = [(mark.state, mark.kind, mark.days_late) for mark in standing(events).marks]
    assert shown == [
        ("event", "orders", 0),
        ("broken", "quality", 0),
        ("broken", "deliveries", 3),
        ("broken", "deliveries", 2),
        ("planned", "deliveries", 0),
    ]


def test_signs_give_way_on_a_full_thread() -> None:
    many = [delivery(-days, kept=ago(days)) for days in range(1, 41)]
    talks = [order(days) for days in range(1, 60)]
    shown = standing(Events(many, [], talks)).marks
    assert len(shown) == 45
    assert sum(mark.state == "kept" for mark in shown) == 40
