"""Chosen columns of lists: what the address names, and nothing of what one may not see."""

import html
import re
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.grants import ANY, HIDE, VERBS
from app.domain.jobs.models import Job
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
from tests.web.records.conftest import LATELY, Make, edit
from tests.web.records.test_lists import names
from tests.web.records.test_views import undo

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
    order = make("orders", company_id=str(meyer.id), placed_at=LATELY, currency="EUR")
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
    assert form.count('name="columns" data-columns-target="told"') == 1
    assert 'name="columns" value' not in form
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


def save(visitor: Visitor, query: str, **more: str) -> str:
    """The address of a new view of companies."""
    answer = visitor.post("/companies/views", {"name": "Ours", "list": query, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def put(visitor: Visitor, address: str, query: str) -> Any:
    """Keep what the list shows now as what the view shows."""
    view = urlsplit(address).query
    path = f"/companies/views/{view.removeprefix('view=')}/content"
    return visitor.post(path, {"list": f"{view}&{query}"})


def store(visitor: Visitor, address: str, query: str) -> None:
    assert put(visitor, address, query).headers["Location"] == address


def test_view_keeps_its_columns(ann: Visitor, meyer: Record) -> None:
    address = save(ann, "columns=industry,city")
    page = ann.get(f"{address}&lang=en").text
    assert heads(page) == ["Name", "Industry", "City"]
    assert "Unsaved changes" not in page
    turned = ann.get(f"{address}&columns=name,city,industry&lang=en").text
    assert heads(turned) == ["Name", "City", "Industry"]
    assert "Unsaved changes" in turned
    assert f'href="{address}">Reset' in turned
    usual = ann.get(f"{address}&columns=&lang=en").text
    assert heads(usual) == USUAL
    assert "Unsaved changes" in usual
    store(ann, address, "columns=city")
    assert heads(ann.get(f"{address}&lang=en").text) == ["Name", "City"]
    assert offered(ann.get(f"/companies/columns?{urlsplit(address).query}").text)[0] == ["city"]
    store(ann, address, "columns=")
    assert heads(ann.get(f"{address}&lang=en").text) == USUAL


def test_new_view_tells_its_columns(ann: Visitor, meyer: Record) -> None:
    form = ann.get("/companies/views/new?columns=industry,standing&lang=en").text
    assert "Name, Industry, Standing" in form


def test_change_of_columns_is_taken_back(ann: Visitor, meyer: Record) -> None:
    address = save(ann, "columns=industry")
    page = ann.follow(put(ann, address, "columns=city")).text
    undo(ann, page)
    assert heads(ann.get(f"{address}&lang=en").text) == ["Name", "Industry"]


def test_lost_column_costs_no_row(
    app: Flask, nordwind: Workspace, ann: Visitor, bob: Visitor, meyer: Record
) -> None:
    add_field(app, nordwind, FieldWish("text", {"en": "Badge"}))
    address = save(ann, "columns=x_badge,city", shared="everyone")
    used = ann.get("/settings/objects/companies/fields/x_badge?lang=en").text
    assert "Saved views that use it" in used
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        modelling.change_field(nordwind.actor(ANN), "companies", "x_badge", {"is_hidden": True})
    page = bob.get(f"{address}&lang=en").text
    assert (names(page), heads(page)) == (["Meyer Maschinenbau"], ["Name", "City"])
    assert "1 column is left out" in page
    assert "Unsaved changes" not in page
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        modelling.change_field(nordwind.actor(ANN), "companies", "x_badge", {"is_hidden": False})
    assert heads(bob.get(f"{address}&lang=en").text) == ["Name", "Badge", "City"]


def test_who_does_not_see_a_column_takes_it_from_nobody(ann: Visitor, blind: Visitor, meyer: Record) -> None:
    address = save(ann, "columns=industry,city", shared="everyone")
    page = blind.get(f"{address}&lang=en").text
    assert heads(page) == ["Name", "City"]
    assert "1 column is left out" in page
    assert "ndustry" not in page
    store(blind, address, "sort=-name")
    assert heads(ann.get(f"{address}&lang=en").text) == ["Name", "Industry", "City"]
    store(blind, address, "columns=phone")
    assert heads(ann.get(f"{address}&lang=en").text) == ["Name", "Phone", "Industry"]
    copied = blind.post(f"/companies/views/{urlsplit(address).query.removeprefix('view=')}/copies")
    page = blind.get(f"{copied.headers['Location']}&lang=en").text
    assert (heads(page), LEFT_OUT in page) == (["Name", "Phone"], False)


def exported(app: Flask, workspace: Workspace) -> list[str]:
    """The fields of the file that was asked for last."""
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        newest = select(Job.params).where(Job.kind == "exports").order_by(Job.id.desc()).limit(1)
        found = session.scalars(newest).one()
        return list(found["fields"])


def test_file_holds_the_chosen_columns(app: Flask, nordwind: Workspace, ann: Visitor, meyer: Record) -> None:
    chosen = "columns=industry,standing,city"
    dialog = ann.get(f"/companies/bulk/export?lang=en&all=1&list={quote(chosen)}").text
    assert "Name, Industry, City; without Standing" in dialog
    ann.post("/companies/bulk/export", {"all": "1", "list": chosen})
    assert exported(app, nordwind) == ["id", "name", "industry", "city"]
    ann.post("/companies/bulk/export", {"all": "1", "list": chosen, "fields": "all"})
    assert {"id", "name", "phone", "created_at"} <= set(exported(app, nordwind))


def test_file_without_choice_holds_all_fields(
    app: Flask, nordwind: Workspace, ann: Visitor, meyer: Record
) -> None:
    ann.post("/companies/bulk/export", {"ids": str(meyer.id), "list": ""})
    assert {"id", "name", "industry", "created_at"} <= set(exported(app, nordwind))
    ann.post("/companies/bulk/export", {"ids": str(meyer.id), "list": "", "fields": "shown"})
    assert exported(app, nordwind) == ["id", "name", "city", "phone", "owner_id"]


def test_file_of_a_view_holds_its_columns(app: Flask, nordwind: Workspace, ann: Visitor, make: Make) -> None:
    for number in range(60):
        make("companies", name=f"Company {number:02}")
    address = save(ann, "columns=industry")
    (listed,) = re.findall(r'name="list" value="([^"]*)"', ann.get(address).text)
    # Whoever changes the view meanwhile changes nothing of what was on the screen.
    store(ann, address, "columns=city")
    ann.post("/companies/bulk/export", {"all": "1", "list": html.unescape(listed)})
    assert exported(app, nordwind) == ["id", "name", "industry"]
    (*_, listed) = re.findall(r'name="list" value="([^"]*)"', ann.get(f"{address}&columns=").text)
    ann.post("/companies/bulk/export", {"all": "1", "list": html.unescape(listed)})
    assert "industry" in exported(app, nordwind)


def test_file_holds_nothing_out_of_sight(
    app: Flask, nordwind: Workspace, blind: Visitor, meyer: Record
) -> None:
    blind.post("/companies/bulk/export", {"ids": str(meyer.id), "list": "columns=industry,city"})
    assert exported(app, nordwind) == ["id", "name", "city"]


def test_own_standard_is_ones_own(ann: Visitor, bob: Visitor, meyer: Record, make: Make) -> None:
    answer = ann.post(
        "/companies/columns",
        {"columns": "name,industry,standing", "next": "/companies?q=Meyer"},
    )
    assert answer.headers["Location"] == "/companies?q=Meyer"
    assert heads(ann.get("/companies?lang=en").text) == ["Name", "Industry", "Standing"]
    assert heads(ann.get("/companies?lang=en&columns=").text) == ["Name", "Industry", "Standing"]
    assert heads(ann.get("/companies?lang=en&columns=city").text) == ["Name", "City"]
    assert heads(bob.get("/companies?lang=en").text) == USUAL
    make("contacts", last_name="Kern")
    assert "Industry" not in heads(ann.get("/contacts?lang=en").text)
    ann.post("/companies/columns", {"columns": "name,industry", "usual": "1"})
    assert heads(ann.get("/companies?lang=en").text) == USUAL


def test_view_without_columns_has_each_ones_standard(ann: Visitor, bob: Visitor, meyer: Record) -> None:
    address = save(ann, "sort=-name", shared="everyone")
    plain = bob.post("/companies/columns", {"columns": "name,industry"})
    assert plain.status_code == 303
    assert heads(bob.get(f"{address}&lang=en").text) == ["Name", "Industry"]
    assert heads(ann.get(f"{address}&lang=en").text) == USUAL
    # One's own standard is nothing that was changed of the view, and is not saved with what was.
    assert "Unsaved changes" not in bob.get(f"{address}&lang=en").text
    store(bob, address, "sort=name")
    assert heads(ann.get(f"{address}&lang=en").text) == USUAL


def test_own_standard_goes_by_what_one_sees(blind: Visitor, meyer: Record) -> None:
    blind.post("/companies/columns", {"columns": "name,industry,nothing,city"})
    page = blind.get("/companies?lang=en").text
    assert heads(page) == ["Name", "City"]
    blind.post("/companies/columns", {"columns": "name"})
    assert heads(blind.get("/companies?lang=en").text) == ["Name"]


def test_own_standard_of_which_nothing_is_left_is_the_usual_one(
    app: Flask, nordwind: Workspace, ann: Visitor, meyer: Record
) -> None:
    ann.post("/companies/columns", {"columns": "industry"})
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        modelling.change_field(nordwind.actor(ANN), "companies", "industry", {"is_hidden": True})
    assert heads(ann.get("/companies?lang=en").text) == USUAL


def test_own_standard_costs_no_statement(ann: Visitor, meyer: Record) -> None:
    ann.get("/companies")
    with counted() as usual:
        ann.get("/companies")
    ann.post("/companies/columns", {"columns": "name,industry,standing,bought"})
    ann.get("/companies")
    with counted() as own:
        ann.get("/companies")
    assert len(own) == len(usual)
