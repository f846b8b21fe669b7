"""A word with a slip in it is read as the word that records are called by."""

import pytest

from app.core.actor import Actor
from app.records import finding, slips, writing


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
