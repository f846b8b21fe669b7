"""What is ruled out before it is compared would never have been listed."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.duplicates.bounds import at_most
from app.domain.duplicates.rules import LISTED, MOST, Evidence, compare

_NAMES = st.sampled_from(
    ["Anna", "Anne", "Anna Maria", "Maria Anna", "Müller", "Mueller-Lüdenscheidt", "Meyer", ""]
)
_DAYS = st.none() | st.sampled_from(
    [date(1980, 5, 17), date(1980, 5, 18), date(1980, 7, 5), date(1944, 1, 1)]
)
_PEOPLE = st.builds(
    Evidence,
    given=_NAMES,
    family=_NAMES,
    emails=st.frozensets(st.sampled_from(["a@x.example", "b@x.example"]), max_size=1),
    phones=st.frozensets(st.sampled_from(["+491", "+492"]), max_size=1),
    externals=st.frozensets(st.sampled_from(["sap:1", "sap:2"]), max_size=1),
    street=st.sampled_from(["Hauptstraße 1", "Hauptstr. 1", "Hauptstraße 12", "Am Markt", ""]),
    postcode=st.sampled_from(["50667", "D-50667", "80331", ""]),
    city=st.sampled_from(["Köln", "Koeln", "München", ""]),
    birthday=_DAYS,
    company=st.none() | st.sampled_from([UUID(int=1), UUID(int=2)]),
)


@settings(max_examples=400, deadline=None)
@given(_PEOPLE, _PEOPLE)
def test_nobody_has_more_points_than_are_foreseen(one: Evidence, other: Evidence) -> None:
    assert compare(one, other).score <= at_most(one, other)


def test_namesakes_of_a_town_in_other_houses_are_ruled_out() -> None:
    one = Evidence(given="Eva", family="Müller", city="Köln", street="Domplatz 1", postcode="50667")
    other = Evidence(given="Eva", family="Müller", city="Köln", street="Ring 7", postcode="50674")
    assert at_most(one, other) < LISTED


@pytest.mark.parametrize("other", [Evidence(name="Meyer AG"), Evidence(given="Eva", family="Meyer")])
def test_nothing_is_ruled_out_of_organisations(other: Evidence) -> None:
    assert at_most(Evidence(name="Meyer GmbH"), other) == MOST
