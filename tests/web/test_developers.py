"""Developers' pages: an app in two minutes, a secret shown once, apps shut out again."""

import re

from flask import Flask

from app.core.ids import new_id
from app.domain.apps import tokens
from tenants.context import entered
from tenants.session import unit_of_work
from tests.api.oauth.flows import Registered
from tests.cast import Workspace
from tests.statements import counted
from tests.visitor import Visitor

FORM = {"sort": "server", "name": "Warehouse", "scopes": ["companies:read", "deliveries:write"]}


def register(visitor: Visitor, **changes: object) -> tuple[str, str, str]:
    """Address, client id and secret of an app registered by the form."""
    app_id = str(new_id())
    page = visitor.post("/developers/apps", FORM | {"app_id": app_id} | changes)
    assert page.status_code == 200, page.text
    client_id, secret = re.findall(r"<code>(kith_[\w-]+)</code>", page.text)[:2]
    return f"/developers/apps/{app_id}", client_id, secret


def test_registered_app_calls_the_api_by_the_line_shown(ann: Visitor, app: Flask) -> None:
    page = ann.post("/developers/apps", FORM)
    shown = re.search(r"curl -H &#39;Authorization: Bearer ([^&]+)&#39; &#39;([^&]+)&#39;", page.text)
    assert shown
    answer = app.test_client().get(shown[2], headers={"Authorization": f"Bearer {shown[1]}"})
    assert (shown[2], answer.status_code) == ("http://localhost:8000/api/v1/companies?limit=1", 200)


def test_secret_is_shown_once(ann: Visitor, app: Flask) -> None:
    address, client_id, secret = register(ann)
    again = ann.get(address)
    assert client_id in again.text
    assert secret not in again.text
    assert Registered(client_id, secret, app).by_itself().status_code == 200


def test_same_form_twice_makes_one_app(ann: Visitor) -> None:
    sent = FORM | {"app_id": str(new_id())}
    assert [ann.post("/developers/apps", sent).status_code for _ in range(2)] == [200, 303]
    assert ann.get("/developers").text.count("Warehouse</strong><small") == 2  # the app, and that it is in


def test_wrong_form_says_what_to_mend(ann: Visitor) -> None:
    sent = {"sort": "native", "name": "", "redirect_uris": "javascript:alert(1)\nmyapp:/back"}
    page = ann.post("/developers/apps?lang=en", sent)
    assert page.status_code == 422
    for said in ("Give the app a name", "javascript:alert(1): use https", "Choose what the app may do"):
        assert said in page.text


def test_new_secret_works_beside_the_old_one(ann: Visitor, app: Flask) -> None:
    address, client_id, secret = register(ann)
    page = ann.post(f"{address}/secret")
    fresh = re.findall(r"<code>(kith_secret_[\w-]+)</code>", page.text)[0]
    assert fresh != secret
    assert [Registered(client_id, each, app).by_itself().status_code for each in (secret, fresh)] == [
        200,
        200,
    ]
    ann.post(f"{address}/previous-secret/removal")
    assert [Registered(client_id, each, app).by_itself().status_code for each in (secret, fresh)] == [
        401,
        200,
    ]


def test_app_is_changed_shut_out_let_in_and_deleted(ann: Visitor, app: Flask) -> None:
    address, client_id, secret = register(ann)
    program = Registered(client_id, secret, app)
    ann.post(address, {"name": "Store", "scopes": ["companies:read"]})
    assert (program.by_itself().json or {})["scope"] == "companies:read"
    ann.post(f"{address}/pause")
    assert program.by_itself().status_code == 401
    ann.post(f"{address}/pause", {"resume": "1"})
    assert program.by_itself().status_code == 200
    ann.post(f"{address}/removal")
    assert program.by_itself().status_code == 401
    assert ann.get(address).status_code == 404


def test_members_see_their_own_connections_only(bob: Visitor, ann: Visitor) -> None:
    register(ann)
    assert "You have let no app in" in bob.get("/connected-apps?lang=en").text
    assert bob.get("/developers").status_code == 403


def test_documentation_shows_every_object(visitor: Visitor) -> None:
    page = visitor.get("/developers")
    assert page.status_code == 200
    for said in (
        "/api/v1/contacts",
        "/api/v1/order_lines/batch",
        "Idempotency-Key",
        "deliveries:write",
        "promised_on",
    ):
        assert said in page.text


def test_token_is_looked_up_in_one_statement(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    _, client_id, secret = register(ann)
    token = (Registered(client_id, secret, app).by_itself().json or {})["access_token"]
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True), counted() as sent:
        assert tokens.enter(token, nordwind.tenant)
    assert len([statement for statement in sent if "SELECT" in statement]) == 1
