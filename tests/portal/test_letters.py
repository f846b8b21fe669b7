"""The link in a letter opens one thing without a password, takes words, and leads out."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.domain.letters import links, queries
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.portal.customers import Customer
from tests.visitor import Visitor, signed_in


def code_of(app: Flask, customer: Customer, name: str, record_id: UUID) -> str:
    """A code as a letter to the customer carries it."""
    with app.app_context(), entered(customer.workspace.tenant), unit_of_work():
        return links.make(customer.contact_id, (name, record_id), uuid4(), customer.email)


def stop_of(app: Flask, customer: Customer) -> str | None:
    with app.app_context(), entered(customer.workspace.tenant), unit_of_work(read_only=True):
        return queries.stop_of(customer.email)


@pytest.fixture
def visitor(app: Flask, carol: Customer) -> Visitor:
    """Somebody who has the letter and nothing else."""
    return Visitor(app, carol.host)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("orders", "6 × Pump of Carol Meyer"),
        ("incidents", "Scratches of Carol Meyer"),
        ("threads", "On its way, Carol."),
        ("deliveries", "Promised"),
        ("contacts", "Write to us"),
    ],
)
def test_letter_opens_what_it_is_about(
    app: Flask, carol: Customer, visitor: Visitor, name: str, told: str
) -> None:
    record_id = carol.thread_id if name == "threads" else carol.records[name]
    page = visitor.get(f"/l/{code_of(app, carol, name, record_id)}?lang=en")
    assert page.status_code == 200
    assert told in page.text
    assert "difficult" not in page.text


def test_letter_opens_nothing_else(app: Flask, carol: Customer, visitor: Visitor) -> None:
    visitor.get(f"/l/{code_of(app, carol, 'orders', carol.records['orders'])}")
    for path in ("/", "/orders", f"/orders/{carol.records['orders']}", "/profile"):
        assert visitor.get(path).status_code == 302


def test_letter_about_anothers_order_opens_nothing(
    app: Flask, carol: Customer, dan: Customer, visitor: Visitor
) -> None:
    assert visitor.get(f"/l/{code_of(app, carol, 'orders', dan.records['orders'])}").status_code == 404


def test_letter_of_one_company_opens_nothing_at_another(app: Flask, carol: Customer, eve: Customer) -> None:
    code = code_of(app, carol, "orders", carol.records["orders"])
    assert Visitor(app, eve.host).get(f"/l/{code}").status_code == 404


def test_answer_lands_in_the_conversation(
    app: Flask, nordwind: Workspace, carol: Customer, visitor: Visitor
) -> None:
    code = code_of(app, carol, "threads", carol.thread_id)
    assert visitor.post(f"/l/{code}", {"body": "Thank you, that helps"}).status_code == 303
    assert "Thank you, that helps" in visitor.get(f"/l/{code}").text
    assert visitor.post(f"/l/{code}", {"body": " "}).status_code == 422


def test_wrong_person_gets_no_more_mail(app: Flask, carol: Customer, visitor: Visitor) -> None:
    code = code_of(app, carol, "orders", carol.records["orders"])
    assert visitor.get(f"/l/{code}/not-me").status_code == 200
    assert stop_of(app, carol) is None  # looking ends nothing
    assert visitor.post(f"/l/{code}/not-me").status_code == 200
    assert stop_of(app, carol) == "all"
    assert visitor.get(f"/l/{code}").status_code == 404


def test_notices_can_be_ended_alone(
    app: Flask, nordwind: Workspace, carol: Customer, visitor: Visitor
) -> None:
    code = code_of(app, carol, "orders", carol.records["orders"])
    visitor.post(f"/l/{code}/notices")
    assert stop_of(app, carol) == "notices"
    assert visitor.get(f"/l/{code}").status_code == 200
    page = signed_in(app, nordwind, ANN).get(f"/contacts/{carol.contact_id}?lang=en").text
    assert "Wants no more mail" in page


def test_trying_codes_is_stopped(app: Flask, carol: Customer, visitor: Visitor) -> None:
    answers = [visitor.get(f"/l/{i}").status_code for i in range(122)]
    assert set(answers[:120]) == {404}
    assert answers[-1] == 429
