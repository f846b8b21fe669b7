"""Chosen columns of lists: what the address names, and nothing of what one may not see."""

import html
import re
from typing import Any

import pytest
from flask import Flask

from app.core.grants import ANY, HIDE, VERBS
from app.domain.members import roles
from app.domain.members.models import Member
from app.domain.members.roles import Told
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.records import columns
from app.records.record import Record
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, Workspace
from tests.statements import counted
from tests.visitor import Visitor
from tests.web.records.conftest import Make, edit
from tests.web.records.test_lists import names

LEFT_OUT = "left out"
USUAL = ["Name", "Standing", "Last 90 days", "City", "Phone", "Owner", "Bought, 12 months", "Last talk"]


def heads(page: str) -> list[str]:
    """The words of the table's head."""
    (head,) = re.findall(r'<table class="grid".*?<thead>(.*?)</thead>', page, re.DOTALL)
    return [said(each) for each in re.findall(r'<th scope="col"(?! class="pick")[^>]*>(.*?)</th>', head)]


def cells(page: str) -> list[str]:
    """The words of the first row, without its box."""
    (row, *_) = re.findall(r"<tr id=.*?</tr>", page, re.DOTALL)
    return [said(each) for each in re.findall(r'<t[hd](?! class="pick")[^>]*>(.*?)</t[hd]>', row)]


def said(content: str) -> str:
    """The words of a cell; no letters of a face."""
    faceless = re.sub(r'<span class="ava[^>]*>.*?</span>', "", content)
    return html.unescape(re.sub(r"<[^>]+>", "", faceless)).strip()


def offered(page: str) -> tuple[list[str], list[str]]:
    """Names of the columns that are shown, and of those that might be."""
    rows = re.findall(r'<li class="column-row"[^>]*data-name="(\w+)"( data-reorder)?', page)
    return [name for name, shown in rows if shown], [name for name, shown in rows if not shown]


@pytest.fixture
def blind(app: Flask, nordwind: Workspace, bob: Visitor) -> Visitor:
    """Bob, from whom the industry of companies, what contacts are by profession, and orders are hidden."""
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        told = Told(
            "Blind",
            objects={ANY: dict.fromkeys(VERBS, "all"), "orders": dict.fromkeys(VERBS, "none")},
            fields={"companies": {"industry": HIDE}, "contacts": {"title": HIDE}},
        )
        role = roles.create(nordwind.actor(ANN), told).id
        member = session.get(Member, nordwind.members[BOB.email])
        assert member
        member.role, member.role_ids = "custom", [role]
    return bob


def add_field(app: Flask, workspace: Workspace, *wishes: FieldWish, object_name: str = "companies") -> None:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        for wish in wishes:
            modelling.add_field(workspace.actor(ANN), object_name, wish)


def test_address_names_columns_in_order(ann: Visitor, make: Make) -> None:
    make("companies", name="Meyer", city="Kassel", industry="Pumps", number="C-7")
    page = ann.get("/companies?lang=en&columns=industry,name,city,number").text
    assert heads(page) == ["Name", "Industry", "City", "Customer number"]
    assert cells(page) == ["Meyer", "Pumps", "Kassel", "C-7"]
    assert LEFT_OUT not in page
    assert "4 columns" in page


def test_without_choice_the_usual_ones_stand(ann: Visitor, meyer: Record) -> None:
    for query in ("", "&columns=", "&columns=,%20,"):
        page = ann.get(f"/companies?lang=en{query}").text
        assert heads(page) == USUAL
    alone = ann.get("/companies?lang=en&columns=name").text
    assert heads(alone) == ["Name"]


def test_columns_beside_fields_are_chosen_too(ann: Visitor, meyer: Record, make: Make) -> None:
    order = make("orders", company_id=str(meyer.id), placed_at="2026-11-01T10:00:00Z", currency="EUR")
    make("order_lines", order_id=str(order.id), unit_price=100, quantity=2)
    page = ann.get("/companies?lang=en&columns=bought,city,standing").text
    assert heads(page) == ["Name", "Bought, 12 months", "City", "Standing"]
    assert cells(page)[:3] == ["Meyer Maschinenbau", "200.00\N{NO-BREAK SPACE}EUR", "Köln"]
    assert "sum 200.00\N{NO-BREAK SPACE}EUR" in page


