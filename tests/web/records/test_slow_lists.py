"""Lists that would take too long, in the page: a clear word, and the way to the remedy."""

from typing import Any

import pytest
from flask import Flask

from app.records import patience
from tenants import hurry
from tests.visitor import Visitor
from tests.work import work_off

STREET = "/settings/objects/contacts/fields/street"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, rita: Visitor) -> None:
    """No list may take any time that a database could keep."""
    for number in range(3):
        assert rita.post("/contacts", {"last_name": f"Meyer {number}"}).status_code == 303
    monkeypatch.setattr(patience, "LONGEST_MS", 0)
    monkeypatch.setattr(patience, "FIRST_MS", 0)
    within = hurry.within

    def never(milliseconds: int, **more: Any) -> object:
        if milliseconds == 0:
            raise hurry.TooLong
        return within(milliseconds, **more)

    monkeypatch.setattr(hurry, "within", never)


def test_slow_list_tells_remedy_to_admins(rita: Visitor, bob: Visitor, hurried: None) -> None:
    told = rita.get("/contacts?sort=street")
    assert told.status_code == 422
    assert f'href="{STREET}"' in told.text
    assert 'href="/contacts"' in told.text
    assert STREET not in bob.get("/contacts?sort=street").text
    assert rita.get("/contacts?sort=name").status_code == 200


def test_slow_filter_keeps_its_chip(rita: Visitor, hurried: None) -> None:
    told = rita.get("/contacts?filter[street][contains]=berg")
    assert told.status_code == 422
    assert "filter-chip" in told.text or "chip" in told.text
    assert STREET not in told.text


def test_standard_field_is_made_sortable(app: Flask, rita: Visitor, hurried: None) -> None:
    form = rita.get(STREET).text
    assert 'name="is_sortable"' in form
    assert rita.post(STREET, {"in_table": "1", "is_sortable": "1"}).status_code == 303
    assert rita.get("/contacts?sort=street").status_code == 422
    work_off(app)
    assert rita.get("/contacts?sort=street").status_code == 200
    assert rita.post(STREET, {"in_table": "1"}).status_code == 303
    work_off(app)
    assert rita.get("/contacts?sort=street").status_code == 422


def test_fields_with_an_order_of_ours_are_not_offered_it(rita: Visitor) -> None:
    for name in ("name", "city", "description", "company_id"):
        form = rita.get(f"/settings/objects/contacts/fields/{name}")
        assert 'name="is_sortable"' not in form.text
