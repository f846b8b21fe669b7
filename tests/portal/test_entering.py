"""Coming into a portal: passwords, links, registering; strangers learn nothing about who is known."""

import re
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import clock
from app.domain.identities import passwords
from app.domain.workspace import actions as settings
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, PASSWORD, Workspace
from tests.pace import password_seconds
from tests.portal import customers
from tests.portal.customers import Customer
from tests.visitor import Visitor, signed_in

WRONG = "not the password at all"


def at(customer: Customer, app: Flask, address: str = "203.0.113.77") -> Visitor:
    return Visitor(app, customer.host, address)


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD) -> Any:
    return visitor.post("/sign-in", {"email": email, "password": password})


def set_registration(app: Flask, workspace: Workspace, how: str) -> None:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        settings.change(workspace.actor(ANN), {"portal_registration": how})


class TestPassword:
    def test_right_password_lets_in(self, app: Flask, carol: Customer) -> None:
        visitor = at(carol, app)
        answer = sign_in(visitor, carol.email)
        assert answer.status_code == 303
        assert "Carol Meyer" in visitor.follow(answer).text

    def test_refusal_is_the_same_for_everybody(
        self, app: Flask, carol: Customer, dan: Customer, nordwind: Workspace
    ) -> None:
        signed_in(app, nordwind, ANN).post(f"/contacts/{dan.contact_id}/portal/block")
        told = set()
        for email in (carol.email, dan.email, "nobody@nowhere.example"):
            answer = sign_in(at(carol, app), email, WRONG)
            told.add((answer.status_code, re.sub(r'content="[^"]*"|value="[^"]*"', "", answer.text)))
        assert len(told) == 1
        assert {status for status, _ in told} == {422}

    @pytest.mark.usefixtures("usual_cost")
    def test_refusal_takes_as_long_for_everybody(self, app: Flask, carol: Customer) -> None:
        with app.app_context(), entered(carol.workspace.tenant), unit_of_work():
            # The cast's hash is cheap; the real one costs what nobody's costs.
            change = text("UPDATE portal_accounts SET password_hash = :hash WHERE id = :id")
            session.execute(change, {"hash": passwords.hash_password(PASSWORD), "id": carol.account_id})
        differences = [
            taken(app, carol, carol.email, i) - taken(app, carol, f"nobody{i}@nowhere.example", i)
            for i in range(30)
        ]
        assert abs(statistics.median(differences)) < password_seconds() / 2

    def test_guessing_is_stopped(self, app: Flask, carol: Customer) -> None:
        visitor = at(carol, app)
        for _ in range(10):
            sign_in(visitor, carol.email, WRONG)
        answer = sign_in(visitor, carol.email)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0

    def test_account_is_unknown_to_other_companies(self, app: Flask, carol: Customer, eve: Customer) -> None:
        assert sign_in(at(eve, app), carol.email).status_code == 422

    def test_members_are_no_customers(self, app: Flask, carol: Customer) -> None:
        assert sign_in(at(carol, app), ANN.email).status_code == 422

    def test_customers_are_no_members(self, app: Flask, carol: Customer) -> None:
        answer = Visitor(app).post("/sign-in", {"email": carol.email, "password": PASSWORD})
        assert answer.status_code == 422

    def test_portal_cookie_opens_no_workspace(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        host = carol.host.replace("-portal", "")
        for name in ("session", "customer"):
            at_home.keep(host, at_home.cookie("customer", carol.host), name)
        assert at_home.get(f"{host}/contacts").status_code == 302


class TestLinks:
    @pytest.mark.parametrize("what", ["link", "forgot", "register"])
    def test_asking_is_answered_alike(self, app: Flask, carol: Customer, what: str) -> None:
        told = set()
        for email in (carol.email, "nobody@nowhere.example"):
            answer = at(carol, app).post(f"/{what}", {"email": email, "name": "Some Body"})
            told.add((answer.status_code, answer.text.replace(email, "").replace("200", "")))
        assert len({status for status, _ in told}) == 1
        assert len({re.sub(r'content="[^"]*"|value="[^"]*"', "", page) for _, page in told}) == 1

    def test_only_who_is_known_gets_mail(self, app: Flask, carol: Customer) -> None:
        for email in (carol.email, "nobody@nowhere.example"):
            at(carol, app).post("/link", {"email": email})
        customers.work_off_links(app, carol.workspace)
        assert {mail.to for mail in customers.mails(app, carol.workspace)} == {carol.email}

    def test_link_lets_in_once(self, app: Flask, carol: Customer) -> None:
        path = asked(app, carol, "link", "sign_in")
        visitor = at(carol, app)
        assert carol.email in visitor.get(path).text
        assert visitor.get(path).status_code == 200  # looking uses up nothing
        assert "Carol Meyer" in visitor.follow(visitor.post(path)).text
        assert at(carol, app).post(path).status_code == 403

    def test_link_ends_after_an_hour(self, app: Flask, carol: Customer) -> None:
        path = asked(app, carol, "link", "sign_in")
        with clock.frozen(clock.now() + timedelta(minutes=61)):
            assert at(carol, app).post(path).status_code == 403

    def test_link_of_one_company_opens_no_other(self, app: Flask, carol: Customer, eve: Customer) -> None:
        path = asked(app, carol, "link", "sign_in")
        assert at(eve, app).post(path).status_code == 403

    def test_forgotten_password_is_replaced(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        path = asked(app, carol, "forgot", "portal_reset")
        visitor = at(carol, app)
        assert visitor.post(path, {"password": "short"}).status_code == 422
        assert visitor.post(path, {"password": "seven blue whales sing"}).status_code == 303
        assert sign_in(at(carol, app), carol.email).status_code == 422
        assert sign_in(at(carol, app), carol.email, "seven blue whales sing").status_code == 303
        assert at_home.get("/").status_code == 302  # other browsers are out

    def test_mails_are_limited(self, app: Flask, carol: Customer) -> None:
        visitor = at(carol, app)
        answers = [visitor.post("/link", {"email": carol.email}).status_code for _ in range(7)]
        assert answers == [200] * 6 + [429]

    def test_blocked_account_gets_no_link(self, app: Flask, nordwind: Workspace, carol: Customer) -> None:
        signed_in(app, nordwind, ANN).post(f"/contacts/{carol.contact_id}/portal/block")
        at(carol, app).post("/link", {"email": carol.email})
        customers.work_off_links(app, carol.workspace)
        assert not customers.mails(app, nordwind)


class TestRegistering:
    def test_known_contact_registers_alone(self, app: Flask, nordwind: Workspace, carol: Customer) -> None:
        email = newcomer(app, carol)
        visitor = at(carol, app)
        visitor.post("/register", {"email": email, "name": "Nina Neu"})
        customers.work_off_links(app, carol.workspace)
        path = customers.link_in(app, nordwind, "portal_register")
        assert "Nina" not in visitor.get("/").text  # nothing before the address is proven
        answer = visitor.post(path, {"password": "seven blue whales sing"})
        assert "Nina Neu" in visitor.follow(answer).text
        assert sign_in(at(carol, app), email, "seven blue whales sing").status_code == 303

    def test_unknown_address_gets_nothing_where_only_known_ones_may(
        self, app: Flask, nordwind: Workspace, carol: Customer
    ) -> None:
        at(carol, app).post("/register", {"email": "stranger@else.example", "name": "Stan Stranger"})
        customers.work_off_links(app, carol.workspace)
        assert not customers.mails(app, nordwind)

    def test_stranger_becomes_a_contact_where_everybody_may(
        self, app: Flask, nordwind: Workspace, carol: Customer
    ) -> None:
        set_registration(app, nordwind, "open")
        visitor = at(carol, app)
        visitor.post("/register", {"email": "stranger@else.example", "name": "Stan Stranger"})
        customers.work_off_links(app, carol.workspace)
        answer = visitor.post(customers.link_in(app, nordwind, "portal_register"))
        page = visitor.follow(answer)
        assert "Stan Stranger" in page.text
        assert "Carol" not in page.text

    def test_closed_registration_is_not_there(self, app: Flask, nordwind: Workspace, carol: Customer) -> None:
        set_registration(app, nordwind, "off")
        visitor = at(carol, app)
        assert visitor.get("/register").status_code == 404
        assert visitor.post("/register", {"email": "a@b.example", "name": "A"}).status_code == 404
        assert "/register" not in visitor.get("/sign-in").text

    def test_registering_again_leads_into_the_account(self, app: Flask, carol: Customer) -> None:
        path = asked(app, carol, "register", "sign_in")
        visitor = at(carol, app)
        assert "Carol Meyer" in visitor.follow(visitor.post(path)).text


class TestSessions:
    def test_signing_out_ends_the_session(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        copied = at_home.cookie("customer")
        answer = at_home.post("/sign-out")
        assert answer.headers["Clear-Site-Data"] == '"storage"'
        at_home.keep(carol.host, copied, "customer")
        assert at_home.get("/").status_code == 302

    def test_signing_out_everywhere_ends_all(self, app: Flask, carol: Customer, at_home: Visitor) -> None:
        other = customers.visit(app, carol)
        at_home.post("/profile/sessions/end")
        assert other.get("/").status_code == 302

    def test_password_of_ones_own_is_asked_before_another(self, carol: Customer, at_home: Visitor) -> None:
        sent = {"old_password": WRONG, "password": "seven blue whales sing"}
        assert at_home.post("/profile/password", sent).status_code == 422
        assert at_home.post("/profile/password", sent | {"old_password": PASSWORD}).status_code == 303

    def test_session_ends_by_idling(self, at_home: Visitor) -> None:
        with clock.frozen(clock.now() + timedelta(days=15)):
            assert at_home.get("/").status_code == 302

    def test_forged_form_changes_nothing(self, at_home: Visitor) -> None:
        answer = at_home.post("/profile", {"city": "Bonn", "csrf_token": "a.b"})
        assert answer.status_code == 403


def asked(app: Flask, customer: Customer, what: str, template: str) -> str:
    at(customer, app).post(f"/{what}", {"email": customer.email, "name": customer.name})
    customers.work_off_links(app, customer.workspace)
    return customers.link_in(app, customer.workspace, template)


def newcomer(app: Flask, beside: Customer) -> str:
    """A contact of the same company without an account."""
    from_form = {"first_name": "Nina", "last_name": "Neu", "emails.value": "nina@customer.example"}
    signed_in(app, beside.workspace, ANN).post(
        "/contacts", from_form | {"company_id": str(beside.company_id)}
    )
    return "nina@customer.example"


def taken(app: Flask, customer: Customer, email: str, network: int) -> float:
    """The seconds of the processor that a refusal takes, from a network of its own."""
    visitor = at(customer, app, f"203.0.{network}.9")
    sent = {"email": email, "password": WRONG, "csrf_token": visitor.token()}
    start = time.thread_time()
    visitor.post("/sign-in", sent)
    return time.thread_time() - start