def test_times_and_people_of_a_record_are_columns(ann: Visitor, meyer: Record) -> None:
    page = ann.get("/companies?lang=en&columns=created_by,created_at,updated_at,id,version").text
    assert heads(page) == ["Name", "Created by", "Created", "Last changed"]
    assert cells(page)[1] == "Ann Berg"
    assert "2 columns are left out" in page


@pytest.mark.usefixtures("meyer")
def test_amounts_bring_their_currency(ann: Visitor, make: Make) -> None:
    make("deals", name="Pumps", amount="1250.50", currency="EUR")
    page = ann.get("/deals?lang=en&columns=amount").text
    assert cells(page) == ["Pumps", "1,250.50\N{NO-BREAK SPACE}EUR"]
    assert "sum 1,250.50\N{NO-BREAK SPACE}EUR" in page


def test_promise_brings_what_it_is_worked_out_from(ann: Visitor, make: Make, meyer: Record) -> None:
    make("deliveries", company_id=str(meyer.id), promised_on="2020-01-01")
    page = ann.get("/deliveries?lang=en&columns=promise,carrier").text
    assert heads(page) == ["Delivery number", "Promise", "Carrier"]
    assert 'class="pill broken"' in page


def test_own_fields_of_every_kind_are_columns(
    app: Flask, nordwind: Workspace, ann: Visitor, make: Make
) -> None:
    add_field(
        app,
        nordwind,
        FieldWish("text", {"en": "Badge"}),
        FieldWish("money", {"en": "Budget"}),
        FieldWish("choices", {"en": "Tags"}, choices=({"value": "a", "labels": {"en": "Apt"}},)),
        FieldWish("relations", {"en": "Rivals"}, target="companies"),
        FieldWish("formula", {"en": "Shout"}, expression='name + "!"'),
    )
    rival = make("companies", name="Rival")
    values: dict[str, Any] = {"x_badge": "7", "x_tags": ["a"], "x_rivals": [str(rival.id)]}
    make("companies", name="Alpha", **values)
    page = ann.get("/companies?lang=en&columns=x_rivals,x_shout,x_tags,x_badge,x_budget").text
    assert heads(page) == ["Name", "Rivals", "Shout", "Tags", "Badge", "Budget"]
    assert cells(page) == ["Alpha", "Rival", "Alpha!", "Apt", "7", ""]
    assert page.count('data-edit="x_') == 2 * 4


def test_chosen_cell_is_edited_in_its_place(ann: Visitor, meyer: Record) -> None:
    page = ann.get("/companies?columns=industry").text
    assert 'data-edit="industry"' in page
    assert edit(ann, meyer.id, "companies.industry", "Pumps").status_code == 200
    assert cells(ann.get("/companies?columns=industry").text) == ["Meyer Maschinenbau", "Pumps"]


def test_order_search_and_pages_keep_columns(ann: Visitor, make: Make) -> None:
    for number in range(60):
        make("companies", name=f"Company {number:02}", industry="Pumps")
    page = ann.get("/companies?columns=industry,city&filter[industry]=Pumps&lang=en").text
    links = [html.unescape(each) for each in re.findall(r'href="(/companies\?[^"]*)"', page)]
    kept = [each for each in links if "columns=industry%2Ccity" in each]
    assert [each for each in kept if "sort=-industry" in each or "sort=industry" in each]
    assert [each for each in kept if "after=" in each]
    assert [each for each in kept if "filter" not in each]
    assert '<input type="hidden" name="columns" value="industry,city">' in page


def test_what_is_not_there_is_told(ann: Visitor, meyer: Record) -> None:
    page = ann.get("/companies?lang=en&columns=nothing,city").text
    assert heads(page) == ["Name", "City"]
    assert "1 column is left out" in page


