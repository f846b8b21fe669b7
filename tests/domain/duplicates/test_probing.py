"""Looking up who may be the same: frequent names hide nobody, slips at one place are forgiven."""

from typing import Any
from uuid import UUID

import pytest

from app.core.actor import Actor
from app.domain.duplicates import probing
from app.domain.duplicates.names import without_form
from app.domain.duplicates.rules import Evidence
from app.records import registry, writing


def _create(actor: Actor, object_name: str, **values: Any) -> UUID:
    return writing.create(actor, object_name, values).id


def _person(given: str, family: str, **known: Any) -> Evidence:
    return Evidence(given=given, family=family, name=f"{given} {family}", **known)


@pytest.fixture
def namesakes(ann: Actor) -> None:
    """More people of one name than are compared with anybody."""
    rows = [
        writing.Row({"first_name": "Michael", "last_name": "Müller", "city": f"Town {number}"})
        for number in range(probing.NEAR + 20)
    ]
    writing.write_many(ann, "contacts", rows, quiet=True)


@pytest.mark.usefixtures("namesakes")
def test_frequent_name_does_not_hide_who_lives_there(ann: Actor) -> None:
    here = _create(ann, "contacts", first_name="Michael", last_name="Mueller", city="Köln")
    contacts, typed = registry.get("contacts"), _person("Michael", "Müller", city="Köln")

    assert here in probing.near(contacts, typed)
    assert probing.near_many(contacts, [typed]) == [[here]]


@pytest.mark.usefixtures("namesakes")
def test_frequent_name_is_compared_with_so_many_at_most(ann: Actor) -> None:
    contacts, typed = registry.get("contacts"), _person("Michael", "Müller")

    assert len(probing.near(contacts, typed)) == probing.NEAR
    assert probing.near_many(contacts, [typed]) == [[]]


@pytest.mark.parametrize(
    "typed",
    [
        _person("Carlo", "Meyer", postcode="50667"),
        _person("Carol", "Meier", postcode="50667"),
        _person("Meyer", "Carol", postcode="50667"),
        _person("Carol", "Meyer", city="Köln"),
        _person("Meyer", "Carol", city="Köln"),
        _person("Somebody", "Else", phones=frozenset({"+492214711"})),
    ],
)
def test_rows_of_a_file_find_who_is_there(ann: Actor, typed: Evidence) -> None:
    known = _create(
        ann, "contacts", first_name="Carol", last_name="Meyer", postcode="50667", city="Köln",
        phone="+49 221 4711",
    )  # fmt: skip
    _create(ann, "contacts", first_name="Otto", last_name="Brandt", postcode="50667", city="Bonn")

    assert probing.near_many(registry.get("contacts"), [typed]) == [[known]]


@pytest.mark.parametrize(
    ("given", "family", "city"),
    [
        ("Carol", "Meier", ""),
        ("Karol", "Meyer", ""),
        ("Carol", "Mayer", "Köln"),
        ("Carol", "Otto-Meyer", "Köln"),
    ],
)
def test_form_is_told_of_names_nearly_alike(ann: Actor, given: str, family: str, city: str) -> None:
    known = _create(ann, "contacts", first_name="Carol", last_name="Meyer", city="Köln")
    typed = _person(given, family, city=city)

    found = probing.near(registry.get("contacts"), typed)
    assert (known in found) is (family != "Otto-Meyer")


@pytest.mark.parametrize("name", ["Meyer Pumpen GmbH & Co. KG", "Meyer Pumpen", "MEYER PUMPEN, Inc."])
def test_company_is_looked_up_without_its_legal_form(ann: Actor, name: str) -> None:
    known = _create(ann, "companies", name="Meyer Pumpen AG", city="Köln")

    assert probing.near_many(registry.get("companies"), [Evidence(name=name)]) == [[known]]


def test_many_are_told_apart_by_their_place_in_the_file(ann: Actor) -> None:
    one = _create(ann, "companies", name="Kestrel Ltd")
    other = _create(ann, "companies", name="Heron Ltd", domain="heron.example")
    asked = [Evidence(name="Heron"), Evidence(name="Nobody"), Evidence(name="Kestrel Limited"), Evidence()]

    assert probing.near_many(registry.get("companies"), asked) == [[other], [], [one], []]


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Meyer Pumpen GmbH & Co. KG", "Meyer Pumpen"),
        ("Acme, Inc.", "Acme"),
        ("Müller e. K.", "Müller"),
        ("Co-op Food", "Co-op Food"),
        ("GmbH", "GmbH"),
        ("", ""),
    ],
)
def test_name_is_written_without_its_legal_form(name: str, rest: str) -> None:
    assert without_form(name) == rest
