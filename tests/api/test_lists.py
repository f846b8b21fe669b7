"""Lists through the API: filters, order, fields, relations, and pages that miss nothing."""

import threading

import orjson
import pytest
from flask import Flask

from tests.api.programs import Program, program
from tests.cast import Workspace
from tests.work import work_off

PEOPLE = [
    ("Carol", "Meyer", "Köln", "carol@meyer.example"),
    ("Dan", "Otto", "Stuttgart", "dan@otto.example"),
    ("Eve", "Ärmel", "Berlin", None),
    ("Zoe", "", None, "zoe@home.example"),
]


@pytest.fixture
def filled(script: Program) -> Program:
    company = script.post("/companies", {"name": "Meyer Maschinenbau", "city": "Köln"}).json["id"]
    for first, last, city, email in PEOPLE:
        values = {"first_name": first, "last_name": last, "city": city, "email": email}
        made = script.post("/contacts", values | ({"company_id": company} if first == "Carol" else {}))
        assert made.status_code == 201, made.text
    return script


def names(script: Program, query: str) -> list[str]:
    answer = script.get(f"/contacts?{query}")
    assert answer.status_code == 200, answer.text
    return [each["first_name"] for each in answer.json["data"]]


def test_filters_find_what_they_say(filled: Program) -> None:
    assert names(filled, "filter[city]=Berlin") == ["Eve"]
    assert names(filled, "filter[city][in]=Berlin,Stuttgart&sort=city") == ["Eve", "Dan"]
    assert names(filled, "filter[city]=") == ["Zoe"]
    assert names(filled, "q=otto") == ["Dan"]
    tree = {
        "or": [{"field": "city", "op": "eq", "value": "köln"}, {"not": {"field": "email", "op": "not_empty"}}]
    }
    assert sorted(names(filled, f"where={orjson.dumps(tree).decode()}")) == ["Carol", "Eve"]
    assert names(filled, "sort=-name") == ["Zoe", "Eve", "Dan", "Carol"]


def test_wrong_questions_are_told_apart(filled: Program) -> None:
    for query, path in [
        ("sort=description", "sort"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=abc", "cursor"),
        ("fields=nothing", "nothing"),
        ("expand=nothing", "expand"),
        ("where={", "where"),
        ("filter[city][gte]=3", "city"),
        ("limit=1&limit=2", "limit"),
    ]:
        answer = filled.get(f"/contacts?{query}")
        assert (query, answer.status_code, answer.json["errors"][0]["path"]) == (query, 422, path)


def test_fields_and_relations_are_chosen(filled: Program) -> None:
    row = filled.get("/contacts?filter[first_name]=Carol&fields=email,income&expand=company").json["data"][0]
    assert list(row) == ["id", "object", "version", "email", "income", "income_currency", "company"]
    assert row["company"]["name"] == "Meyer Maschinenbau"
    assert row["company"]["object"] == "companies"
    whole = filled.get("/contacts?filter[first_name]=Carol&expand=company,owner").json["data"][0]
    assert (whole["company_id"], whole["owner"]) == (whole["company"]["id"], None)
    assert whole["emails"] == [{"value": "carol@meyer.example", "purpose": "", "primary": True}]
    assert whole["external_ids"] == {}
    assert whole["created_at"].endswith("Z")


def test_expanding_needs_the_right_to_read(app: Flask, nordwind: Workspace, filled: Program) -> None:
    narrow = program(app, nordwind, ("contacts:read",))
    answer = narrow.get("/contacts?expand=company")
    assert (answer.status_code, answer.json["scope"]) == (403, "companies:read")


def test_amounts_are_decimal_texts_beside_a_currency(script: Program) -> None:
    order = script.post("/orders", {"number": "A-1", "currency": "EUR"}).json["id"]
    line = {"order_id": order, "description": "Bolt", "quantity": "2.5", "unit_price": 1234567890.1234}
    made = script.post("/order_lines", line)
    assert made.status_code == 201, made.text
    told = made.json
    assert (told["quantity"], told["unit_price"], told["currency"]) == (2.5, "1234567890.1234", "EUR")
    assert script.get(f"/orders/{order}").json["total"] == "3086419725.3085"
    deal = script.post("/deals", {"name": "Hall", "amount": "100", "currency": "CHF"}).json
    assert (deal["amount"], deal["currency"]) == ("100.00", "CHF")


@pytest.mark.parametrize("order", ["name", "-created_at", "city", "-email"])
def test_pages_are_complete_while_others_write(
    app: Flask, nordwind: Workspace, filled: Program, order: str
) -> None:
    rows = [{"last_name": f"Person {n:03}", "city": f"Town {n % 7}" if n % 3 else None} for n in range(120)]
    results = filled.post("/contacts/batch", {"records": rows}).json["results"]
    known = {each["id"] for each in results} | {each["id"] for each in filled.get("/contacts").json["data"]}
    stop = threading.Event()

    def write() -> None:
        other, number = Program(app, filled.token), 0
        while not stop.is_set():
            number += 1
            other.post("/contacts", {"last_name": f"Between {number}", "city": "Town 3"})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen: list[str] = []
        cursor = ""
        while True:
            page = filled.get(f"/contacts?sort={order}&limit=9&fields=name&cursor={cursor}").json
            seen += [each["id"] for each in page["data"]]
            if page["next_cursor"] is None:
                break
            cursor = page["next_cursor"]
    finally:
        stop.set()
        writer.join()
    assert len(seen) == len(set(seen))
    assert known <= set(seen)


def test_slip_in_the_search_is_forgiven_and_told(filled: Program) -> None:
    page = filled.get("/contacts?q=Meeyr&fields=first_name").json
    assert ([each["first_name"] for each in page["data"]], page["meant"]) == (["Carol"], "meyer")
    assert "meant" not in filled.get("/contacts?q=Meyer").json
    assert filled.get("/contacts?q=Xaver").json == {"data": [], "next_cursor": None}


def test_pages_behind_a_forgiven_slip_are_of_the_same_list(filled: Program) -> None:
    for first in ("Adam", "Bea"):
        filled.post("/contacts", {"first_name": first, "last_name": "Meyer"})
    asked = "/contacts?q=Meeyr&sort=name&limit=1"
    pages = [filled.get(asked).json]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(filled.get(f"{asked}&cursor={cursor}").json)
    seen = [(each["first_name"], page["meant"]) for page in pages for each in page["data"]]
    assert seen == [(name, "meyer") for name in ("Adam", "Bea", "Carol")]


def test_what_is_done_to_many_forgives_no_slip(app: Flask, filled: Program) -> None:
    started = filled.post("/contacts/bulk", {"action": "delete", "q": "Meeyr"})
    work_off(app)
    assert filled.get(f"/jobs/{started.json['id']}").json["updated"] == 0
    assert names(filled, "q=Meyer") == ["Carol"]


def test_filter_by_what_is_no_value_says_what_would_be_one(script: Program) -> None:
    for query, code, remedy in [
        ("/deals?filter[close_on]=soon", "not_a_date", "last_7_days"),
        ("/deals?filter[owner_id]=you", "not_an_id", "or me for whoever asks"),
        ("/deals?filter[company_id]=Meyer", "not_an_id", "such as 019a8f6e"),
        ("/companies?filter[lifecycle]=rich", "not_a_choice", "customer"),
    ]:
        answer = script.get(query)
        [error] = answer.json["errors"]
        assert (answer.status_code, error["code"]) == (422, code)
        assert remedy in error["message"]
        assert remedy in answer.json["detail"]
