"""The matrix of the portal: every route, tried by everybody who has no business there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.architecture import test_isolation as workspace_matrix
from tests.cast import ANN, Workspace
from tests.portal import customers
from tests.portal.customers import Customer
from tests.visitor import Visitor, signed_in

DOOR = "portal."
# Open to everybody; all others need a customer. A route that stands in neither fails.
PUBLIC = set(
    "sign_in_page begin_session ask_page ask_for_link enter_page use_link signed_out"
    " open_letter answer_letter leave_page leave".split()
)
CLOSED = set(
    """
    show_home list_orders show_order show_delivery report_page store_report
    show_incident show_case list_messages new_message write_message show_messages
    read_messages show_profile store_profile answer_consent show_data show_contact
    show_company show_sign_in store_password end_sessions end_one_session store_language
    end_session request_file complete_file load_file live_ticket live_changes
    """.split()
)
# Ends what there is to end and says the same where there is nothing.
ENDS = {"end_one_session"}
ARGUMENTS = {
    "order_id": "orders", "delivery_id": "deliveries", "incident_id": "incidents", "case_id": "cases",
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    endpoint: str
    method: str
    path: str
    names_a_thing: bool


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(DOOR)]


def requests(app: Flask, whose: Customer | None) -> Iterator[Request]:
    """Every route with the ids of what is somebody's; of nobody's without one."""
    for rule in rules(app):
        names = rule.arguments - {"slug"}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            endpoint = rule.endpoint.removeprefix(DOOR)
            values = {name: _value(name, endpoint, whose) for name in names}
            bound = app.url_map.bind("localhost:8000")
            path = bound.build(rule.endpoint, values | {"slug": "x"}, method=method, force_external=True)
            is_thing = bool(names - {"what", "kind", "purpose", "token", "code", "way"})
            yield Request(endpoint, method, path.split("8000", 1)[1], is_thing)


def _value(name: str, endpoint: str, whose: Customer | None) -> object:
    known = {
        "what": "link",
        "kind": "quality",
        "purpose": "mail",
        "token": "none.of-these",
        "code": "none",
        "way": "not-me",
    }
    if name in known:
        return known[name]
    if whose is None or name == "grant_id":
        return uuid4()
    if name in ARGUMENTS:
        return whose.records[ARGUMENTS[name]]
    if name == "record_id":
        return whose.records["companies" if endpoint == "show_company" else "contacts"]
    return {"thread_id": whose.thread_id, "file_id": whose.file_id}[name]


def told(answer: TestResponse) -> str:
    """What an answer says, without what differs by chance and the moment it was given."""
    return re.sub(r'live-cursor-value="[^"]*"', "", workspace_matrix.told(answer))


def ask(visitor: Visitor, request: Request) -> TestResponse:
    if request.method == "GET":
        return visitor.get(request.path)
    return visitor.post(request.path, {"body": "Hello", "granted": "1"})


def test_every_route_has_an_entry(app: Flask) -> None:
    assert {rule.endpoint.removeprefix(DOOR) for rule in rules(app)} == PUBLIC | CLOSED


@pytest.mark.parametrize("stranger", ["anonymous", "member", "other tenant", "signed out", "blocked"])
def test_strangers_stay_outside(
    app: Flask, nordwind: Workspace, carol: Customer, eve: Customer, stranger: str
) -> None:
    visitor = _stranger(app, nordwind, carol, eve, stranger)
    for request in requests(app, carol):
        if request.endpoint in CLOSED:
            answer = ask(visitor, request)
            assert answer.status_code in {302, 401, 403}, (request.path, answer.status_code)
            assert "Carol" not in answer.text
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("who", ["cora", "dan", "eve"])
def test_foreign_things_look_like_no_things(
    app: Flask, carol: Customer, who: str, request: pytest.FixtureRequest
) -> None:
    visitor = customers.visit(app, request.getfixturevalue(who))
    foreign = [one for one in requests(app, carol) if one.names_a_thing]
    unknown = [one for one in requests(app, None) if one.names_a_thing]
    for theirs, nobodys in zip(foreign, unknown, strict=True):
        if who == "cora" and theirs.endpoint == "show_company":
            continue  # they work for the same company
        answer, blank = ask(visitor, theirs), ask(visitor, nobodys)
        expected = 303 if theirs.endpoint in ENDS else 404
        assert (theirs.path, answer.status_code) == (theirs.path, expected)
        assert told(answer) == told(blank)


@pytest.mark.parametrize("who", ["cora", "dan", "eve"])
def test_no_word_about_another_customer_is_told(
    app: Flask, carol: Customer, who: str, request: pytest.FixtureRequest
) -> None:
    other: Customer = request.getfixturevalue(who)
    visitor = customers.visit(app, other)
    for page in requests(app, other):
        if page.method == "GET" and page.endpoint in CLOSED - {"load_file"}:
            text = ask(visitor, page).text
            assert "Carol" not in text, page.path
            assert str(carol.contact_id) not in text
    assert "Carol" not in visitor.get("/orders?q=1").text


@pytest.mark.parametrize("what", ["order", "delivery"])
def test_reports_about_others_orders_are_refused(
    app: Flask, carol: Customer, dan: Customer, what: str
) -> None:
    visitor = customers.visit(app, dan)
    record_id = carol.records["orders" if what == "order" else "deliveries"]
    for answer in (
        visitor.get(f"/report/late?{what}={record_id}"),
        visitor.post("/report/late", {what: str(record_id)}),
    ):
        assert answer.status_code == 404


def test_line_of_another_order_is_refused(app: Flask, carol: Customer, dan: Customer) -> None:
    sent = {"order": str(dan.records["orders"]), "line": str(carol.records["order_lines"])}
    assert customers.visit(app, dan).post("/report/quality", sent).status_code == 422


@pytest.mark.parametrize("target", ["thread", "record"])
def test_messages_into_foreign_conversations_are_refused(
    app: Flask, carol: Customer, dan: Customer, target: str
) -> None:
    sent = {"body": "Hello"} | (
        {"thread": str(carol.thread_id)}
        if target == "thread"
        else {"object": "orders", "record": str(carol.records["orders"])}
    )
    assert customers.visit(app, dan).post("/messages", sent).status_code == 404


def test_file_of_another_customer_cannot_be_attached(app: Flask, carol: Customer, dan: Customer) -> None:
    sent = {"order": str(dan.records["orders"]), "files": str(carol.file_id)}
    assert customers.visit(app, dan).post("/report/quality", sent).status_code == 404


@pytest.mark.parametrize(
    "name", ["owner_id", "company_id", "id", "lifecycle", "email", "legal_basis", "tenant"]
)
def test_what_is_not_ones_own_to_set_stays(app: Flask, carol: Customer, at_home: Visitor, name: str) -> None:
    before = customers.stored(app, carol, "contacts", carol.contact_id)
    answer = at_home.post("/profile", {"city": "Bonn", name: str(uuid4())})
    after = customers.stored(app, carol, "contacts", carol.contact_id)
    assert answer.status_code == 303
    assert after["city"] == "Bonn"
    assert {**after.values, "city": None, "version": 0, "updated_at": 0, "updated_by": 0} == {
        **before.values, "city": None, "version": 0, "updated_at": 0, "updated_by": 0,
    }  # fmt: skip


def test_report_sets_nothing_but_what_is_said(app: Flask, carol: Customer, at_home: Visitor) -> None:
    sent = {"order": str(carol.records["orders"]), "severity": "4", "cost": "9999", "remedy": "free"}
    answer = at_home.post("/report/damage", sent)
    record = customers.stored(app, carol, "incidents", UUID(answer.headers["Location"].rpartition("/")[2]))
    assert (record["severity"], record["cost"], record["remedy"]) == (2, None, None)
    assert (record["contact_id"], record["company_id"]) == (carol.contact_id, carol.company_id)
    assert record["opened_door"] == "portal"


def _stranger(app: Flask, nordwind: Workspace, carol: Customer, eve: Customer, who: str) -> Visitor:
    stranger = Visitor(app, carol.host)
    match who:
        case "member":
            stranger.keep(carol.host, signed_in(app, nordwind, ANN).cookie(), "customer")
            stranger.keep(carol.host, signed_in(app, nordwind, ANN).cookie())
        case "other tenant":
            stranger.keep(carol.host, customers.visit(app, eve).cookie("customer"), "customer")
        case "signed out":
            leaving = customers.visit(app, carol)
            stranger.keep(carol.host, leaving.cookie("customer"), "customer")
            leaving.post("/sign-out")
        case "blocked":
            stranger = customers.visit(app, carol)
            signed_in(app, nordwind, ANN).post(f"/contacts/{carol.contact_id}/portal/block")
    return stranger
