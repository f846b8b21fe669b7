"""Many rows of a table at once: what is offered, what would happen, what happens."""

import re

import pytest
from flask import Flask

from tests.cast import BOB, RALF, Workspace
from tests.visitor import Visitor, signed_in
from tests.work import work_off


@pytest.fixture
def bob(app: Flask, nordwind: Workspace) -> Visitor:
    visitor = signed_in(app, nordwind, BOB)
    for place in range(3):
        visitor.post("/contacts", {"last_name": f"Nr {place}", "city": "Ulm" if place else "Bonn"})
    return visitor


def ids(visitor: Visitor) -> str:
    return ",".join(re.findall(r'<tr id="row-[^"]+" data-id="([^"]+)"', visitor.get("/contacts").text))


def test_dialog_tells_what_would_change(bob: Visitor) -> None:
    asked = f"ids={ids(bob)}&field=city&value=Bonn"
    told = bob.get(f"/contacts/bulk/edit/preview?{asked}").text
    assert "2" in told
    assert 'data-can="1"' in told
    assert 'name="value"' in bob.get(f"/contacts/bulk/edit?{asked}").text


def test_value_that_fits_nobody_is_told_before(bob: Visitor) -> None:
    told = bob.get(f"/contacts/bulk/edit/preview?ids={ids(bob)}&field=birthday&value=yesterdayish").text
    assert 'data-can="0"' in told


def test_all_that_the_list_shows_is_changed_and_undone(app: Flask, bob: Visitor) -> None:
    sent = {"all": "1", "list": "filter[city]=Ulm", "field": "city", "value": "Jena"}
    assert bob.post("/contacts/bulk/edit", sent).headers["Location"].endswith("filter%5Bcity%5D=Ulm")
    work_off(app)
    assert bob.get("/contacts?filter[city]=Jena").text.count("<tr id=") == 2
    job = re.search(r'href="(/jobs/[0-9a-f-]{36})"', bob.get("/jobs").text)
    assert job is not None
    assert f"{job[1]}/reversal" in bob.get(f"{job[1]}/toast").text
    bob.post(f"{job[1]}/reversal", {"next": "/contacts"})
    work_off(app)
    assert bob.get("/contacts?filter[city]=Ulm").text.count("<tr id=") == 2


def test_trash_offers_to_restore_and_nothing_else(app: Flask, bob: Visitor) -> None:
    bob.post("/contacts/bulk/delete", {"ids": ids(bob)})
    work_off(app)
    trash = bob.get("/contacts?trash=1").text
    assert "/contacts/bulk/restore" in trash
    assert "/contacts/bulk/delete" not in trash
    bob.post("/contacts/bulk/restore", {"all": "1", "list": "trash=1"})
    work_off(app)
    assert len(ids(bob).split(",")) == 3


def test_reader_is_offered_no_change(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    ralf = signed_in(app, nordwind, RALF)
    assert "/bulk/edit" not in ralf.get("/contacts").text
    assert ralf.post("/contacts/bulk/delete", {"ids": ids(bob)}).status_code == 403
