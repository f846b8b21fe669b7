"""What a customer reads and does: the own standing, orders, reports, conversations, own data."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.portal import customers
from tests.portal.customers import Customer
from tests.visitor import Visitor, signed_in

# Every field of every object that a customer is shown. A field that is added stands here or stays inside.
SEEN = {
    "contacts": """
        salutation first_name last_name name title company_id email phone emails phones street
        postcode city region country lifecycle owner_id language mail_consent call_consent birthday
        gender education occupation income income_currency marital_status children external_ids
    """,
    "companies": """
        name number domain email phone emails phones street postcode city region country industry
        lifecycle customer_since parent_id owner_id external_ids
    """,
    "orders": """
        number placed_at status total stated_total difference shipping_cost currency required_on
        ship_to company_id contact_id owner_id description external_ids
    """,
    "order_lines": """
        order_id product_id description quantity unit_price discount amount position external_ids
    """,
    "deliveries": """
        number order_id status promised_on due_at shipped_at delivered_at carrier tracking is_history
        company_id contact_id owner_id description external_ids
    """,
    "incidents": """
        kind severity subject cause remedy remedy_due_on currency opened_at resolved_at opened_door
        company_id contact_id order_id delivery_id order_line_id owner_id description external_ids
    """,
    "cases": """
        number subject status priority first_answer_due_at first_answered_at resolution_due_at
        resolved_at company_id contact_id order_id owner_id description external_ids
    """,
    "products": """
        name sku category unit price currency is_active description external_ids
    """,
}
OF_ALL = {"id", "version", "created_at", "updated_at", "deleted_at"}


@pytest.mark.parametrize("name", SEEN)
def test_fields_are_those_that_are_meant(app: Flask, carol: Customer, name: str) -> None:
    seen = customers.seen(app, carol, name, carol.records[name])
    assert set(seen.values) - OF_ALL == set(SEEN[name].split())


class TestHome:
    def test_trouble_is_said_in_own_words(self, carol: Customer, at_home: Visitor) -> None:
        page = at_home.get("/").text
        assert re.search(r"Your delivery for order \d+ is 3 days late\.", page)
        assert "We know, and Ann Berg takes care of it." in page

    def test_notes_and_costs_stay_inside(self, carol: Customer, at_home: Visitor) -> None:
        for path in (
            "/",
            f"/orders/{carol.records['orders']}",
            f"/messages/{carol.thread_id}",
            "/profile/data",
        ):
            page = at_home.get(path).text
            assert "difficult" not in page
            # What two tags keep apart, as a day and a count, stays apart.
            assert not re.search(r"\b77\b", re.sub(r"<[^>]*>|[0-9a-f-]{30,}", " ", page))

    def test_colleagues_orders_need_the_members_word(
        self, app: Flask, nordwind: Workspace, carol: Customer, cora: Customer, at_home: Visitor
    ) -> None:
        assert "Cora" not in at_home.get("/orders").text
        sent = {"sees": "company"}
        signed_in(app, nordwind, ANN).post(f"/contacts/{carol.contact_id}/portal/sight", sent)
        assert "Pump of Cora" in at_home.get("/orders").text
        assert at_home.get(f"/orders/{cora.records['orders']}").status_code == 200


class TestOrders:
    def test_list_says_what_is_in_it_and_how_it_stands(self, at_home: Visitor) -> None:
        page = at_home.get("/orders").text
        assert "6 × Pump of Carol Meyer" in page
        assert "3 days late" in page

    def test_number_finds_the_order(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        number = customers.stored(app, carol, "orders", carol.records["orders"])["number"]
        assert "Pump of Carol" in at_home.get(f"/orders?q={number}").text
        assert "No order of yours" in at_home.get("/orders?q=99999").text

    def test_order_has_all_that_belongs_to_it(self, carol: Customer, at_home: Visitor) -> None:
        page = at_home.get(f"/orders/{carol.records['orders']}").text
        for told in (
            "Promised",
            "3 days late",
            "Poor quality",
            "60.00",
            "Where is it?",
            "On its way, Carol.",
        ):
            assert told in page


class TestReporting:
    @pytest.mark.parametrize("kind", ["wrong_item", "quality", "damage", "billing", "other"])
    def test_report_is_an_incident_of_ones_own(
        self, app: Flask, carol: Customer, at_home: Visitor, kind: str
    ) -> None:
        sent = {"order": str(carol.records["orders"]), "description": "Not what I ordered"}
        answer = at_home.post(f"/report/{kind}", sent)
        page = at_home.follow(answer)
        assert "Not what I ordered" in page.text
        record = customers.stored(
            app, carol, "incidents", UUID(answer.headers["Location"].rpartition("/")[2])
        )
        assert (record["kind"], record["order_id"]) == (kind, carol.records["orders"])
        assert record["owner_id"] is not None

    def test_delay_that_is_known_takes_the_words(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        sent = {"delivery": str(carol.records["deliveries"]), "description": "Line 4 stands still"}
        first = at_home.post("/report/late", sent)
        second = at_home.post("/report/late", sent | {"description": "Still nothing"})
        assert second.headers["Location"] == first.headers["Location"]
        assert "Still nothing" in at_home.follow(second).text

    def test_owner_is_told_once(
        self, app: Flask, nordwind: Workspace, carol: Customer, at_home: Visitor
    ) -> None:
        at_home.post("/report/damage", {"order": str(carol.records["orders"])})
        with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
            told = session.execute(
                text("SELECT member_id FROM notices WHERE kind = 'incident_reported'")
            ).scalars()
            assert list(told) == [nordwind.members[ANN.email]]

    def test_unknown_kind_is_not_there(self, at_home: Visitor) -> None:
        assert at_home.get("/report/nothing").status_code == 404
        assert at_home.post("/report/nothing").status_code == 404


class TestTalking:
    def test_message_reaches_the_record_and_its_answer_the_customer(
        self, app: Flask, nordwind: Workspace, carol: Customer, at_home: Visitor
    ) -> None:
        sent = {"object": "orders", "record": str(carol.records["orders"]), "body": "Please hurry"}
        assert at_home.post("/messages", sent).status_code == 303
        assert "Please hurry" in at_home.get(f"/messages/{carol.thread_id}").text

    def test_empty_message_is_refused_with_a_word(self, at_home: Visitor) -> None:
        answer = at_home.post("/messages", {"body": "  "})
        assert answer.status_code == 422
        assert "Write something first." in answer.text

    def test_reading_takes_the_mark_away(self, carol: Customer, at_home: Visitor) -> None:
        assert 'class="count">1<' in at_home.get("/").text
        at_home.post(f"/messages/{carol.thread_id}/read")
        assert 'class="count"' not in at_home.get("/").text

    def test_reading_a_page_writes_nothing(self, carol: Customer, at_home: Visitor) -> None:
        at_home.get(f"/messages/{carol.thread_id}")
        assert 'class="count">1<' in at_home.get("/").text


class TestProfile:
    def test_correction_is_seen_by_members(
        self, app: Flask, nordwind: Workspace, carol: Customer, at_home: Visitor
    ) -> None:
        at_home.post("/profile", {"street": "Neue Gasse 7", "city": "Bonn"})
        page = signed_in(app, nordwind, ANN).get(f"/contacts/{carol.contact_id}").text
        assert "Neue Gasse 7" in page

    def test_wrong_value_is_told_beside_its_field(self, at_home: Visitor) -> None:
        answer = at_home.post("/profile", {"birthday": "some day"})
        assert answer.status_code == 422
        assert "f-birthday-wrong" in answer.text

    def test_consent_is_given_and_taken_back(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        at_home.post("/profile/consents/mail", {"granted": "1"})
        assert customers.stored(app, carol, "contacts", carol.contact_id)["mail_consent"] == "granted"
        at_home.post("/profile/consents/mail", {"granted": "0"})
        assert customers.stored(app, carol, "contacts", carol.contact_id)["mail_consent"] == "refused"
        page = at_home.get("/profile").text
        assert "taken back" in page
        assert "Nordwind GmbH may send me e-mails" in page

    def test_unknown_consent_is_not_there(self, at_home: Visitor) -> None:
        assert at_home.post("/profile/consents/everything", {"granted": "1"}).status_code == 404

    def test_stored_data_says_how_much_is_kept_back(self, at_home: Visitor) -> None:
        page = at_home.get("/profile/data").text
        assert "Carol Meyer" in page
        assert re.search(r"\d fields are notes of ours", page)

    def test_language_stays_with_the_account(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        at_home.post("/language", {"language": "de", "next": "/orders"})
        assert '<html lang="de"' in customers.visit(app, carol).get("/").text


class TestMembersSide:
    def test_contact_is_invited_and_comes_in(self, app: Flask, nordwind: Workspace, carol: Customer) -> None:
        ann = signed_in(app, nordwind, ANN)
        nina = customers.contact(app, nordwind, "Nina Neu", "nina@customer.example", carol.company_id)
        assert "not invited" in ann.get(f"/contacts/{nina}?lang=en").text
        ann.post(f"/contacts/{nina}/portal")
        assert "invited" in ann.get(f"/contacts/{nina}?lang=en").text
        visitor = Visitor(app, carol.host)
        path = customers.link_in(app, nordwind, "invitation")
        page = visitor.follow(visitor.post(path, {"password": "seven blue whales sing"}))
        assert "Nina Neu" in page.text
        assert "Carol" not in page.text
        assert "active" in ann.get(f"/contacts/{nina}?lang=en").text

    def test_second_invitation_ends_the_first(self, app: Flask, nordwind: Workspace, carol: Customer) -> None:
        ann = signed_in(app, nordwind, ANN)
        nina = customers.contact(app, nordwind, "Nina Neu", "nina@customer.example", carol.company_id)
        ann.post(f"/contacts/{nina}/portal")
        first = customers.link_in(app, nordwind, "invitation")
        ann.post(f"/contacts/{nina}/portal")
        assert Visitor(app, carol.host).post(first).status_code == 403
        assert (
            Visitor(app, carol.host).post(customers.link_in(app, nordwind, "invitation")).status_code == 303
        )

    def test_contact_without_address_cannot_be_invited(
        self, app: Flask, nordwind: Workspace, carol: Customer
    ) -> None:
        nobody = customers.contact(app, nordwind, "No Mail", "", carol.company_id)
        assert signed_in(app, nordwind, ANN).post(f"/contacts/{nobody}/portal").status_code == 422

    def test_blocked_customer_is_out_at_once_and_may_return(
        self, app: Flask, nordwind: Workspace, carol: Customer, at_home: Visitor
    ) -> None:
        ann = signed_in(app, nordwind, ANN)
        ann.post(f"/contacts/{carol.contact_id}/portal/block")
        assert at_home.get("/").status_code == 302
        ann.post(f"/contacts/{carol.contact_id}/portal/unblock")
        assert customers.visit(app, carol).get("/").status_code == 200

    def test_contact_in_the_trash_is_out(
        self, app: Flask, nordwind: Workspace, carol: Customer, at_home: Visitor
    ) -> None:
        signed_in(app, nordwind, ANN).post(f"/contacts/{carol.contact_id}/trash")
        assert at_home.get("/").status_code == 302

    def test_closed_workspace_lets_no_customer_in(
        self, app: Flask, nordwind: Workspace, at_home: Visitor
    ) -> None:
        customers.set_state(nordwind, "suspended")
        assert at_home.get("/").status_code == 503
