"""Several e-mails and phones of an own object: found, filtered, undone and merged like those of contacts."""

import re
from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.duplicates.objects import is_compared
from app.domain.exports import rules as exports
from app.domain.imports.targets import targets
from app.domain.modelling import actions
from app.domain.modelling.rules import MOST_LISTS, FieldWish
from app.records import documents, filters, finding, identifiers, reading, registry, trash, undo, writing
from app.records.joining import merge
from app.records.reading import Query
from tests.cast import Workspace
from tests.office import furnished

SITE = {
    "name": "Hamburg",
    "e_mails": [{"value": "Site@Nordwind.example", "purpose": "Arbeit"}, "rechnung@nordwind.example"],
    "phones": [{"value": "030 1234567", "purpose": "Notfall"}, {"value": "+49 40 7654321", "primary": True}],
}


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which has sites that can be written to and called."""
    with furnished(app, office) as ann:
        actions.add_object(ann, {"en": "Site"}, {"en": "Sites"})
        for kind, label in (("emails", "E-mails"), ("phones", "Phones")):
            wish = FieldWish(kind, {"en": label}, is_searchable=True, in_table=True)
            actions.add_field(ann, "x_sites", wish)
    return office


def _site(ann: Actor, **more: object) -> UUID:
    return writing.create(ann, "x_sites", {**SITE, **more}).id


def _told(ann: Actor, site: UUID, name: str) -> list[tuple[str, str, bool]]:
    known = reading.fetch(ann, "x_sites", site).values[name]
    return [(each["value"], each["purpose"], each["primary"]) for each in known]


def test_each_address_keeps_its_purpose_in_any_language(ann: Actor) -> None:
    site = _site(ann)
    assert _told(ann, site, "e_mails") == [
        ("site@nordwind.example", "work", True),
        ("rechnung@nordwind.example", "", False),
    ]
    assert _told(ann, site, "phones") == [
        ("+49407654321", "", True),
        ("+49301234567", "emergency", False),
    ]


def test_table_shows_lists(ann: Actor) -> None:
    site = _site(ann)
    [row] = [each for each in reading.page(ann, "x_sites").rows if each.id == site]
    assert [each["value"] for each in row.values["phones"]] == ["+49407654321", "+49301234567"]


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"field": "e_mails", "op": "eq", "value": "SITE@nordwind.example"}, True),
        ({"field": "e_mails", "op": "contains", "value": "rechnung"}, True),
        ({"field": "e_mails", "op": "eq", "value": "other@nordwind.example"}, False),
        ({"field": "phones", "op": "eq", "value": "030/1234567"}, True),
        ({"field": "phones", "op": "contains", "value": "030 123"}, True),
        ({"field": "phones", "op": "in", "value": ["040 7654321", "1"]}, True),
        ({"field": "phones", "op": "not_empty"}, True),
        ({"field": "e_mails", "op": "empty"}, False),
    ],
)
def test_filters_find_any_of_them(ann: Actor, tree: dict[str, object], found: bool) -> None:
    site = _site(ann)
    where = filters.parse_json(registry.get("x_sites"), tree)
    assert (site in [each.id for each in reading.page(ann, "x_sites", Query(where=where)).rows]) == found


@pytest.mark.parametrize("text", ["rechnung@nordwind", "0301234567", "+49 40 7654321"])
def test_search_finds_any_of_them(ann: Actor, text: str) -> None:
    site = _site(ann)
    assert site in [hit.record_id for hit in finding.find(ann, text)]


def test_edit_of_a_list_is_undone(ann: Actor) -> None:
    site = _site(ann)
    before = _told(ann, site, "e_mails")
    writing.update(ann, "x_sites", site, {"e_mails": []})
    assert _told(ann, site, "e_mails") == []
    edit = undo.last_edit(site)
    assert edit is not None
    undo.undo(ann, edit)
    assert _told(ann, site, "e_mails") == before


def test_merge_unites_lists(ann: Actor) -> None:
    keep, drop = _site(ann), _site(ann, e_mails=["second@nordwind.example"], phones=[])
    merge.merge(ann, "x_sites", keep, drop, {})
    assert [value for value, *_ in _told(ann, keep, "e_mails")] == [
        "site@nordwind.example",
        "rechnung@nordwind.example",
        "second@nordwind.example",
    ]
    assert is_compared(registry.get("x_sites"))


def test_lists_leave_and_come_as_cells(ann: Actor) -> None:
    page = documents.page(ann, "x_sites", Query(fields=["e_mails"], where=None))
    assert page is not None
    known = reading.fetch(ann, "x_sites", _site(ann)).values["e_mails"]
    assert exports.cell(known) == "site@nordwind.example; rechnung@nordwind.example"
    assert {"e_mails", "phones"} <= targets("x_sites").keys()
    assert "emails" not in targets("contacts")


def test_lists_of_one_sort_stand_side_by_side(ann: Actor) -> None:
    more = actions.add_field(ann, "x_sites", FieldWish("emails", {"en": "Billing"}))
    own = actions.add_field(ann, "contacts", FieldWish("emails", {"en": "Other mails"}))
    site = _site(ann, **{more: ["billing@nordwind.example", "site@nordwind.example"]})
    assert [value for value, *_ in _told(ann, site, more)] == [
        "billing@nordwind.example",
        "site@nordwind.example",
    ]
    writing.update(ann, "x_sites", site, {more: ["only@nordwind.example"]})
    assert [value for value, *_ in _told(ann, site, "e_mails")][:1] == ["site@nordwind.example"]
    assert [value for value, *_ in _told(ann, site, more)] == ["only@nordwind.example"]
    kim = writing.create(
        ann, "contacts", {"last_name": "Kim", "email": "kim@a.example", own: ["k@b.example"]}
    )
    assert (kim.get("email"), [each["value"] for each in kim.get(own)]) == ("kim@a.example", ["k@b.example"])
    for name, value, found in (
        (own, "k@b.example", 1),
        ("emails", "k@b.example", 0),
        (own, "kim@a.example", 0),
    ):
        where = filters.parse_json(registry.get("contacts"), {"field": name, "value": value})
        assert len(reading.page(ann, "contacts", Query(where=where)).rows) == found
    shown = documents.page(ann, "contacts", Query(fields=[own, "emails"], where=None))
    assert shown is not None
    assert re.search(rf'"{own}" ?: ?\[[^]]*k@b.example[^]]*\]', str(shown))
    assert re.search(r'"emails" ?: ?\[[^]]*kim@a.example[^]]*\]', str(shown))


def test_who_signs_in_is_found_by_the_standard_list_alone(ann: Actor) -> None:
    own = actions.add_field(ann, "contacts", FieldWish("emails", {"en": "Other mails"}))
    writing.create(ann, "contacts", {"last_name": "Kim", own: ["kim@other.example"]})
    assert identifiers.match("contacts", "email", ["kim@other.example"]) == {}


def test_entries_of_a_unique_list_belong_to_one_record(ann: Actor) -> None:
    more = actions.add_field(ann, "x_sites", FieldWish("phones", {"en": "Gates"}, is_unique=True))
    first = _site(ann, **{more: ["030 1234567"]})
    writing.update(ann, "x_sites", first, {more: ["030 1234567", "030 7654321"]})
    with pytest.raises(Invalid) as refused:
        _site(ann, **{more: ["+49 30 7654321"]})
    assert [(each.path, each.code) for each in refused.value.problems] == [(more, "taken")]
    # Other lists of the sort are not meant.
    _site(ann, phones=["030 7654321"])
    trash.trash(ann, "x_sites", first)
    second = _site(ann, **{more: ["030 7654321"]})
    with pytest.raises(Invalid):
        trash.restore(ann, "x_sites", first)
    assert second


def test_list_becomes_unique_where_nobody_shares(ann: Actor) -> None:
    first, second = _site(ann, phones=["030 1234567"]), _site(ann, phones=["030 1234567", "030 2"])
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_sites", "phones", {"is_unique": True})
    assert [(each.path, each.code) for each in refused.value.problems] == [("is_unique", "not_unique")]
    writing.update(ann, "x_sites", second, {"phones": ["030 9999999"]})
    actions.change_field(ann, "x_sites", "phones", {"is_unique": True})
    with pytest.raises(Invalid):
        _site(ann, phones=["030 9999999"])
    actions.change_field(ann, "x_sites", "phones", {"is_unique": False})
    assert _site(ann, phones=["030 9999999"])
    assert first


def test_lists_of_a_sort_are_few(ann: Actor) -> None:
    for number in range(MOST_LISTS - 1):
        actions.add_field(ann, "x_sites", FieldWish("phones", {"en": f"More {number}"}))
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, "x_sites", FieldWish("phones", {"en": "One more"}))
    assert [(each.path, each.code) for each in refused.value.problems] == [("kind", "too_many")]


def test_required_list_needs_an_entry(ann: Actor) -> None:
    actions.change_field(ann, "x_sites", "phones", {"is_required": True})
    for phones in ([], None, [""]):
        with pytest.raises(Invalid) as refused:
            _site(ann, phones=phones)
        assert [(each.path, each.code) for each in refused.value.problems] == [("phones", "required")]


@pytest.mark.parametrize(
    "value", ["nobody", [{"value": "\x00@x.de"}], [3], ["a@b.example"] * 2000, [{"value": "\ud800@x.de"}]]
)
def test_naughty_lists_change_nothing(ann: Actor, value: object) -> None:
    site = _site(ann)
    before = _told(ann, site, "e_mails")
    with pytest.raises(Invalid) as refused:
        writing.update(ann, "x_sites", site, {"e_mails": value})
    assert {each.path for each in refused.value.problems} == {"e_mails"}
    assert _told(ann, site, "e_mails") == before


def test_field_named_like_a_standard_one_stands_alone(ann: Actor) -> None:
    actions.add_field(ann, "x_sites", FieldWish("text", {"en": "Email"}, name="email"))
    actions.add_field(ann, "x_sites", FieldWish("text", {"en": "Emails"}, name="emails"))
    site = _site(ann, email="by post", emails="none")
    values = reading.fetch(ann, "x_sites", site).values
    assert (values["email"], values["emails"]) == ("by post", "none")
    writing.update(ann, "x_sites", site, {"email": "by hand"})
    edit = undo.last_edit(site)
    assert edit is not None
    assert undo.undo(ann, edit).values["email"] == "by post"
