"""A postal address of an own object: parts that are filtered, searched and exported, written by country."""

from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.imports.targets import targets
from app.domain.modelling import actions, removing
from app.domain.modelling.rules import FieldWish
from app.records import addresses as parts
from app.records import facts, filters, finding, reading, registry, undo, writing
from app.records.reading import Query
from app.ui import addresses
from tests.cast import Workspace
from tests.office import furnished

MADRID = {
    "to_street": "Calle Mayor 1",
    "to_postcode": "28013",
    "to_city": "Madrid",
    "to_country": "Spanien",
}


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, whose machines are delivered somewhere."""
    with furnished(app, office) as ann:
        actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
        wish = FieldWish(
            "address", {"en": "Delivered to", "de": "Geliefert an"}, name="to", is_searchable=True
        )
        assert actions.add_field(ann, "x_machines", wish) == "to"
    return office


def _press(ann: Actor, **more: object) -> UUID:
    return writing.create(ann, "x_machines", {"name": "Press", **MADRID, **more}).id


def test_parts_are_fields_with_words_in_both_languages(ann: Actor) -> None:
    known = registry.get("x_machines").by_name
    assert set(parts.names("to")) <= known.keys()
    assert str(known["to_city"].label) == "Delivered to: city"
    assert known["to_city"].label.said("de") == "Geliefert an: Ort"  # type: ignore[attr-defined]
    assert set(parts.names("to")) <= targets("x_machines").keys()


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"field": "to_city", "op": "eq", "value": "madrid"}, True),
        ({"field": "to_postcode", "op": "starts", "value": "28"}, True),
        ({"field": "to_country", "op": "in", "value": ["ES", "PT"]}, True),
        ({"field": "to_country", "op": "ne", "value": "ES"}, False),
        ({"field": "to_region", "op": "empty"}, True),
    ],
)
def test_each_part_is_filtered(ann: Actor, tree: dict[str, object], found: bool) -> None:
    press = _press(ann)
    where = filters.parse_json(registry.get("x_machines"), tree)
    assert (press in [each.id for each in reading.page(ann, "x_machines", Query(where=where)).rows]) == found


def test_search_finds_by_street_and_city(ann: Actor) -> None:
    press = _press(ann)
    for words in ("calle mayor", "28013", "madrid"):
        assert press in [hit.record_id for hit in finding.find(ann, words)]


def test_one_part_changes_and_comes_back(ann: Actor) -> None:
    press = _press(ann)
    writing.update(ann, "x_machines", press, {"to_city": "Toledo"})
    edit = undo.last_edit(press)
    assert edit is not None
    assert undo.undo(ann, edit).values["to_city"] == "Madrid"


def test_required_address_needs_city_and_country(ann: Actor) -> None:
    actions.change_field(ann, "x_machines", "to", {"is_required": True})
    with pytest.raises(Invalid) as refused:
        writing.create(ann, "x_machines", {"name": "Press", "to_street": "Somewhere"})
    assert {each.path for each in refused.value.problems} == {"to_city", "to_country"}


@pytest.mark.parametrize(("path", "value"), [("to_country", "Atlantis"), ("to_postcode", "1" * 41)])
def test_wrong_part_is_named(ann: Actor, path: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        _press(ann, **{path: value})
    assert [each.path for each in refused.value.problems] == [path]


def test_names_of_parts_are_taken(ann: Actor) -> None:
    assert actions.add_field(ann, "x_machines", FieldWish("text", {"en": "To city"})) == "to_city_2"
    actions.change_field(ann, "x_machines", "to", {"is_hidden": True})
    with pytest.raises(Invalid):
        actions.add_field(ann, "x_machines", FieldWish("text", {"en": "City"}, name="to_city"))
    actions.add_field(ann, "x_machines", FieldWish("text", {"en": "From city"}))
    with pytest.raises(Invalid):
        actions.add_field(ann, "x_machines", FieldWish("address", {"en": "From"}, name="from"))


def test_address_in_use_is_not_removed(ann: Actor) -> None:
    _press(ann)
    fact = facts.record(ann, "noted", None, None, "")
    with pytest.raises(Invalid):
        removing.remove_field(ann, "x_machines", "to", undoes=fact)


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        (("Am Hafen 1", "20457", "Hamburg", "", "DE"), ["Am Hafen 1", "20457 Hamburg"]),
        (("1 Main St", "12345", "Troy", "NY", "US"), ["1 Main St", "Troy, NY 12345"]),
        (("", "", "Troy", "", "US"), ["Troy"]),
        (("", "12345", "", "", "US"), ["12345"]),
        (("1 High St", "SW1A 2AA", "London", "", "GB"), ["1 High St", "London", "SW1A 2AA"]),
        (("1-1", "100-8111", "Chiyoda", "Tokyo", "JP"), ["100-8111", "Tokyo Chiyoda", "1-1"]),
        (("Av. 9", "", "São Paulo", "", "BR"), ["Av. 9", "São Paulo"]),
        (("", "", "", "", ""), []),
    ],
)
def test_address_is_written_as_its_country_does(told: tuple[str, ...], lines: list[str]) -> None:
    known = dict(zip(parts.WORDS, told, strict=True))
    assert addresses.lines(known) == lines
    assert addresses.lines(known, "Japan")[-1] == "JAPAN"
