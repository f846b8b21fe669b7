"""Search across objects through the API: what the web's command menu finds, within the token's scopes."""

import pytest
from flask import Flask

from app.api.openapi import rules
from app.domain import catalogue
from tests.api.programs import Program, program
from tests.cast import Workspace


@pytest.fixture
def filled(script: Program) -> Program:
    script.post("/companies", {"name": "Müller Maschinenbau", "city": "Köln"})
    script.post("/contacts", {"first_name": "Jörg", "last_name": "Müller", "phone": "+49 221 4711000"})
    script.post("/contacts", {"first_name": "Carol", "last_name": "Steinmann"})
    return script


def found(script: Program, query: str) -> list[tuple[str, str]]:
    answer = script.get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json["next_cursor"] is None
    return [(each["object"], each["title"]) for each in answer.json["data"]]


@pytest.mark.parametrize("spelled", ["Müller", "mueller", "Muller", "MÜLLER"])
def test_every_spelling_of_an_umlaut_finds_all_objects(filled: Program, spelled: str) -> None:
    assert sorted(found(filled, f"q={spelled}")) == [
        ("companies", "Müller Maschinenbau"),
        ("contacts", "Jörg Müller"),
    ]


def test_hit_says_what_it_is_and_where(filled: Program) -> None:
    [hit] = filled.get("/search?q=0221 4711").json["data"]
    assert (hit["object"], hit["title"], hit["similar"]) == ("contacts", "Jörg Müller", False)
    assert hit["path"] == f"/api/v1/contacts/{hit['id']}"
    assert filled.get(f"/contacts/{hit['id']}").json["last_name"] == "Müller"


def test_slip_finds_who_was_meant_and_says_so(filled: Program) -> None:
    [hit] = filled.get("/search?q=Stienmann").json["data"]
    assert (hit["title"], hit["similar"]) == ("Carol Steinmann", True)


def test_objects_and_limit_narrow_it(filled: Program) -> None:
    assert found(filled, "q=müller&objects=companies") == [("companies", "Müller Maschinenbau")]
    assert len(found(filled, "q=müller&objects=companies,contacts")) == 2
    assert len(found(filled, "q=müller&limit=1")) == 1
    assert found(filled, "q=müller&objects=deals") == []


def test_nothing_is_found_beyond_the_token(app: Flask, nordwind: Workspace, filled: Program) -> None:
    narrow = program(app, nordwind, ("contacts:read",))
    assert found(narrow, "q=müller") == [("contacts", "Jörg Müller")]
    assert found(narrow, "q=köln") == []
    refused = narrow.get("/search?q=müller&objects=contacts,companies")
    assert (refused.status_code, refused.json["scope"]) == (403, "companies:read")
    assert found(program(app, nordwind, ("jobs:read",)), "q=müller") == []


def test_nothing_of_another_company_is_found(filled: Program, kestrels: Program) -> None:
    assert found(kestrels, "q=müller") == []


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("", "q", "required"),
        ("q=", "q", "required"),
        ("q=%20%00", "q", "required"),
        (f"q={'x' * 201}", "q", "too_long"),
        ("q=a&objects=people", "objects", "unknown_object"),
        ("q=a&objects=order_lines", "objects", "unknown_object"),
        ("q=a&limit=0", "limit", "out_of_range"),
        ("q=a&limit=101", "limit", "out_of_range"),
        ("q=a&limit=many", "limit", "out_of_range"),
        ("q=a&object=contacts", "object", "unknown_parameter"),
        ("q=a&q=b", "q", "repeated"),
        ("q=a&objects=contacts&objects=deals", "objects", "repeated"),
    ],
)
def test_wrong_questions_say_what_to_mend(script: Program, query: str, path: str, code: str) -> None:
    answer = script.get(f"/search?{query}")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [(each["path"], each["code"]) for each in answer.json["errors"]] == [(path, code)]


def test_no_object_is_called_as_an_address_of_the_api(app: Flask) -> None:
    """What a company adds begins with x_; so the names that Kith itself gives are all there is to hold."""
    taken = {rule.rule.split("/")[3] for rule in rules(app)}
    assert "search" in taken
    assert not taken & {each.name for each in catalogue.OBJECTS}
    assert not any(name.startswith("x_") for name in taken)
