"""A word with a slip in it is read as the word that records are called by."""

from dataclasses import replace

import pytest

from app.core.actor import Actor
from app.records import documents, finding, reading, slips, writing
from app.records.filters import Condition
from app.records.reading import Query


@pytest.fixture
def people(ann: Actor) -> None:
    """Names like each other, compounds, and a company."""
    for first, last in [("Susan", "Weber"), ("Susan", "Weiß"), ("Otto", "Steinmann-Koch"), ("Ann", "Wolf")]:
        writing.create(ann, "contacts", {"first_name": first, "last_name": last})
    writing.create(ann, "companies", {"name": "Brauerei Tannhäuser"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("susan wbeer", ["susan weber"]),
        ("susan weer", ["susan weber"]),
        ("susna webber", ["susan weber"]),
        ("otto steinmnan-koch", ["otto steinmann-koch"]),
        ("brauerrei", ["brauerei"]),
        ("susan weber", []),
        ("wlf", []),
        ("xaver", []),
    ],
)
def test_nearest_words_are_read(ann: Actor, people: None, typed: str, meant: list[str]) -> None:
    assert slips.readings(ann, ["contacts", "companies"], typed.split()) == meant


def test_slip_finds_who_was_meant(ann: Actor, people: None) -> None:
    [hit] = finding.find(ann, "Susan Wbeer")
    assert (hit.title, hit.is_similar) == ("Susan Weber", True)
    assert not finding.find(ann, "Susan Weber")[0].is_similar


def test_rest_of_a_name_is_not_given_away(ann: Actor, people: None) -> None:
    assert finding.find(ann, "susna steinmnan") == []


@pytest.fixture
def webers(ann: Actor) -> list[str]:
    """Seven of one name, in order."""
    names = [f"Weber {letter}" for letter in "abcdefg"]
    rows = [writing.Row({"last_name": name, "city": "Bonn"}) for name in names]
    writing.write_many(ann, "contacts", rows, title="people")
    return names


def test_pages_of_a_list_stay_with_what_was_meant(ann: Actor, webers: list[str]) -> None:
    wanted = Query(search="Wbeer", sort="name", limit=3, forgiving=True)
    first = reading.page(ann, "contacts", wanted)
    assert first.meant == "weber"
    writing.create(ann, "contacts", {"last_name": "Wbeer"})
    pages = [first]
    while cursor := pages[-1].next_cursor:
        pages.append(reading.page(ann, "contacts", replace(wanted, cursor=cursor)))
    assert [record.title for page in pages for record in page.rows] == webers
    assert {page.meant for page in pages} == {"weber"}
    back = reading.page(ann, "contacts", replace(wanted, cursor=pages[1].previous_cursor))
    assert [record.id for record in back.rows] == [record.id for record in first.rows]


def test_list_that_has_the_words_forgives_no_slip(ann: Actor, webers: list[str]) -> None:
    writing.create(ann, "contacts", {"last_name": "Wbeer"})
    page = reading.page(ann, "contacts", Query(search="wbeer", forgiving=True))
    assert ([record.title for record in page.rows], page.meant) == (["Wbeer"], None)


def test_slip_is_forgiven_only_where_that_is_asked_for(ann: Actor, webers: list[str]) -> None:
    assert reading.page(ann, "contacts", Query(search="wbeer")).rows == []
    assert documents.page(ann, "contacts", Query(search="wbeer")).json == []


def test_right_word_that_a_filter_leaves_nothing_of_is_no_slip(ann: Actor, webers: list[str]) -> None:
    writing.create(ann, "contacts", {"last_name": "Webber", "city": "Kiel"})
    where = Condition("city", "eq", "Kiel")
    page = reading.page(ann, "contacts", Query(where=where, search="weber", forgiving=True))
    assert (page.rows, page.meant) == ([], None)
