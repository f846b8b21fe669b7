"""Strings that break programs, by the form and in place, and how they come back on every page."""

from html import escape
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from flask import Flask

from app.domain.catalogue import OBJECTS
from app.records.types import ObjectType
from tests.architecture.routes import Owned, fill
from tests.cast import ANN, BOB, Workspace
from tests.visitor import Visitor
from tests.web.records.conftest import edit

STRINGS = Path(__file__).parents[4] / "shared/data/naughty_strings/blns.json"
TEXTS = {"text", "longtext", "email", "phone", "url", "domain"}
# What would run if it came back as it is.
DANGEROUS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    if not STRINGS.exists():
        pytest.skip(f"the collection of naughty strings is not at {STRINGS}")
    return [*orjson.loads(STRINGS.read_bytes()), "a\x00b", "x" * 5000, "%(name)s", "{{ 7*7 }}"]


@pytest.fixture
def owned(app: Flask, nordwind: Workspace) -> Owned:
    return fill(app, nordwind, ANN, BOB)


def texts(described: ObjectType) -> list[str]:
    return [f.name for f in described.columns if f.kind in TEXTS and not f.readonly and not f.generated]


@pytest.mark.parametrize("described", OBJECTS, ids=lambda one: one.name)
def test_every_text_field_takes_or_refuses_them(
    ann: Visitor, owned: Owned, naughty: list[str], described: ObjectType
) -> None:
    own, fields = f"/{described.name}/{owned.records[described.name]}", texts(described)
    for start in range(0, len(naughty), len(fields)):
        given = dict(zip(fields, naughty[start : start + len(fields)], strict=False))
        assert ann.post(own, given).status_code in {303, 422}, given
    for place, string in enumerate(naughty[::12]):
        field = fields[place % len(fields)]
        answer = edit(ann, owned.records[described.name], f"{described.name}.{field}", string)
        assert answer.status_code in {200, 422}, (field, string)
        assert ann.get(own).status_code == 200, (field, string)
    assert ann.get(f"/{described.name}").status_code == 200


def test_form_takes_or_refuses_them(ann: Visitor, naughty: list[str]) -> None:
    for string in naughty[::3]:
        given = {"name": string, "city": string, "email": "", "description": string}
        answer = ann.post("/companies", given)
        assert answer.status_code in {303, 422}, string
        shown = ann.follow(answer) if answer.status_code == 303 else answer
        assert shown.status_code in {200, 422}
        assert "<script>alert(" not in shown.text


def test_searching_for_them_fails_nowhere(ann: Visitor, owned: Owned, naughty: list[str]) -> None:
    for string in naughty[::4]:
        asked = quote(string.encode("utf-8", "surrogatepass"))
        for path in (f"/find?q={asked}", f"/companies?q={asked}", f"/options/companies?q={asked}"):
            assert ann.get(path).status_code < 500, path


@pytest.mark.parametrize("described", OBJECTS, ids=lambda one: one.name)
def test_markup_comes_back_as_text(ann: Visitor, owned: Owned, described: ObjectType) -> None:
    record_id = owned.records[described.name]
    for field in texts(described):
        edit(ann, record_id, f"{described.name}.{field}", DANGEROUS)
    own = f"/{described.name}/{record_id}"
    for path in (f"/{described.name}", own, f"{own}/edit", "/"):
        page = ann.get(path).text
        assert "<script>alert(1)" not in page, path
        assert "<img src=x" not in page, path
    shown = ann.get(own).text
    assert escape("<script>alert(1)</script>") in shown
