"""An order's total is the sum of its lines; what was stated is kept beside it."""

import threading
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.actor import Actor
from app.records import writing
from app.records.writing import Row
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.statements import counted


def order(actor: Actor, number: str, **values: Any) -> UUID:
    return writing.create(actor, "orders", {"number": number, "currency": "EUR", **values}).id


def line(order_id: UUID, quantity: int, price: str, discount: str = "0") -> Row:
    values = {"order_id": order_id, "quantity": quantity, "unit_price": price, "discount": discount}
    return Row({**values, "description": "Valve"})


def total(order_id: UUID) -> Decimal:
    found = session.scalar(text("SELECT total FROM orders WHERE id = :id"), {"id": order_id})
    assert isinstance(found, Decimal)
    return found


def test_lines_make_the_total(ann: Actor) -> None:
    one = order(ann, "10248")
    writing.write_many(ann, "order_lines", [line(one, 2, "14.00"), line(one, 10, "9.80", "0.15")])
    assert total(one) == Decimal("111.30")


def test_a_line_that_leaves_takes_its_amount(ann: Actor) -> None:
    one, other = order(ann, "10248"), order(ann, "10249")
    outcomes = writing.write_many(ann, "order_lines", [line(one, 1, "10"), line(one, 1, "5")])
    first, second = (outcome.record_id for outcome in outcomes)
    assert first is not None
    assert second is not None
    writing.update(ann, "order_lines", first, {"order_id": other})
    writing.trash(ann, "order_lines", second)
    assert (total(one), total(other)) == (Decimal(0), Decimal(10))


def test_a_total_does_not_change_the_version(ann: Actor) -> None:
    one = order(ann, "10248")
    writing.write_many(ann, "order_lines", [line(one, 1, "10")])
    assert session.scalar(text("SELECT version FROM orders WHERE id = :id"), {"id": one}) == 1


def test_a_stated_total_stands_without_lines(ann: Actor) -> None:
    assert total(order(ann, "10248", total="440.00")) == Decimal(440)


def test_a_stated_total_that_differs_is_listed(ann: Actor) -> None:
    right, wrong = order(ann, "10248", total="20"), order(ann, "10249", total="25")
    writing.write_many(ann, "order_lines", [line(right, 2, "10"), line(wrong, 2, "10")])
    assert (total(right), total(wrong)) == (Decimal(20), Decimal(20))
    listed = session.execute(text("SELECT id, difference FROM orders WHERE difference IS NOT NULL")).all()
    assert [tuple(row) for row in listed] == [(wrong, Decimal("5.00"))]


def test_lines_stand_in_the_order_they_came(ann: Actor) -> None:
    one = order(ann, "10248")
    writing.write_many(ann, "order_lines", [line(one, 1, "10"), line(one, 1, "5")])
    writing.write_many(ann, "order_lines", [line(one, 1, "7")])
    prices = session.scalars(text("SELECT unit_price FROM line_items ORDER BY position")).all()
    assert prices == [Decimal(10), Decimal(5), Decimal(7)]


def test_a_thousand_lines_take_few_statements(ann: Actor) -> None:
    orders = [order(ann, str(number)) for number in range(5)]
    few = [line(orders[number % 5], 1, "1") for number in range(10)]
    many = [line(orders[number % 5], 1, "1") for number in range(1000)]
    with counted() as small:
        writing.write_many(ann, "order_lines", few)
    with counted() as large:
        writing.write_many(ann, "order_lines", many)
    assert len(large) <= len(small) + 2
    assert total(orders[0]) == Decimal(202)


def test_lines_of_two_at_once_both_count(app: Flask, nordwind: Workspace) -> None:
    """The second writer waits for the first and sums what stands then."""
    actor = nordwind.actor(ANN)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        one = order(actor, "10248")
    first_wrote, go_on = threading.Event(), threading.Event()

    def add(price: str, *, is_first: bool) -> None:
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            writing.write_many(actor, "order_lines", [line(one, 1, price)])
            if is_first:
                first_wrote.set()
                go_on.wait(60)

    first = threading.Thread(target=add, args=("10",), kwargs={"is_first": True})
    second = threading.Thread(target=add, args=("5",), kwargs={"is_first": False})
    first.start()
    first_wrote.wait(60)
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(60)
    second.join(60)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        assert total(one) == Decimal(15)


@pytest.mark.parametrize(
    ("quantity", "price"), [("999999999999999", "999999999999999"), ("999999999999999.99999", "1")]
)
def test_an_amount_too_large_to_store_is_refused(ann: Actor, quantity: str, price: str) -> None:
    one = order(ann, "10248")
    good, bad = line(one, 1, "10"), line(one, 1, price)
    outcomes = writing.write_many(ann, "order_lines", [good, Row({**bad.values, "quantity": quantity})])
    assert [outcome.state for outcome in outcomes] == ["created", "failed"]
    assert outcomes[1].problems[0].path == "quantity"
    assert total(one) == Decimal(10)


def test_numbers_given_by_hand_are_left_free(ann: Actor) -> None:
    outcomes = writing.write_many(ann, "orders", [Row({"currency": "EUR"}), Row({"number": "1001"})])
    assert [outcome.state for outcome in outcomes] == ["created", "created"]
