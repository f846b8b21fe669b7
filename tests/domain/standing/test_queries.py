"""The standing of one customer in three statements, of fifty in one."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.core import clock
from app.core.actor import Actor
from app.domain.calendar import queries as calendars
from app.domain.standing import dealings, lists, nav, queries, relations, today
from app.domain.standing.queries import Customer
from app.records import writing
from app.records.writing import Row
from tests.domain.standing.events import NOW, TODAY, ago
from tests.pace import processor_seconds, slowness
from tests.statements import counted


@pytest.fixture(autouse=True)
def _saturday() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def made(actor: Actor, object_name: str, **values: Any) -> UUID:
    return writing.create(actor, object_name, values).id


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def meyer(ann: Actor) -> UUID:
    """Order 10248 is two days late, a wrong item is open, one delivery came in time; Carol has a phone."""
    company = made(ann, "companies", name="Meyer Maschinenbau")
    made(ann, "contacts", first_name="Jens", last_name="Otto", company_id=company)
    made(ann, "contacts", first_name="Carol", last_name="Meyer", phone="+49 561 4000120", company_id=company)
    late, kept = (
        made(ann, "orders", number=number, company_id=company, currency="EUR", placed_at=ago(9))
        for number in ("10248", "10219")
    )
    made(ann, "deliveries", order_id=late, promised_on=day(-2))
    made(ann, "deliveries", order_id=kept, promised_on=day(-5), delivered_at=ago(6))
    made(ann, "deliveries", order_id=kept, promised_on=day(5))
    made(ann, "incidents", kind="wrong_item", order_id=late, opened_at=ago(3))
    return company


def test_the_standing_of_a_customer(meyer: UUID) -> None:
    found = queries.standing(Customer(meyer))
    assert found.state == "broken"
    assert [(t.kind, t.label) for t in found.troubles] == [("incident", "10248"), ("deliveries", "10248")]
    assert [promise.label for promise in found.upcoming] == ["10219"]
    assert found.act is not None
    assert (found.act.kind, found.act.name) == ("call", "Carol")


def test_it_takes_three_statements(meyer: UUID) -> None:
    calendars.forget()
    with counted() as sent:
        queries.standing(Customer(meyer))
    assert len(sent) <= 3


def test_a_contact_stands_as_its_company_does(ann: Actor, meyer: UUID) -> None:
    carol = writing.create(ann, "contacts", {"first_name": "Carla", "company_id": str(meyer)})
    customer = queries.customer_of(carol)
    assert customer is not None
    assert queries.standing(customer).state == "broken"


def test_a_contact_without_company_stands_alone(ann: Actor) -> None:
    dan = writing.create(ann, "contacts", {"first_name": "Dan"})
    made(ann, "deliveries", contact_id=dan.id, promised_on=day(-2))
    customer = queries.customer_of(dan)
    assert customer is not None
    assert queries.standing(customer).troubles[0].state == "broken"


def test_what_is_about_no_customer_has_no_standing(ann: Actor) -> None:
    assert queries.customer_of(writing.create(ann, "products", {"name": "Valve"})) is None


def test_fifty_customers_take_one_statement(ann: Actor, meyer: UUID) -> None:
    calendars.current()
    with counted() as sent:
        found = lists.summaries("company_id", [meyer, *(ann.id or meyer for _ in range(49))])
    assert len(sent) == 1
    summary = found[meyer]
    assert (summary.codes, summary.days) == ("kbbp", (-6, -3, -2, 5))
    assert (summary.late, summary.incidents, summary.kind) == (1, 1, "wrong_item")


@pytest.mark.parametrize("days", range(-4, 6))
@pytest.mark.parametrize("shipped", [None, ago(5)])
def test_lists_and_pages_say_the_same(ann: Actor, days: int, shipped: Any) -> None:
    company = made(ann, "companies", name="Meyer")
    made(ann, "deliveries", company_id=company, promised_on=day(days), shipped_at=shipped)
    mark = queries.standing(Customer(company)).marks[0]
    summary = lists.summaries("company_id", [company])[company]
    assert summary.codes == mark.state[0]
    assert summary.days == ((mark.at - TODAY).days,)


def test_fifty_rows_are_cheap(ann: Actor) -> None:
    companies = writing.write_many(ann, "companies", [Row({"name": f"C{n}"}) for n in range(50)])
    ids = [outcome.record_id for outcome in companies if outcome.record_id]
    rows = [
        Row({"company_id": str(one), "promised_on": day(-n * 4), "delivered_at": ago(n * 4 + n % 3 - 1)})
        for one in ids
        for n in range(1, 20)
    ]
    writing.write_many(ann, "deliveries", rows, quiet=True)
    calendars.current()
    lists.summaries("company_id", ids)
    before = slowness()
    spent = processor_seconds(lambda: lists.summaries("company_id", ids), 10)
    assert spent < 0.006 * max(before, slowness())


def test_the_side_bar_counts_in_one_statement(ann: Actor, meyer: UUID) -> None:
    calendars.current()
    made(ann, "activities", subject="Call Carol", due_at=ago(1), owner_id=ann.id)
    with counted() as sent:
        found = nav.counts(ann.member_id)
    assert len(sent) == 1
    assert (found.late, found.incidents, found.mine) == (1, 1, 1)


def test_relations_in_need_come_worst_first(ann: Actor, meyer: UUID) -> None:
    kuh = made(ann, "companies", name="Die Wandernde Kuh")
    made(ann, "deliveries", company_id=kuh, promised_on=day(2))
    calm = made(ann, "companies", name="Alfreds Futterkiste")
    made(ann, "deliveries", company_id=calm, promised_on=day(-2), delivered_at=ago(3))
    with counted() as sent:
        found = relations.in_need()
    assert [(one.name, one.standing.state) for one in found] == [
        ("Meyer Maschinenbau", "broken"),
        ("Die Wandernde Kuh", "risk"),
    ]
    assert len(sent) <= 3


def test_of_very_many_the_heaviest_are_looked_at(
    ann: Actor, meyer: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one's own customers all: whose they are is seen only when one looks."""
    kuh = made(ann, "companies", name="Die Wandernde Kuh", owner_id=ann.id)
    made(ann, "deliveries", company_id=kuh, promised_on=day(2))
    monkeypatch.setattr(relations, "WEIGHED", 1)
    assert [one.name for one in relations.in_need()] == ["Meyer Maschinenbau"]
    assert "Die Wandernde Kuh" in [one.name for one in relations.in_need(ann.id)]


