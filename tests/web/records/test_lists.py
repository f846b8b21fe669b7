"""Tables of records: search, filter, order, pages, trash, and what they cost."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask

from app.domain.catalogue import OBJECTS
from app.records import writing
from app.records.record import Record
from tenants.context import entered
from tenants.session import unit_of_work
from tests.architecture.routes import fill
from tests.cast import ANN, BOB, Workspace
from tests.statements import counted
from tests.visitor import Visitor
from tests.web.records.conftest import LATELY, Make

NAMES = [described.name for described in OBJECTS]


def names(page: str) -> list[str]:
    """The first cell of each row."""
    return re.findall(r'<th scope="row".*?<span class="name">(.*?)</span>', page)


@pytest.fixture
def five(make: Make) -> None:
    for name, city in (
        ("Alpha", "Bonn"),
        ("Beta", "Kassel"),
        ("Gamma", "Köln"),
        ("Delta", ""),
        ("Eta", "Ulm"),
    ):
        make("companies", name=name, city=city)


def test_rows_follow_their_names(ann: Visitor, five: None) -> None:
    assert names(ann.get("/companies").text) == ["Alpha", "Beta", "Delta", "Eta", "Gamma"]


def test_order_turns_by_the_head(ann: Visitor, five: None) -> None:
    page = ann.get("/companies?sort=-name").text
    assert names(page) == ["Gamma", "Eta", "Delta", "Beta", "Alpha"]
    assert 'aria-sort="descending"' in page
    assert 'href="/companies?sort=name"' in page


def test_search_finds_part_of_name(ann: Visitor, five: None) -> None:
    assert names(ann.get("/companies?q=gam").text) == ["Gamma"]


def test_nothing_found_offers_all(ann: Visitor, five: None) -> None:
    page = ann.get("/companies?q=zzzz").text
    assert names(page) == []
    assert 'href="/companies"' in page


def test_filter_becomes_a_chip(ann: Visitor, five: None) -> None:
    page = ann.get("/companies?filter[city]=Kassel&lang=en").text
    assert names(page) == ["Beta"]
    assert re.search(
        r'class="words"[^>]*>City <b>is</b> Kassel</button><a class="off" href="/companies[?"]', page
    )


def test_filter_form_keeps_what_is_filtered(ann: Visitor, five: None) -> None:
    form = ann.get("/companies/filters?filter[city]=Kassel&q=be&after=x").text
    assert '<turbo-frame id="filters">' in form
    assert built(form)["tree"] == {"field": "city", "op": "eq", "value": "Kassel"}
    assert 'name="q" value="be"' in form
    assert 'name="filter[city]"' not in form
    assert 'name="after"' not in form


def test_unknown_filter_is_refused_in_words(ann: Visitor, five: None) -> None:
    assert ann.get("/companies?filter[nothing]=1").status_code == 422


def test_pages_hold_each_row_once(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        rows = [writing.Row({"name": f"Company {n:03}"}) for n in range(120)]
        writing.write_many(nordwind.actor(ANN), "companies", rows, quiet=True, title="x", job_id=None)
    seen, path = [], "/companies"
    while path:
        page = ann.get(path).text
        assert ">120 " in page
        seen += names(page)
        found = re.search(r'href="([^"]*)"[^>]*rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"Company {n:03}" for n in range(120)]


def test_footer_sums_the_rows_shown(ann: Visitor, make: Make) -> None:
    make("deals", name="One", amount="1000.50", currency="EUR")
    make("deals", name="Two", amount="250", currency="EUR")
    page = ann.get("/deals?lang=en").text
    assert "sum 1,250.50\N{NO-BREAK SPACE}EUR" in page
    assert "2 deals" in page


def test_bought_is_the_sum_of_orders(ann: Visitor, make: Make, meyer: Record) -> None:
    for price in (100, 250):
        order = make("orders", company_id=str(meyer.id), placed_at=LATELY, currency="EUR")
        make("order_lines", order_id=str(order.id), unit_price=price, quantity=2)
    assert "700.00\N{NO-BREAK SPACE}EUR" in ann.get("/companies?lang=en").text


def test_late_delivery_is_told_in_its_row(ann: Visitor, make: Make, meyer: Record) -> None:
    make("deliveries", company_id=str(meyer.id), promised_on="2020-01-01")
    assert 'class="pill broken"' in ann.get("/deliveries").text


def test_trash_and_restoration(ann: Visitor, meyer: Record) -> None:
    answer = ann.post(f"/companies/{meyer.id}/trash")
    page = ann.follow(answer).text
    assert f"/companies/{meyer.id}/restoration" in page
    assert names(page) == []
    assert names(ann.get("/companies?trash=1").text) == ["Meyer Maschinenbau"]
    assert 'data-edit="' not in ann.get("/companies?trash=1").text
    ann.post(f"/companies/{meyer.id}/restoration")
    assert names(ann.get("/companies").text) == ["Meyer Maschinenbau"]


def test_readers_see_no_way_to_change(ralf: Visitor, meyer: Record) -> None:
    page = ralf.get("/companies").text
    assert "Meyer Maschinenbau" in page
    for affordance in ('data-edit="', '/companies/new"', "/imports/new"):
        assert affordance not in page


@pytest.mark.parametrize("name", NAMES)
def test_list_costs_eight_statements(app: Flask, nordwind: Workspace, ann: Visitor, name: str) -> None:
    fill(app, nordwind, ANN, BOB)
    ann.get(f"/{name}")
    with counted() as sent:
        assert ann.get(f"/{name}").status_code == 200
    assert len(sent) <= 8, "\n".join(sent)


@pytest.mark.parametrize("name", NAMES)
def test_empty_list_says_what_comes_first(ann: Visitor, name: str) -> None:
    page = ann.get(f"/{name}").text
    assert f'href="/{name}/new"' in page
    assert f"/imports/new?object={name}" in page


def test_footer_says_whose_sum_it_is(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        rows = [writing.Row({"name": f"Deal {n}", "amount": "10", "currency": "EUR"}) for n in range(60)]
        writing.write_many(nordwind.actor(ANN), "deals", rows, quiet=True, title="x", job_id=None)
    page = ann.get("/deals?lang=en").text
    assert "50 of 60 deals" in page
    assert "sum 500.00\N{NO-BREAK SPACE}EUR" in page


def built(form: str) -> Any:
    """What the builder in the page was given."""
    found = re.search(r'data-filter-builder-from-value="([^"]*)"', form)
    assert found
    return json.loads(html.unescape(found[1]))


def test_filters_through_relations_are_offered_and_told(rita: Visitor) -> None:
    offered = built(rita.get("/contacts/filters").text)
    firm = next(each for each in offered["objects"]["contacts"]["fields"] if each["name"] == "company_id")
    assert (firm["label"], firm["to"], firm["kind"]) == ("Firma", "companies", "relation")
    assert {"deals", "activities"} <= {each[0] for each in offered["objects"]["contacts"]["lists"]}
    assert "city" in {each["name"] for each in offered["objects"]["companies"]["fields"]}
    rita.post("/companies", {"name": "Meyer", "city": "Kiel"})
    page = rita.get("/contacts?filter[company_id.city]=Kiel").text
    assert "Firma › Ort" in page or "Firma › Stadt" in page
    assert rita.get("/companies?filter[contacts][none]=true").status_code == 200
    assert rita.get("/contacts?filter[a.b.c.d]=x").status_code == 422


def test_trash_offers_nothing_new(ann: Visitor, meyer: Record) -> None:
    page = ann.get("/companies?trash=1&lang=en").text
    assert 'href="/companies/new"' not in page
    assert "/imports/new?object=companies" not in page
    assert "0 companies" not in page


def test_each_chip_of_a_tree_goes_alone(ann: Visitor, five: None) -> None:
    either = {"or": [{"field": "city", "value": "Kassel"}, {"field": "city", "value": "Kiel"}]}
    nobody = {"none": "contacts", "where": {"not": {"field": "last_name", "op": "empty"}}}
    tree = quote(json.dumps({"and": [either, nobody, {"field": "name", "op": "contains", "value": "e"}]}))
    page = ann.get(f"/companies?lang=en&where={tree}").text
    assert names(page) == ["Beta"]
    chips = [
        re.sub(r"<[^>]+>", "", words) for words in re.findall(r'class="words"[^>]*>(.*?)</button>', page)
    ]
    assert chips == [
        "City is Kassel or City is Kiel",
        "People has none with not Last name is empty",
        "Name contains e",
    ]
    first = html.unescape(re.findall(r'class="off" href="([^"]*)"', page)[0])
    asked = parse_qsl(urlsplit(first).query)
    assert [name for name, _ in asked] == ["lang", "where", "filter[name][contains]"]
    assert len(names(ann.get(first).text)) > 1


def test_slip_in_the_search_is_forgiven_and_said(ann: Visitor, five: None) -> None:
    page = ann.get("/companies?q=Gmama&lang=en").text
    assert names(page) == ["Gamma"]
    assert "Nothing fits “Gmama”. These are spelled nearly so." in page
    assert "q=gamma" in page  # what is done to all is done to what is seen


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "This is not a date."), ("de", "Das ist kein Datum.")]
)
def test_day_that_is_none_is_told_with_the_words_for_days(ann: Visitor, language: str, sentence: str) -> None:
    answer = ann.get(f"/companies?filter[created_at]=gestern&lang={language}")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "this_week" in answer.text
    assert "last_7_days" in answer.text
