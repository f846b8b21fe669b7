"""Settings > Objects and fields > History: changes as a list, each with its way back."""

import re

import pytest
from flask import Flask

from tests.visitor import Visitor
from tests.work import work_off

OBJECTS = "/settings/objects"
HISTORY = f"{OBJECTS}/history"
MACHINES = {
    "singular.en": "Machine", "singular.de": "Maschine", "plural.en": "Machines", "plural.de": "Maschinen",
    "icon": "wrench",
}  # fmt: skip
SERIAL = {"kind": "text", "labels.en": "Serial", "visibility": "opinion"}
_UNDO = re.compile(r'action="(/settings/objects/history/[0-9a-f-]{36}/reversal)"')


@pytest.fixture
def machines(rita: Visitor) -> str:
    answer = rita.post(OBJECTS, MACHINES)
    return str(answer.headers["Location"])


def test_change_offers_the_way_back_at_once(rita: Visitor, machines: str) -> None:
    page = rita.get(machines).text
    found = _UNDO.search(page)
    assert found, "the toast leads back"
    answer = rita.follow(rita.post(found[1]))
    assert "Maschinen: Änderung zurückgenommen" in answer.text
    assert rita.get("/x_machines").status_code == 404


def test_history_lists_changes_with_before_and_after(rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", SERIAL)
    rita.post(f"{machines}/fields/serial", SERIAL | {"labels.en": "Number", "is_required": "1"})
    page = rita.get(HISTORY).text
    assert "<s>Serial</s> → Number" in page
    added = page.split("<dl>")[2]
    assert added.index("<dt>Name<") < added.index("<dt>Art<") < added.index("<dt>Wer es sehen darf<")
    assert page.count("/reversal") >= 3
    assert "/settings/objects/history?object=x_machines" in rita.get(machines).text
    assert "Serial" not in rita.get(f"{HISTORY}?object=deals").text


def test_refused_undo_says_why(rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", SERIAL)
    rita.post("/x_machines", {"name": "Press 7", "serial": "P-7"})
    added = _UNDO.findall(rita.get(f"{HISTORY}?object=x_machines").text)[-2]
    page = rita.follow(rita.post(added)).text
    assert "(1)" in page
    assert 'name="serial"' in rita.get("/x_machines/new").text


def test_history_is_not_for_members(bob: Visitor) -> None:
    assert bob.get(HISTORY).status_code == 403


def test_kind_is_looked_at_before_it_is_changed(app: Flask, rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", SERIAL)
    record = rita.post("/x_machines", {"name": "Press 7", "serial": "P-7"}).headers["Location"]
    address = f"{machines}/fields/serial/kind"
    assert f'href="{address}"' in rita.get(f"{machines}/fields/serial").text
    page = rita.get(f"{address}?to=number").text
    assert f'href="{record}"' in page
    assert 'name="to"' not in page
    rita.post(record, {"name": "Press 7", "serial": "7"})
    assert 'name="to" value="number"' in rita.get(f"{address}?to=number").text
    rita.post(address, {"to": "number"})
    work_off(app)
    assert "Zahl" in rita.get(machines).text
    assert 'value="7"' in rita.get(f"{record}/edit").text
    assert "<s>Text</s> → Zahl" in rita.get(HISTORY).text


def test_record_tells_both_kinds_of_a_value(app: Flask, rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", SERIAL)
    record = rita.post("/x_machines", {"name": "Press 7", "serial": "1250"}).headers["Location"]
    rita.post(f"{machines}/fields/serial/kind", {"to": "number"})
    work_off(app)
    told = rita.get(f"{record}?lang=en").text
    assert "Kind of Serial changed" in told
    assert "<small>Text</small> <s>1250</s> → <small>Number</small> 1,250" in told


def test_kind_page_says_what_builds_on_the_field(rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", {"kind": "number", "labels.en": "Hours", "visibility": "shared"})
    formula = {"kind": "formula", "labels.en": "Days", "expression": "hours / 8", "visibility": "shared"}
    rita.post(f"{machines}/fields", formula)
    answer = rita.get(f"{machines}/fields/hours/kind?to=text")
    assert answer.status_code == 200
    assert "Maschinen: Days" in answer.text
    assert "x_machines.days" not in answer.text
    assert 'name="to"' not in answer.text


def test_formula_is_told_in_words(rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", {"kind": "number", "labels.en": "Hours", "visibility": "shared"})
    formula = {"kind": "formula", "labels.en": "Days", "expression": "hours / 8", "visibility": "shared"}
    rita.post(f"{machines}/fields", formula)
    page = rita.get(HISTORY).text
    assert "hours / 8" in page
    assert "Formel" in page
    assert "expression" not in page
    assert "result" not in page


def test_kinds_and_values_are_called_as_people_know_them(rita: Visitor, machines: str) -> None:
    wish = {"kind": "datetime", "labels.en": "Seen", "visibility": "opinion"}
    rita.post(f"{machines}/fields", wish)
    rita.post("/x_machines", {"name": "Press 7", "seen": "2026-03-04T15:00"})
    page = rita.get(f"{machines}/fields/seen/kind?to=date&lang=en").text
    assert "2026-03-04T" not in page
    assert "<strong>Press 7</strong>" in page
    assert "Wednesday, 4 March 2026, 15:00" in page
    refused = rita.follow(rita.post(f"{machines}/fields/seen/kind", {"to": "money"})).text
    assert "kann eines davon werden: Datum." in refused


def test_change_of_kind_that_no_record_felt_says_nothing_of_records(
    app: Flask, rita: Visitor, machines: str
) -> None:
    rita.post(f"{machines}/fields", SERIAL)
    rita.post(f"{machines}/fields/serial/kind", {"to": "number"})
    work_off(app)
    page = rita.get(f"{HISTORY}?lang=en").text
    assert "<s>Text</s> → Number" in page
    assert "in another way" not in page
