"""The pages on which owners close a workspace and open it again, and the receipt."""

import pytest
from flask import Flask

from app.core.ids import new_id
from app.domain.lifecycle import closing, deleting
from tenants import removal
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, PASSWORD, Person, Workspace
from tests.conftest import S3
from tests.visitor import BASE, Visitor

PAGE = "/workspaces/nordwind/closing"
NAME = "Nordwind GmbH"


@pytest.fixture
def ann(app: Flask, nordwind: Workspace) -> Visitor:
    """Ann Berg, signed in on the base host."""
    return _signed_in(app, ANN)


def test_owner_closes_with_name_and_password_and_opens_again(app: Flask, ann: Visitor) -> None:
    assert NAME in ann.get(PAGE).text
    assert ann.post(PAGE, {"typed": NAME, "password": "not the password"}).status_code == 422
    closed = ann.follow(ann.post(PAGE, {"typed": NAME, "password": PASSWORD}))
    assert "Nordwind GmbH is closed" in closed.text
    assert Visitor(app, "http://nordwind.localhost:8000").get("/").status_code == 503
    ann.host = BASE
    opened = ann.follow(ann.post("/workspaces/nordwind/opening"))
    assert "Nordwind GmbH is open again." in opened.text
    assert ann.get("http://nordwind.localhost:8000/").status_code == 302


def test_others_see_at_most_that_it_is_closed(app: Flask, ann: Visitor) -> None:
    bob, nobody = _signed_in(app, BOB), Visitor(app)
    assert bob.get(PAGE).status_code == 404
    assert nobody.get(PAGE).headers["Location"] == f"/sign-in?next={PAGE}"
    ann.post(PAGE, {"typed": NAME, "password": PASSWORD})
    page = bob.get(PAGE).text
    assert "is closed" in page
    assert "/opening" not in page
    assert bob.post("/workspaces/nordwind/opening").status_code == 404


def test_receipt_is_read_by_who_knows_its_address(
    app: Flask, s3: S3, ann: Visitor, nordwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The server itself may be looking at a table: it is waited for here, not by a next sweep.
    monkeypatch.setattr(removal, "LOCK_TIMEOUT", "60s")
    ann.post(PAGE, {"typed": NAME, "password": PASSWORD})
    with app.app_context():
        with unit_of_work():
            closing.hasten(nordwind.tenant)
        ending = next(each for each in removal.due(10_000) if each.id == nordwind.tenant.id)
        receipt = deleting.remove(ending)
    assert receipt is not None
    reader = Visitor(app)
    page = reader.get(f"/receipts/{receipt['id']}")
    assert receipt["digest"] in page.text
    assert reader.get(f"/receipts/{receipt['id']}.json").json == receipt
    assert reader.get(f"/receipts/{new_id()}").status_code == 404


def _signed_in(app: Flask, person: Person) -> Visitor:
    visitor = Visitor(app)
    answer = visitor.post("/sign-in", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 303
    visitor.host = BASE
    return visitor
