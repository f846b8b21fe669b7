"""A delivery whose promise passes becomes an incident by itself, once, and the owner is told once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.domain.deliveries.timers import key
from app.records import writing
from app.records.writing import Row
from tests.cast import ANN, BOB, Workspace
from tests.domain.deliveries.stage import MIDNIGHT, MINUTE, THURSDAY, Stage
from tests.statements import counted

PROMISED = date(2026, 11, 19)
# No timer of that day is due by the clock of the database, on whichever day the tests run.
FAR_OFF = date(2126, 11, 19)


@pytest.fixture
def stage(app: Flask, nordwind: Workspace) -> Stage:
    return Stage(app, nordwind)


@pytest.fixture
def late(stage: Stage) -> Stage:
    """Order 10248 of Meyer, owned by Bob, promised for Thursday; now it is Friday."""
    meyer = stage.create(
        "companies", name="Meyer Maschinenbau", owner_id=str(stage.workspace.members[BOB.email])
    )
    order = stage.create("orders", number="10248", company_id=str(meyer.id), currency="EUR")
    stage.create("deliveries", order_id=str(order.id), promised_on=PROMISED)
    stage.wait_until(MIDNIGHT + MINUTE)
    return stage


def delivery_id(stage: Stage) -> UUID:
    found: UUID = stage.rows("SELECT id FROM deliveries")[0]["id"]
    return found


def test_the_timer_waits_for_midnight_there(stage: Stage) -> None:
    stage.create("deliveries", promised_on=PROMISED)
    assert [timer["due_at"] for timer in stage.timers()] == [MIDNIGHT]


def test_a_minute_before_nothing_is_late(stage: Stage) -> None:
    stage.create("deliveries", promised_on=PROMISED)
    stage.wait_until(MIDNIGHT - MINUTE)
    assert stage.incidents() == []


def test_a_broken_promise_becomes_an_incident(late: Stage) -> None:
    (incident,) = late.incidents()
    assert (incident["kind"], incident["opened_door"], incident["subject"]) == ("late", "clock", "10248")
    assert incident["company_id"] == late.rows("SELECT id FROM companies")[0]["id"]
    assert incident["resolved_at"] is None


def test_the_owner_of_the_relation_is_told_once(late: Stage) -> None:
    assert late.told() == [late.workspace.members[BOB.email]]


def test_without_an_owner_the_workspaces_owners_are_told(stage: Stage) -> None:
    stage.create("deliveries", promised_on=PROMISED)
    stage.wait_until(MIDNIGHT + MINUTE)
    assert stage.told() == [stage.workspace.members[ANN.email]]


def test_it_happens_once_however_often_the_timer_comes(late: Stage) -> None:
    late.update("deliveries", delivery_id(late), promised_on=date(2026, 11, 18))
    late.wait_until(MIDNIGHT + timedelta(hours=5))
    assert len(late.incidents()) == 1
    assert len(late.told()) == 1


def test_the_fact_stands_in_the_customers_timeline(late: Stage) -> None:
    (fact,) = late.rows("SELECT door, title, about FROM facts WHERE verb = 'broken'")
    assert (fact["door"], fact["title"]) == ("clock", "10248")
    assert late.rows("SELECT id FROM companies")[0]["id"] in fact["about"]


def test_delivering_late_ends_it_and_says_how_late(late: Stage) -> None:
    late.at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    late.update("deliveries", delivery_id(late), status="delivered")
    assert late.incidents()[0]["resolved_at"] == late.at
    (fact,) = late.rows("SELECT data FROM facts WHERE verb = 'delay_ended'")
    assert fact["data"] == {"how": "delivered", "days": 2}


def test_delivered_in_time_opens_none(stage: Stage) -> None:
    made = stage.create("deliveries", promised_on=PROMISED)
    stage.update("deliveries", made.id, delivered_at=THURSDAY)
    assert stage.timers() == []
    stage.wait_until(MIDNIGHT + MINUTE)
    assert (stage.incidents(), stage.told()) == ([], [])


@pytest.mark.parametrize("status", ["cancelled", "returned"])
def test_what_is_called_off_is_not_late(stage: Stage, status: str) -> None:
    made = stage.create("deliveries", promised_on=PROMISED)
    stage.update("deliveries", made.id, status=status)
    stage.wait_until(MIDNIGHT + MINUTE)
    assert stage.incidents() == []


def test_the_trash_is_never_late(stage: Stage) -> None:
    made = stage.create("deliveries", promised_on=PROMISED)
    stage.trash("deliveries", made.id)
    assert stage.timers() == []


def test_a_new_promise_ends_the_delay(late: Stage) -> None:
    late.update("deliveries", delivery_id(late), promised_on=date(2026, 11, 25))
    assert late.incidents()[0]["resolved_at"] is not None
    (fact,) = late.rows("SELECT data FROM facts WHERE verb = 'delay_ended'")
    assert fact["data"]["how"] == "moved"
    assert [timer["due_at"] for timer in late.timers()] == [datetime(2026, 11, 25, 23, tzinfo=UTC)]


def test_a_promise_broken_again_is_a_new_incident(late: Stage) -> None:
    late.update("deliveries", delivery_id(late), promised_on=date(2026, 11, 20))
    late.wait_until(datetime(2026, 11, 21, 12, tzinfo=UTC))
    first, second = late.incidents()
    assert (first["resolved_at"] is None, second["resolved_at"] is None) == (False, True)
    assert second["severity"] > first["severity"]


def test_trashing_a_late_delivery_ends_the_delay(late: Stage) -> None:
    late.trash("deliveries", delivery_id(late))
    assert late.incidents()[0]["resolved_at"] is not None


def test_what_is_entered_late_is_late_at_once(stage: Stage) -> None:
    stage.create("deliveries", promised_on=date(2026, 11, 2))
    stage.wait_until(THURSDAY + MINUTE)
    assert stage.incidents()[0]["severity"] == 4


def test_imported_history_is_silent(stage: Stage) -> None:
    with stage.act():
        rows = [
            Row({"promised_on": date(2025, 5, 5)}),
            Row({"promised_on": date(2025, 5, 5), "delivered_at": datetime(2025, 5, 9, tzinfo=UTC)}),
            Row({"promised_on": date(2026, 11, 25)}),
        ]
        writing.write_many(stage.workspace.actor(ANN), "deliveries", rows, quiet=True, title="old.csv")
    assert [timer["due_at"] for timer in stage.timers()] == [datetime(2026, 11, 25, 23, tzinfo=UTC)]
    stage.wait_until(THURSDAY + timedelta(days=1))
    assert (stage.incidents(), stage.told()) == ([], [])
    history = stage.rows("SELECT is_history FROM deliveries ORDER BY promised_on")
    assert [row["is_history"] for row in history] == [True, True, False]


def test_history_promised_anew_counts_again(stage: Stage) -> None:
    with stage.act():
        rows = [Row({"promised_on": date(2025, 5, 5)})]
        writing.write_many(stage.workspace.actor(ANN), "deliveries", rows, quiet=True)
    stage.update("deliveries", delivery_id(stage), promised_on=date(2026, 11, 25))
    assert len(stage.timers()) == 1


def test_a_new_calendar_moves_open_promises(late: Stage) -> None:
    coming = late.create("deliveries", promised_on=FAR_OFF).id
    late.change_settings(grace_days=2)
    late.wait_until(late.at + MINUTE)
    assert late.incidents()[0]["resolved_at"] is not None
    dues = late.rows("SELECT due_at FROM deliveries ORDER BY promised_on")
    after = datetime(2126, 11, 21, 23, tzinfo=UTC)
    assert [row["due_at"] for row in dues] == [datetime(2026, 11, 23, 23, tzinfo=UTC), after]
    timers = {timer["key"]: timer["due_at"] for timer in late.timers()}
    assert timers[key(coming)] == after


def test_a_thousand_deliveries_take_few_statements(stage: Stage) -> None:
    with stage.act(), counted() as small:
        rows = [Row({"promised_on": PROMISED})] * 10
        writing.write_many(stage.workspace.actor(ANN), "deliveries", rows)
    with stage.act(), counted() as large:
        writing.write_many(stage.workspace.actor(ANN), "deliveries", rows * 100)
    assert len(large) <= len(small) + 2
    assert len(stage.timers()) == 1010


def test_a_worker_whose_clock_lags_loses_no_timer(stage: Stage) -> None:
    """The timer is due by the database's clock; dropped once it would never come again."""
    stage.create("deliveries", promised_on=PROMISED)
    stage.wait_until(MIDNIGHT - timedelta(seconds=3))
    assert len(stage.incidents()) == 1


def test_a_repeated_import_of_history_is_silent(stage: Stage) -> None:
    """The first file knew no promises, the second fills them in: all of it is past."""
    actor = stage.workspace.actor(ANN)
    with stage.act():
        made = writing.write_many(actor, "deliveries", [Row({"number": "1"})], quiet=True)
    with stage.act():
        again = Row({"promised_on": date(2026, 11, 2)}, made[0].record_id)
        writing.write_many(actor, "deliveries", [again], quiet=True)
    stage.wait_until(stage.at + MINUTE)
    assert (stage.incidents(), stage.told(), stage.timers()) == ([], [], [])


def test_an_import_does_not_make_history_of_a_delay(late: Stage) -> None:
    """What is late already stays so, whatever other past day a file says."""
    with late.act():
        row = Row({"promised_on": PROMISED - timedelta(days=1)}, delivery_id(late))
        writing.write_many(late.workspace.actor(ANN), "deliveries", [row], quiet=True)
    assert [incident["resolved_at"] for incident in late.incidents()] == [None]
