"""Many rows of a table at once: what is offered, what would happen, what happens."""

import re

import pytest
from flask import Flask

from app.domain.bulk import blocks
from app.domain.jobs.slices import Budget
from tests.cast import ANN, BOB, RALF, Workspace
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


def test_stopped_change_goes_on_until_it_is_taken_back(
    app: Flask, bob: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 1)
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)
    bob.post("/contacts/bulk/edit", {"all": "1", "field": "city", "value": "Jena"})
    work_off(app, most=1)
    job = re.search(r'href="(/jobs/[0-9a-f-]{36})"', bob.get("/jobs").text)
    assert job is not None
    assert "/reversal" not in bob.get(job[1]).text
    bob.post(f"{job[1]}/cancellation")
    work_off(app)
    page = bob.get(job[1]).text
    assert f"{job[1]}/attempts" in page
    assert "1 von 3 Zeilen" in page
    bob.post(f"{job[1]}/reversal")
    work_off(app)
    page = bob.get(job[1]).text
    assert f"{job[1]}/attempts" not in page
    assert bob.post(f"{job[1]}/attempts").status_code == 409
    assert bob.get("/contacts?filter[city]=Jena").text.count("<tr id=") == 0


def test_job_that_is_over_is_not_called_stopped(app: Flask, bob: Visitor) -> None:
    bob.post("/contacts/bulk/edit", {"all": "1", "field": "city", "value": "Jena"})
    work_off(app)
    job = re.search(r'href="(/jobs/[0-9a-f-]{36})"', bob.get("/jobs").text)
    assert job is not None
    bob.post(f"{job[1]}/cancellation")
    assert "Es war schon beendet" in bob.get(job[1]).text


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


def test_ticked_rows_of_the_trash_go_for_good(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    ann, (first, second, third) = signed_in(app, nordwind, ANN), ids(bob).split(",")
    bob.post("/activities", {"subject": "Call", "contact_id": first})
    bob.post("/contacts/bulk/delete", {"ids": f"{first},{second}"})
    work_off(app)
    assert "/contacts/bulk/purge" not in bob.get("/contacts?trash=1").text
    assert "/contacts/bulk/purge" in ann.get("/contacts?trash=1").text
    told = ann.get(f"/contacts/bulk/purge?ids={first},{second},{third}").text
    assert "2 Datensätze." in told
    assert "1 Aktivität" in told
    assert bob.post("/contacts/bulk/purge", {"ids": first}).status_code == 403
    job = ann.post("/contacts/bulk/purge", {"ids": f"{first},{third}"}).headers["Location"]
    work_off(app)
    receipt = ann.get(job).text
    assert "Kontakte: 1" in receipt
    assert "Aktivitäten: 1" in receipt
    assert ann.get(f"/contacts/{first}").status_code == 404
    assert ann.get(f"/contacts/{third}").status_code == 200
    assert bob.post(f"/contacts/{second}/restoration").status_code == 303


@pytest.mark.parametrize("action", ["replace", "explode"])
def test_no_other_action_is_there(bob: Visitor, action: str) -> None:
    assert bob.get(f"/contacts/bulk/{action}?ids={ids(bob)}").status_code == 404