def test_field_that_the_company_hides_is_not_there(
    app: Flask, nordwind: Workspace, ann: Visitor, meyer: Record
) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        modelling.change_field(nordwind.actor(ANN), "companies", "industry", {"is_hidden": True})
    page = ann.get("/companies?lang=en&columns=industry,city").text
    assert heads(page) == ["Name", "City"]
    assert "1 column is left out" in page
    assert "industry" not in offered(ann.get("/companies/columns").text)[1]


def test_more_than_the_most_are_left_out(
    ann: Visitor, meyer: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "MOST", 3)
    page = ann.get("/companies?lang=en&columns=city,phone,industry,number").text
    assert heads(page) == ["Name", "City", "Phone"]
    assert "those beyond are left out" in page


def test_what_one_may_not_see_is_told_from_nothing(blind: Visitor, meyer: Record, make: Make) -> None:
    """A name out of sight and a name of nothing give one and the same page, but for the name itself."""
    pages = []
    for name in ("industry", "nonsense"):
        page = blind.get(f"/companies?lang=en&columns={name},city").text
        choice = blind.get(f"/companies/columns?lang=en&columns={name},city").text
        pages.append([without_moments(each).replace(name, "?") for each in (page, choice)])
    assert pages[0] == pages[1]
    assert heads(pages[0][0]) == ["Name", "City"]
    shown, others = offered(pages[0][1])
    assert "industry" not in shown + others
    assert "Industry" not in "".join(pages[0])


def without_moments(page: str) -> str:
    """The page without what each answer has of its own."""
    return re.sub(r'(csrf_token" (?:value|content)|content|data-live-cursor-value|nonce)="[^"]*"', "", page)


def test_column_of_an_object_out_of_sight_is_not_there(blind: Visitor, ann: Visitor, meyer: Record) -> None:
    page = blind.get("/companies?lang=en&columns=bought,city").text
    assert heads(page) == ["Name", "City"]
    assert "1 column is left out" in page
    assert "bought" not in offered(blind.get("/companies/columns").text)[1]
    assert "bought" in offered(ann.get("/companies/columns?columns=city").text)[1]


def test_list_of_a_record_has_no_column_out_of_sight(blind: Visitor, meyer: Record, make: Make) -> None:
    make("contacts", last_name="Kern", title="Chemist", company_id=str(meyer.id))
    page = blind.get(f"/companies/{meyer.id}?tab=contacts&lang=en")
    assert page.status_code == 200
    assert names(page.text) == ["Kern"]
    assert "Job title" not in heads(page.text)


def test_choice_offers_what_there_is(ann: Visitor, meyer: Record) -> None:
    form = ann.get("/companies/columns?lang=en&columns=phone,bought&q=me&after=x&filter[city]=K%C3%B6ln").text
    shown, others = offered(form)
    assert shown == ["phone", "bought"]
    assert {"city", "standing", "industry", "created_at", "owner_id"} <= set(others)
    assert not {"name", "id", "version"} & set(others)
    assert 'name="q" value="me"' in form
    assert 'name="filter[city]" value="Köln"' in form
    assert form.count('name="columns"') == 1
    usual = offered(ann.get("/companies/columns").text)[0]
    assert usual == ["standing", "thread", "city", "phone", "owner_id", "bought", "talked"]


def test_trash_has_columns(ann: Visitor, meyer: Record) -> None:
    ann.post(f"/companies/{meyer.id}/trash")
    page = ann.get("/companies?trash=1&columns=country&lang=en").text
    assert heads(page) == ["Name", "Country"]


def test_choice_costs_no_statement(ann: Visitor, meyer: Record) -> None:
    ann.get("/companies")
    with counted() as usual:
        ann.get("/companies")
    with counted() as chosen:
        ann.get("/companies?columns=industry,standing,bought")
    with counted() as fields:
        ann.get("/companies?columns=industry,city")
    assert len(chosen) == len(usual)
    assert len(fields) < len(usual)
    assert not [each for each in fields if "AS phone" in each or "companies.phone" in each]
