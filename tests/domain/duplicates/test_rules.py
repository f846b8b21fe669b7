"""How alike two records are, and why."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.duplicates.names import folded, form_and_rest
from app.domain.duplicates.rules import LISTED, MENTIONED, Evidence, compare

CAROL = Evidence(given="Carol", family="Meyer", name="Carol Meyer", city="Köln", postcode="50667")
MEYER = Evidence(name="Meyer Maschinenbau GmbH", city="Köln")


def _why(one: Evidence, other: Evidence) -> dict[str, int]:
    return {reason.code: reason.percent for reason in compare(one, other).reasons}


@pytest.mark.parametrize("spelled", ["Jürgen Müller", "Juergen Mueller", "JURGEN MULLER", "jürgen-müller"])
def test_umlauts_are_one_name_however_written(spelled: str) -> None:
    assert folded(spelled) == "jurgen muller"


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Meyer Maschinenbau GmbH", "meyer maschinenbau"),
        ("Meyer Maschinenbau GmbH & Co. KG", "meyer maschinenbau"),
        ("Acme, Inc.", "acme"),
        ("Acme Ltd", "acme"),
        ("Dupont S.A.R.L.", "dupont"),
        ("Volvo AB", "volvo"),
        ("Siemens A.G.", "siemens"),
        ("Nordwind e.V.", "nordwind"),
        ("GmbH", "gmbh"),
        ("Co-op Food", "co op food"),
    ],
)
def test_legal_form_is_no_part_of_a_name(name: str, rest: str) -> None:
    assert form_and_rest(name)[1] == rest


def test_same_person_typed_twice_is_listed() -> None:
    slip = replace(CAROL, family="Mayer", name="Carol Mayer")

    assert compare(CAROL, CAROL).score >= LISTED
    assert compare(CAROL, slip).score >= LISTED
    assert _why(CAROL, slip) == {"name_alike": 94, "same_city": 100}


def test_name_alone_is_mentioned_and_not_listed() -> None:
    alone = Evidence(given="Peter", family="Müller")

    assert MENTIONED <= compare(alone, Evidence(given="Peter", family="Mueller")).score < LISTED


def test_family_at_one_address_is_not_one_person() -> None:
    home = replace(CAROL, street="Hauptstr. 1", phones=frozenset({"+49221123"}))
    brother = replace(home, given="Paul", name="Paul Meyer")

    assert compare(home, brother).score < LISTED


def test_colleagues_who_share_a_telephone_are_two() -> None:
    office = Evidence(given="Ann", family="Berg", phones=frozenset({"+49301"}), company=UUID(int=1))

    assert compare(office, replace(office, given="Bob", family="Lind")).score < MENTIONED


def test_nicknames_are_not_guessed() -> None:
    bill = Evidence(given="Bill", family="Gates", city="Seattle")

    assert compare(bill, replace(bill, given="William")).score < MENTIONED


def test_other_birthday_speaks_against() -> None:
    one, other = replace(CAROL, birthday=date(1980, 2, 1)), replace(CAROL, birthday=date(1955, 7, 9))

    assert compare(one, other).score < LISTED
    assert compare(one, one).score > compare(CAROL, CAROL).score


def test_new_family_name_does_not_hide_a_person() -> None:
    home = replace(CAROL, street="Hauptstr. 1", birthday=date(1980, 2, 1))

    assert compare(home, replace(home, family="Otto")).score >= LISTED
    assert compare(home, replace(home, given="Sandra")).score < LISTED


def test_swapped_names_are_found() -> None:
    swapped = replace(CAROL, given="Meyer", family="Carol")

    assert compare(CAROL, swapped).score >= LISTED


def test_company_is_found_under_another_form() -> None:
    plain = replace(MEYER, name="Meyer Maschinenbau")

    assert compare(MEYER, plain).score >= LISTED
    assert "other_form" in _why(MEYER, replace(MEYER, name="Meyer Maschinenbau AG"))


def test_branches_elsewhere_are_no_duplicates() -> None:
    assert compare(MEYER, replace(MEYER, city="Hamburg")).score < LISTED


def test_numbered_companies_are_told_apart() -> None:
    fund = Evidence(name="Immobilien Fonds 3 GmbH", city="Köln")

    assert compare(fund, replace(fund, name="Immobilien Fonds 4 GmbH")).score < LISTED


def test_subsidiary_is_not_its_parent() -> None:
    parent = replace(MEYER, id=UUID(int=1), domains=frozenset({"meyer.example"}))
    child = replace(parent, id=UUID(int=2), parent=UUID(int=1), name="Meyer Maschinenbau AG")

    assert compare(parent, child).score < LISTED


def test_same_domain_and_like_name_are_listed() -> None:
    one = Evidence(name="Kestrel Ltd", domains=frozenset({"kestrel.example"}))
    other = Evidence(name="Kestrell Limited", domains=frozenset({"kestrel.example"}))

    assert compare(one, other).score >= LISTED
    assert "same_domain" in _why(one, other)


_TEXTS = st.sampled_from(["", "Jan", "Jana", "Meyer", "Müller-Lüdenscheidt", "Acme GmbH", "ß9", "0", "\x00"])
_EVIDENCE = st.builds(
    Evidence,
    name=_TEXTS,
    given=_TEXTS,
    family=_TEXTS,
    city=_TEXTS,
    postcode=_TEXTS,
    street=_TEXTS,
    country=st.sampled_from(["", "DE", "GB"]),
    birthday=st.none() | st.dates(),
    emails=st.frozensets(st.sampled_from(["a@x.example", "b@x.example"])),
    phones=st.frozensets(st.sampled_from(["+491", "+492"])),
)


@settings(max_examples=60, deadline=None)
@given(_EVIDENCE, _EVIDENCE)
def test_order_of_the_two_never_matters(one: Evidence, other: Evidence) -> None:
    there, back = compare(one, other), compare(other, one)

    assert there == back
    assert 0 <= there.score <= 100
