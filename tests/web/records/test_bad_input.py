"""Whatever a form sends by mistake or on purpose is answered at its input, and changes nothing."""

from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from flask import Flask

from tests.bad_input import HUGE, Look, look_at, nested
from tests.cast import KIM, Workspace
from tests.visitor import Visitor, signed_in
from tests.web.records.conftest import edit

# What a form may hold, and the input that says what is wrong with it.
WRONG: dict[str, tuple[str, str, Any]] = {
    "nul": ("companies", "name", "a\0b"),
    "nothing but spaces": ("companies", "name", "  "),
    "name of ten megabytes": ("companies", "name", HUGE),
    "text of ten megabytes": ("companies", "description", HUGE),
    "country that is none": ("companies", "country", "XX"),
    "choice that is none": ("companies", "lifecycle", "rich"),
    "member in words": ("companies", "owner_id", "nobody"),
    "nobody's id": ("contacts", "company_id", str(uuid4())),
    "relation in words": ("contacts", "company_id", "Aare"),
    "word for an amount": ("deals", "amount", "viel"),
    "infinite amount": ("deals", "amount", "Infinity"),
    "day that is none": ("deals", "close_on", "2026-02-30"),
    "too probable": ("deals", "probability", "101"),
    "huge number": ("deals", "probability", "9" * 400),
}
NEW = {"companies": {"name": "Aare"}, "contacts": {"last_name": "Otto"}, "deals": {"name": "Pumps"}}


@pytest.fixture
def look(app: Flask, nordwind: Workspace) -> Look:
    return look_at(app, nordwind)


@pytest.mark.parametrize("slip", WRONG)
def test_form_says_at_the_input_what_is_wrong(ann: Visitor, look: Look, slip: str) -> None:
    object_name, field, value = WRONG[slip]
    own = str(ann.post(f"/{object_name}", NEW[object_name]).headers["Location"])
    before = look()
    for path in (f"/{object_name}", own):
        answer = ann.post(path, {**NEW[object_name], field: value})
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert 'aria-invalid="true"' in answer.text
    refused = edit(ann, UUID(own.rsplit("/", 1)[-1]), f"{object_name}.{field}", value)
    assert refused.status_code == 422
    assert look() == before


def test_fields_that_are_none_change_nothing(ann: Visitor, look: Look) -> None:
    own = str(ann.post("/companies", NEW["companies"]).headers["Location"])
    before = look()
    for name in ("nmae", "custom", "deleted_at", "id", "version", "__class__", "x" * 5_000):
        refused = edit(ann, UUID(own.rsplit("/", 1)[-1]), f"companies.{name}", "1")
        assert refused.status_code in {404, 422}, name
        sent = {"name": "Aare", name: "1"}
        assert ann.post(own, sent).status_code in {303, 422}
    assert look() == before


def test_ids_of_other_companies_lead_nowhere(
    app: Flask, ann: Visitor, kestrel: Workspace, look: Look
) -> None:
    kim = signed_in(app, kestrel, KIM)
    theirs = str(kim.post("/companies", {"name": "Kestrel's own"}).headers["Location"])
    foreign, look_there = theirs.rsplit("/", 1)[-1], look_at(app, kestrel)
    before = look(), look_there()
    for path in (theirs, f"{theirs}/edit", f"/companies/{uuid4()}"):
        assert ann.get(path).status_code == 404
    for path in (theirs, f"{theirs}/trash", f"{theirs}/restore"):
        assert ann.post(path, {"name": "Mine now"}).status_code in {404, 405}
    answer = ann.post("/contacts", {"last_name": "Otto", "company_id": foreign})
    assert answer.status_code == 422
    assert 'href="#f-company_id"' in answer.text
    assert "Kestrel" not in answer.text
    assert (look(), look_there()) == before


def test_filters_of_nonsense_are_said_on_the_page(ann: Visitor, look: Look) -> None:
    before = look()
    trees: tuple[Any, ...] = (
        nested(),
        {"and": [nested()]},
        {"field": "name", "value": "x" * 20_000},
        [[]],
        7,
        {"field": "nmae"},
    )
    for tree in trees:
        page = ann.get("/companies", query_string={"where": orjson.dumps(tree).decode()})
        assert page.status_code == 422
        assert "Traceback" not in page.text
    for asked in ("where={", "filter[nmae]=1", "filter[name][near]=1", "filter[city]=a%00b", "sort=nmae"):
        assert ann.get(f"/companies?{asked}").status_code in {200, 422}, asked
    assert look() == before


def test_formulas_in_a_circle_are_not_saved(ann: Visitor, look: Look) -> None:
    fields = "/settings/objects/deals/fields"
    formula = {"kind": "formula", "visibility": "opinion"}
    ann.post(fields, formula | {"labels.en": "First", "expression": "amount * 2"})
    ann.post(fields, formula | {"labels.en": "Second", "expression": "x_first * 2"})
    before = look()
    for expression in (
        "x_second * 2",
        "x_first + amount",
        "(" * 3_000,
        "amount * " * 400 + "1",
        "a\0b",
        HUGE[:9_999],
    ):
        answer = ann.post(f"{fields}/x_first", formula | {"labels.en": "First", "expression": expression})
        assert answer.status_code == 422, expression[:40]
        assert 'href="#f-expression"' in answer.text
        trial = ann.get("/settings/objects/deals/trial", query_string={"expression": expression[:2_500]})
        assert trial.status_code == 200
    assert look() == before
