"""Whatever a program sends by mistake or on purpose gets a clear answer and changes nothing."""

from typing import Any
from uuid import uuid4

import orjson
import pytest
from flask import Flask

from tests.api.programs import Program, Reply
from tests.bad_input import HUGE, NOT_UTF8, PARTS, URLENCODED, Look, look_at, nested
from tests.cast import Workspace

COMPANY = {"name": "Aare", "city": "Bern"}
# A body of a company, and the field that the answer names.
COMPANIES: dict[str, tuple[bytes, str | None]] = {
    "half a character": (b'{"name": "a\\ud800b"}', None),
    "bytes of half a character": (b'{"name": "\xed\xa0\x80"}', None),
    "nul": (b'{"name": "a\\u0000b"}', "name"),
    "name of ten megabytes": (orjson.dumps({"name": HUGE}), "name"),
    "text of ten megabytes": (orjson.dumps({"description": HUGE}), "description"),
    "list for a text": (b'{"city": ["Bern"]}', "city"),
    "object for a text": (b'{"city": {"name": "Bern"}}', "city"),
    "nothing for what is required": (b'{"name": null}', "name"),
    "spaces for what is required": (b'{"name": "   "}', "name"),
    "text for a member": (b'{"owner_id": "nobody"}', "owner_id"),
    "number for a member": (b'{"owner_id": 7}', "owner_id"),
    "country that is none": (b'{"country": "XX"}', "country"),
    "choice that is none": (b'{"lifecycle": "rich"}', "lifecycle"),
    "choice in a list": (b'{"lifecycle": ["customer"]}', "lifecycle"),
    "address that is none": (b'{"emails": [{"value": "nowhere"}]}', "emails"),
    "list that is none": (b'{"emails": 7}', "emails"),
    "unknown field": (b'{"nmae": "Aare"}', "nmae"),
    "field of the database": (b'{"custom": {}}', "custom"),
    "member of all objects": (b'{"__proto__": {}}', "__proto__"),
    "list for a record": (b"[]", None),
    "text for a record": (b'"Aare"', None),
    "nothing at all": (b"", None),
}  # fmt: skip
DEALS: dict[str, tuple[Any, str]] = {
    "word for an amount": ("many", "amount"),
    "infinite amount": ("Infinity", "amount"),
    "amount beyond all": ("1e400", "amount"),
    "list for an amount": ([1], "amount"),
    "yes for an amount": (True, "amount"),
    "day that is none": ("2026-02-30", "close_on"),
    "number for a day": (20260230, "close_on"),
    "too probable": (101, "probability"),
    "half a percent": (0.5, "probability"),
    "huge number": (1e300, "probability"),
    "currency that is none": ("EURO", "currency"),
    "relation in words": ("Aare", "company_id"),
    "relation in a list": ([str(uuid4())], "company_id"),
    "nobody's id": (str(uuid4()), "company_id"),
}


@pytest.fixture
def look(app: Flask, nordwind: Workspace) -> Look:
    return look_at(app, nordwind)


@pytest.fixture
def look_there(app: Flask, kestrel: Workspace) -> Look:
    return look_at(app, kestrel)


@pytest.fixture
def company(script: Program) -> str:
    return str(script.post("/companies", COMPANY).json["id"])


def is_clear(answer: Reply, path: str | None = None) -> None:
    """A problem with words, which names the field where one is wrong, and neither SQL nor a traceback."""
    assert answer.status_code in {400, 404, 413, 422}, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["title"]
    assert answer.json["detail"]
    assert len(answer.data) < 20_000
    assert not {"Traceback", "psycopg", "SELECT "} & set(answer.text.split())
    if path is not None:
        assert answer.status_code == 422
        paths = [each["path"] for each in answer.json["errors"]]
        assert any(each == path or each.startswith((f"{path}[", f"{path}.")) for each in paths), paths
        assert all(each["message"] and len(each["message"]) < 500 for each in answer.json["errors"])


@pytest.mark.parametrize("slip", COMPANIES)
def test_bad_bodies_make_and_change_no_company(script: Program, company: str, look: Look, slip: str) -> None:
    body, path = COMPANIES[slip]
    json = {"content_type": "application/json"}
    before = look()
    is_clear(script.ask("PATCH", f"/companies/{company}", data=body, **json), path)
    if path not in {None, "name", "nmae"}:
        body = orjson.dumps({"name": "Birs", **orjson.loads(body)})
    is_clear(script.post("/companies", data=body, **json), path)
    assert look() == before


@pytest.mark.parametrize("slip", DEALS)
def test_wrong_values_make_and_change_no_deal(script: Program, look: Look, slip: str) -> None:
    value, path = DEALS[slip]
    deal = script.post("/deals", {"name": "Pumps", "amount": 1, "currency": "EUR"}).json["id"]
    before = look()
    is_clear(script.patch(f"/deals/{deal}", {path: value}), path)
    is_clear(script.post("/deals", {"name": "Pumps", path: value}), path)
    is_clear(script.post("/deals/batch", {"records": [{"name": "A"}, {path: value}], "atomic": True}))
    assert look() == before


