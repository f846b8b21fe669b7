"""Finding by name, e-mail, phone and number, in any spelling."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.ids import new_id
from app.domain.contacts.models import CONTACTS
from app.records import finding, options, reading, search_index, writing
from app.records.reading import Query
from tests.cast import BOB, Workspace


@pytest.fixture
def people(ann: Actor) -> None:
    rows: list[dict[str, Any]] = [
        {"first_name": "Jörg", "last_name": "Müller", "email": "joerg@example.com", "phone": "0221 12345678"},
        {"first_name": "Jon", "last_name": "Yang", "email": "jon24@example.com"},
        {"first_name": "Jonathan", "last_name": "Straße", "phones": ["+44 20 7946 0018", "ask 999888 777"]},
        {"first_name": "Ann", "last_name": "Müllerin"},
        {"first_name": "Lars", "last_name": "Mueller"},
        {"first_name": "100%", "last_name": "Wool_Sock"},
    ]
    writing.write_many(ann, "contacts", [writing.Row(row) for row in rows], title="people")
    writing.create(ann, "orders", {"number": "SO-4711"})


def found(actor: Actor, text: str) -> list[str]:
    return [hit.title for hit in finding.find(actor, text)]


def test_entry_has_each_word_once_and_umlauts_written_out() -> None:
    values = {"first_name": "Jo\u0308rg", "last_name": "Berg", "name": "Jörg Berg", "email": "j@berg.example"}
    body = search_index.entry(CONTACTS, new_id(), values)["body"]
    assert body.split() == ["Jörg", "Berg", "j@berg.example", "joerg"]


@pytest.mark.parametrize("text", ["Müller", "mueller", "MULLER", "jörg müller", "muller jorg", "joerg"])
def test_umlauts_are_found_in_every_spelling(ann: Actor, people: None, text: str) -> None:
    assert "Jörg Müller" in found(ann, text)


@pytest.mark.parametrize(
    "text", ["0221 12345678", "+49 221 1234", "0049-221/12345678", "022112345678", "+49 (0)221 12345678"]
)
def test_phones_are_found_in_every_spelling(ann: Actor, people: None, text: str) -> None:
    assert found(ann, text) == ["Jörg Müller"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("jon24@", ["Jon Yang"]),
        ("strasse", ["Jonathan Straße"]),
        ("020 7946", ["Jonathan Straße"]),
        ("999888", ["Jonathan Straße"]),
        ("so-47", ["SO-4711"]),
        ("100%", ["100% Wool_Sock"]),
        ("l_s", ["100% Wool_Sock"]),
        ("%%%", []),
        ("nobody here", []),
        ("", []),
    ],
)
def test_search_finds_what_is_meant(ann: Actor, people: None, text: str, titles: list[str]) -> None:
    assert found(ann, text) == titles


def test_exact_and_beginning_come_first(ann: Actor, people: None) -> None:
    writing.create(ann, "contacts", {"last_name": "Jon"})
    writing.create(ann, "contacts", {"first_name": "Bon", "last_name": "Jonson"})

    assert found(ann, "jon") == ["Jon", "Jon Yang", "Jonathan Straße", "Bon Jonson"]
    assert found(ann, "jo")[:2] == ["Jon", "Jon Yang"]


def test_search_shows_only_what_one_may_read(ann: Actor, people: None) -> None:
    narrow = Actor("client", None, "Program", "api", frozenset({"companies:read"}))

    assert finding.find(narrow, "müller") == []


def test_search_follows_every_change(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer"})
    writing.update(ann, "contacts", carol.id, {"last_name": "Otto", "phone": "0221 555444"})

    assert (found(ann, "meyer"), found(ann, "otto"), found(ann, "555444")) == ([], ["Otto"], ["Otto"])


def test_list_is_searched_within(ann: Actor, people: None) -> None:
    page = reading.page(ann, "contacts", Query(search="mueller"))

    assert [row.title for row in page.rows] == ["Ann Müllerin", "Jörg Müller", "Lars Mueller"]
    assert page.count == reading.Count(3, exact=True)


def test_relations_offer_what_fits(ann: Actor, people: None, office: Workspace) -> None:
    assert [o.label for o in options.options(ann, "contacts", "yan")] == ["Jon Yang"]
    assert [o.label for o in options.options(ann, "contacts", "")]
    assert [o.id for o in options.options(ann, "members", "bob")] == [office.members[BOB.email]]
    assert [o.label for o in options.options(ann, "stages")][:2] == ["Qualified", "Proposal"]
    with pytest.raises(NotFound):
        options.options(Actor("client", None, "", "api", frozenset()), "contacts", "yan")


@settings(max_examples=80)
@given(st.text(max_size=60))
def test_no_text_breaks_the_search(ann: Actor, text: str) -> None:
    assert finding.find(ann, text) == []
    assert reading.page(ann, "contacts", Query(search=text)) is not None
    assert options.options(ann, "members", text) is not None


def test_slip_is_forgiven_where_little_is_found(ann: Actor, people: None) -> None:
    for text, title in [("jonathn", "Jonathan Straße"), ("muellerinn", "Ann Müllerin")]:
        hits = finding.find(ann, text)
        assert [hit.title for hit in hits if hit.is_similar][:1] == [title]
    assert not any(hit.is_similar for hit in finding.find(ann, "jon"))
    for text in ("joer@exampel.com", "0221 99999999", "zq", "xy1z"):
        assert finding.find(ann, text) == []


def test_own_records_and_late_ones_come_first_among_equals(ann: Actor, bob: Actor) -> None:
    made = [writing.create(ann, "contacts", {"first_name": "Jo", "last_name": "Same"}).id for _ in range(3)]
    writing.update(ann, "contacts", made[2], {"owner_id": str(bob.id)})

    assert finding.find(bob, "jo same")[0].record_id == made[2]
    assert {hit.record_id for hit in finding.find(ann, "jo same")} == set(made)


def test_what_changed_at_once_comes_by_its_id(ann: Actor) -> None:
    made = [writing.create(ann, "contacts", {"last_name": f"P{number}"}).id for number in range(5)]
    assert [hit.record_id for hit in finding.find_in(ann, "contacts", "")] == sorted(made)


def test_last_names_and_addresses_are_found_by_their_beginning(ann: Actor, people: None) -> None:
    assert found(ann, "ya") == ["Jon Yang"]
    assert found(ann, "jon2") == ["Jon Yang"]
    assert set(found(ann, "mu")) == {"Ann Müllerin", "Jörg Müller", "Lars Mueller"}
