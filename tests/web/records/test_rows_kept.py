"""Rows that are drawn once for each thing they show: whatever becomes another is drawn anew."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from markupsafe import Markup

from app.core import clock
from app.records import lengths, reading, writing
from app.records.record import Record
from app.ui.records import rows
from app.ui.still import still
from app.ui.table import Row
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.statements import counted
from tests.visitor import Visitor
from tests.web.records.conftest import Make


def row(page: str) -> str:
    """The first row of the table."""
    return str(re.findall(r"<tr id=.*?</tr>", page, re.DOTALL)[0])


def test_row_that_stayed_is_not_drawn_again(ann: Visitor, make: Make) -> None:
    make("contacts", last_name="Meyer")
    # With the next minute, or the next day, times are told anew.
    with clock.frozen(clock.now()):
        ann.get("/contacts")
        before = rows._kept.cache_info()
        ann.get("/contacts")
        after = rows._kept.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (1, 0)


def test_row_shows_what_its_relations_are_called_now(
    app: Flask, nordwind: Workspace, ann: Visitor, make: Make
) -> None:
    company = make("companies", name="Meyer")
    make("contacts", last_name="Kern", company_id=str(company.id))
    assert "Meyer" in row(ann.get("/contacts").text)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        writing.update(nordwind.actor(ANN), "companies", company.id, {"name": "Schulze"})
    assert "Schulze" in row(ann.get("/contacts").text)
    assert "Meyer" not in row(ann.get("/contacts").text)


def test_row_speaks_the_language_of_its_page(ann: Visitor, make: Make) -> None:
    make("products", name="Pump", is_active="true")
    english, german = (row(ann.get(f"/products?lang={code}").text) for code in ("en", "de"))
    assert "Yes" in english
    assert "Ja" in german
    assert "Select Pump" in english
    assert "Select Pump" not in german


def test_time_that_passed_is_told_anew(ann: Visitor, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make("orders", number="A-1", placed_at=(clock.now() - timedelta(minutes=5)).isoformat())
    assert "5 minutes ago" in row(ann.get("/orders?lang=en").text)
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr("app.ui.standing.words.now", lambda: later)
    assert "7 minutes ago" in row(ann.get("/orders?lang=en").text)


def test_values_without_a_hash_are_drawn_each_time(make: Make) -> None:
    made = make("contacts", last_name="Meyer")
    drawn: list[Record] = []

    def write(record: Record, _beside: rows.Cells) -> Row:
        drawn.append(record)
        return Row(str(record.id), record.title, "", ())

    listed = replace(made, values={"several": ["a", "b"]})
    how = rows.Way(("a test",), write)
    assert how.row(listed, ()) == how.row(listed, ())
    assert drawn == [listed, listed]


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "COUNTED", 60)


@pytest.mark.usefixtures("few_are_many")
def test_long_list_is_counted_once_in_a_while(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        people = [writing.Row({"last_name": f"Kern {number}"}) for number in range(61)]
        writing.write_many(nordwind.actor(ANN), "contacts", people, quiet=True, title="x", job_id=None)
    assert "60+ contacts" in ann.get("/contacts?lang=en").text
    with counted() as sent:
        assert "60+ contacts" in ann.get("/contacts?lang=en").text
    assert not [one for one in sent if "count(*) AS count_1" in one]
    lengths.forget()
    with counted() as sent:
        ann.get("/contacts")
    assert [one for one in sent if "count(*) AS count_1" in one]


def test_parts_kept_for_one_company_are_not_anothers_words(app: Flask) -> None:
    """Words that are trusted are drawn as they are, equal ones of a company's own are escaped."""
    with app.test_request_context("/"):
        drawn = [
            still("web/records/parts.html", "search_box", "x", name, "", ())
            for name in (Markup("<b>"), "<b>")
        ]
    assert ["&lt;b&gt;" in each for each in drawn] == [False, True]
