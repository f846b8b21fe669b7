"""Strings that break programs, in searches, names of views and lists of records; each kept or refused."""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import orjson
import pytest
from flask import Flask

from tests.api.programs import Program
from tests.api.test_bad_input import is_clear
from tests.bad_input import HUGE, Look, look_at, nested
from tests.cast import Workspace
from tests.machines import lend

STRINGS = Path(__file__).parents[3] / "shared/data/naughty_strings/blns.json"


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    if not STRINGS.exists():
        pytest.skip(f"the collection of naughty strings is not at {STRINGS}")
    strings: list[str] = orjson.loads(STRINGS.read_bytes())
    return [*strings, "a\x00b", "x" * 5000, "%(name)s", "\\", "%", "_", "é" * 150, "\U0001f600" * 90]


@pytest.fixture
def look(app: Flask, nordwind: Workspace) -> Look:
    return look_at(app, nordwind)


@pytest.mark.parametrize("place", ["/search?q=", "/companies?q=", "/search?q=a&objects=", "/views?object="])
def test_naughty_words_find_nothing_or_are_refused(
    script: Program, look: Look, naughty: list[str], place: str
) -> None:
    before = look()
    for text in naughty:
        answer = script.get(place + quote(text))
        if answer.status_code == 200:
            assert isinstance(answer.json["data"], list)
        else:
            is_clear(answer)
    assert look() == before


def test_naughty_names_of_views_come_back_or_are_refused(script: Program, naughty: list[str]) -> None:
    view = f"/views/{script.post('/views', {'object': 'companies', 'name': 'Ours'}).json['id']}"
    kept = 0
    for text in naughty:
        answer = script.patch(view, {"name": text, "q": text[:200]})
        if answer.status_code == 200:
            assert script.get(view).json["name"] == answer.json["name"]
            kept += 1
        else:
            is_clear(answer)
    assert kept > len(naughty) / 2


def test_what_is_no_list_of_records_is_refused(
    app: Flask, nordwind: Workspace, script: Program, kestrels: Program, look: Look
) -> None:
    lend(app, nordwind)
    theirs = kestrels.post("/contacts", {"last_name": "Kestrel's own"}).json["id"]
    known = [
        each["id"]
        for each in script.post(
            "/contacts/batch", {"records": [{"last_name": f"Nr {n}"} for n in range(51)]}
        ).json["results"]
    ]
    press = script.post("/x_machines", {"name": "Press", "operators": known[:1]}).json["id"]
    before = look()
    wrong: list[Any] = [
        *(7, True, {}, "nobody", "a\0b", HUGE, [7], [[]], ["nobody"], [HUGE], [str(uuid4())], [theirs]),
        [known[0], theirs],
        known,
    ]
    for value in wrong:
        is_clear(script.patch(f"/x_machines/{press}", {"operators": value}), "operators")
        answer = script.post("/x_machines", {"name": "Lathe", "operators": value})
        is_clear(answer, "operators")
        assert "Kestrel" not in answer.text
    assert look() == before


def test_filters_too_deep_are_kept_in_no_view(script: Program, look: Look) -> None:
    view = f"/views/{script.post('/views', {'object': 'companies', 'name': 'Ours'}).json['id']}"
    before = script.get(view).json
    for answer in (
        script.post("/views", {"object": "companies", "name": "Theirs", "where": nested()}),
        script.patch(view, {"where": nested()}),
        script.patch(view, {"where": {"any": "contacts", "where": nested()}}),
    ):
        is_clear(answer, "where")
        assert {each["code"] for each in answer.json["errors"]} == {"too_deep"}
    assert script.get(view).json == before