def test_ids_of_others_are_as_if_nobody_had_them(
    script: Program, kestrels: Program, look_there: Look, company: str, look: Look
) -> None:
    theirs = str(kestrels.post("/companies", {"name": "Kestrel's own"}).json["id"])
    contact = script.post("/contacts", {"last_name": "Otto"}).json["id"]
    before = look(), look_there()
    for foreign in (theirs, str(uuid4())):
        own = f"/companies/{foreign}"
        asked = [
            script.get(own),
            script.patch(own, {"city": "Bern"}),
            script.delete(own),
            script.post(f"{own}/restore"),
            script.post(f"{own}/purge"),
            script.post(f"{own}/merge", {"with": company}),
            script.post(f"/companies/{company}/merge", {"with": foreign}),
            script.patch(f"/contacts/{contact}", {"company_id": foreign}),
            script.post("/contacts", {"last_name": "Otto", "company_id": foreign}),
        ]
        for answer in asked:
            is_clear(answer)
            assert "Kestrel" not in answer.text
        assert [each.status_code for each in asked[:6]] == [404] * 6
        is_clear(asked[-1], "company_id")
    assert (look(), look_there()) == before


def test_filters_too_deep_are_refused_at_every_door(script: Program, company: str, look: Look) -> None:
    before, deep = look(), nested()
    asked = [
        script.get("/companies", query_string={"where": orjson.dumps(deep).decode()}),
        script.post("/exports", {"object": "companies", "where": deep}),
        script.post("/companies/bulk", {"action": "update", "where": deep, "values": {"city": "Köln"}}),
        script.post("/companies/bulk", {"action": "delete", "where": deep}),
    ]
    for tree in (
        {"and": [deep]},
        {"any": "contacts", "where": deep},
        {"field": "company." * 200, "value": 1},
    ):
        asked.append(script.get("/contacts", query_string={"where": orjson.dumps(tree).decode()}))
    for answer in asked:
        is_clear(answer)
        assert answer.status_code == 422
    assert {each["code"] for each in asked[0].json["errors"]} == {"too_deep"}
    assert look() == before


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "name", "op": "eq", "value": HUGE},
        {"field": "name", "op": "in", "value": ["x"] * 100_000},
        {"or": [{"field": "name", "op": "eq", "value": str(n)} for n in range(5_000)]},
        {"field": HUGE, "op": "eq", "value": "x"},
        {"field": "name", "op": HUGE, "value": "x"},
        {"field": "name", "op": "contains", "value": "a\0b"},
        {"field": "name", "op": "eq", "value": {"a": 1}},
        {"field": ["name"], "op": ["eq"]},
        [[]],
        7,
    ],
    ids=["huge", "many", "or", "field", "operator", "nul", "object", "lists", "list", "number"],
)
def test_filters_that_are_none_are_refused(script: Program, company: str, look: Look, tree: Any) -> None:
    before = look()
    for answer in (
        script.post("/exports", {"object": "companies", "where": tree}),
        script.post("/companies/bulk", {"action": "delete", "where": tree}),
    ):
        is_clear(answer)
        assert answer.status_code == 422
    assert look() == before


def test_bulk_work_of_nonsense_begins_nothing(script: Program, company: str, look: Look) -> None:
    before = look()
    for body in (
        {"action": "explode", "ids": [company]},
        {"action": "delete"},
        {"action": "delete", "ids": []},
        {"action": "delete", "ids": ["nobody"]},
        {"action": "delete", "ids": company},
        {"action": "update", "ids": [company], "values": {"nmae": "x"}},
        {"action": "update", "ids": [company], "values": {"name": HUGE}},
        {"action": "update", "ids": [company], "values": []},
        {"action": "delete", "ids": [company] * 200_000},
    ):
        is_clear(script.post("/companies/bulk", body))
    assert look() == before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"city": "Bern", "name": "a\xffb"}', 'not readable as UTF-8: byte 27, in "name"'),
        (b'{"name": "\xed\xa0\x80"}', 'not readable as UTF-8: byte 10, in "name"'),
        (b'{"na\xffme": "a"}', "not readable as UTF-8: byte 4"),
        (
            b'{"city": "Bern", "name": "a\\ud800b"}',
            'half a character, a surrogate without its other half, in "name"',
        ),
    ],
)
def test_body_that_is_no_utf8_says_where(script: Program, look: Look, body: bytes, told: str) -> None:
    before = look()
    answer = script.post("/companies", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert told in answer.json["detail"]
    assert look() == before


def test_addresses_that_are_no_utf8_are_refused(script: Program, company: str, look: Look) -> None:
    before = look()
    for query in ("q=a%FFb", "filter[city]=%FF", "fields=%ED%A0%80", "na%FFme=1"):
        for path in ("/companies", f"/companies/{company}", "/changes"):
            is_clear(
                script.get(f"{path}?{query}"), query.split("=")[0].replace("%FF", "\N{REPLACEMENT CHARACTER}")
            )
    address = {"PATH_INFO": "/api/v1/companies/by/name/\xff"}
    is_clear(script.ask("PUT", "/companies", json=COMPANY, environ_overrides=address))
    assert look() == before


@pytest.mark.parametrize("slip", NOT_UTF8)
def test_forms_that_are_no_utf8_begin_nothing(app: Flask, script: Program, look: Look, slip: str) -> None:
    kind, body, name = NOT_UTF8[slip]
    before = look()
    if kind == PARTS:
        is_clear(script.post("/imports", data=body, content_type=kind), name)
    else:
        token = app.test_client().post("/oauth/token", data=body, content_type=URLENCODED)
        assert token.status_code in {400, 422}
        assert token.is_json
    assert look() == before