def test_relations_fallen_silent_are_found(ann: Actor) -> None:
    company = made(ann, "companies", name="Königlich Essen")
    for days in (31, 40, 49, 58, 67):
        made(ann, "orders", company_id=company, currency="EUR", placed_at=ago(days), total="100")
    (found,) = relations.in_need()
    assert found.standing.silence is not None
    assert (found.standing.silence.days, found.standing.silence.usual) == (31, 9)
    assert found.bought == 500


def test_kept_promises_are_counted_by_working_day(ann: Actor, meyer: UUID) -> None:
    days = today.kept_by_day()
    assert [(one.day, one.due, one.kept) for one in days] == [(day(-5), 1, 1), (day(-2), 1, 0)]


def test_my_day_holds_what_is_due_and_done(ann: Actor) -> None:
    assert ann.member_id is not None
    made(ann, "activities", subject="Overdue", due_at=ago(3), owner_id=ann.id)
    made(ann, "activities", subject="Done", due_at=NOW, done_at=NOW, owner_id=ann.id)
    made(ann, "activities", subject="Next week", due_at=ago(-7), owner_id=ann.id)
    made(ann, "activities", subject="Not mine", due_at=ago(1))
    assert [row.subject for row in today.my_day(ann.member_id)] == ["Overdue", "Done"]


def test_an_empty_workspace_is_known_as_empty(ann: Actor) -> None:
    assert today.is_empty()
    made(ann, "companies", name="Meyer")
    assert not today.is_empty()


def test_trash_needs_nobody(ann: Actor) -> None:
    """The late delivery of a person who was deleted leads nowhere."""
    carol = made(ann, "contacts", first_name="Carol", last_name="Meyer")
    made(ann, "deliveries", contact_id=carol, promised_on=day(-2))
    assert [relation.name for relation in relations.in_need()] == ["Carol Meyer"]
    writing.trash(ann, "contacts", carol)
    assert relations.in_need() == []


def test_an_imported_case_that_is_closed_is_not_broken(ann: Actor) -> None:
    """Old files say that it was closed and not when."""
    company = made(ann, "companies", name="Meyer Maschinenbau")
    values = {"subject": "Seal", "status": "closed", "company_id": company, "resolution_due_at": ago(9)}
    writing.write_many(ann, "cases", [Row(values)], quiet=True)
    assert queries.standing(Customer(company)).troubles == ()


def test_amounts_of_two_currencies_are_not_summed_up(ann: Actor) -> None:
    """The one that is used most stands for the customer."""
    meyer = made(ann, "companies", name="Meyer Maschinenbau")
    made(ann, "deliveries", company_id=meyer, promised_on=day(-2))
    for number, total, currency in (("1", "100", "EUR"), ("2", "50", "EUR"), ("3", "999", "USD")):
        made(ann, "orders", number=number, total=total, currency=currency, company_id=meyer, placed_at=ago(9))
    made(ann, "deals", name="Dollars", amount="70", currency="USD", company_id=meyer)
    made(ann, "deals", name="Euros", amount="30", currency="EUR", company_id=meyer)
    found = relations.in_need()[0]
    assert (found.bought, found.open_deals, found.currency) == (Decimal(150), Decimal(30), "EUR")


def test_an_order_whose_currency_was_cleared_breaks_no_table(ann: Actor) -> None:
    meyer = made(ann, "companies", name="Meyer Maschinenbau")
    order = made(ann, "orders", number="1", total="100", currency="EUR", company_id=meyer, placed_at=ago(9))
    assert dealings.dealings([meyer])[meyer].bought == {"EUR": 100}
    writing.update(ann, "orders", order, {"currency": ""})
    assert dealings.dealings([meyer])[meyer].bought == {}
