"""A record's page: fields, edits in place, conflicts, undo, forms, who changed it last."""

import re
from uuid import UUID

import pytest
from flask import Flask

from app.domain.catalogue import OBJECTS
from app.records.record import Record
from tests.api.programs import program
from tests.architecture.routes import fill
from tests.cast import ANN, BOB, Workspace
from tests.statements import counted
from tests.visitor import Visitor, signed_in
from tests.web.records.conftest import Make, edit
from tests.work import work_off

NAMES = [described.name for described in OBJECTS]


@pytest.mark.parametrize("name", NAMES)
def test_every_record_says_who_changed_it(app: Flask, nordwind: Workspace, ann: Visitor, name: str) -> None:
    owned = fill(app, nordwind, ANN, BOB)
    page = ann.get(f"/{name}/{owned.records[name]}?lang=en").text
    assert re.search(r"Last changed by Ann Berg, .*ago|Last changed by Ann Berg, ", page)


@pytest.mark.parametrize("name", NAMES)
def test_page_costs_twelve_statements(app: Flask, nordwind: Workspace, ann: Visitor, name: str) -> None:
    path = f"/{name}/{fill(app, nordwind, ANN, BOB).records[name]}"
    ann.get(path)
    with counted() as sent:
        assert ann.get(path).status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_new_record_is_on_its_page(ann: Visitor) -> None:
    answer = ann.post("/companies", {"name": "Meyer Maschinenbau", "city": "Köln", "country": "DE"})
    page = ann.follow(answer).text
    assert "Meyer Maschinenbau" in page
    assert "Köln" in page


def test_refused_form_keeps_what_was_typed(ann: Visitor) -> None:
    answer = ann.post("/contacts", {"first_name": "Carol", "email": "no address"})
    assert answer.status_code == 422
    assert 'value="no address"' in answer.text
    assert 'href="#f-email"' in answer.text


def test_form_is_filled_by_its_address(ann: Visitor, meyer: Record) -> None:
    page = ann.get(f"/contacts/new?company_id={meyer.id}").text
    assert f'value="{meyer.id}"' in page
    assert 'value="Meyer Maschinenbau"' in page


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("/companies/new", "name"),
        ("/contacts/new", "salutation"),
        ("/settings/objects/new", "singular.en"),
        ("/settings/objects/companies/fields/new?kind=text", "labels.en"),
    ],
)
def test_one_types_at_once_into_a_new_form(ann: Visitor, path: str, begins: str) -> None:
    page = ann.get(path).text
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', page) == [begins]


def test_form_of_what_is_there_leaves_the_cursor(ann: Visitor, meyer: Record) -> None:
    assert " autofocus" not in ann.get(f"/companies/{meyer.id}/edit").text


def test_long_texts_come_last_in_forms(ann: Visitor) -> None:
    page = ann.get("/companies/new").text
    assert page.index('name="name"') < page.index('name="email"') < page.index('name="street"')
    assert page.index('name="street"') < page.index('name="description"')


def test_form_keeps_several_addresses(ann: Visitor, make: Make) -> None:
    carol = make("contacts", last_name="Meyer", email="carol@meyer.example")
    answer = ann.post(
        f"/contacts/{carol.id}",
        {
            "last_name": "Meyer",
            "emails.value": ["carol@meyer.example", "office@meyer.example"],
            "emails.purpose": ["", "work"],
            "emails.primary": "1",
            "base_version": str(carol.version),
        },
    )
    page = ann.follow(answer).text
    assert "carol@" in page
    assert "office@" in page


def test_edit_in_place_answers_the_new_value(ann: Visitor, meyer: Record) -> None:
    told = edit(ann, meyer.id, "companies.city", "Bonn", meyer.version).get_json()
    assert told["html"] == "Bonn"
    assert told["value"] == "Bonn"
    assert told["version"] > meyer.version
    assert "Bonn" in ann.get(f"/companies/{meyer.id}").text


def test_edit_is_taken_back_by_its_toast(ann: Visitor, meyer: Record) -> None:
    undo = edit(ann, meyer.id, "companies.city", "Bonn").get_json()["undo"]
    assert ann.post(undo["url"]).status_code == 303
    assert "Köln" in ann.get(f"/companies/{meyer.id}").text


def test_edit_without_change_offers_no_undo(ann: Visitor, meyer: Record) -> None:
    assert "undo" not in edit(ann, meyer.id, "companies.city", "Köln").get_json()


def test_relation_is_edited_by_its_id(ann: Visitor, make: Make, meyer: Record) -> None:
    order = make("orders")
    control = ann.get(f"/orders/{order.id}/fields/company_id").text
    assert 'data-combobox-url-value="/options/companies"' in control
    told = edit(ann, order.id, "orders.company_id", str(meyer.id)).get_json()
    assert "Meyer Maschinenbau" in told["html"]
    assert told["value"] == str(meyer.id)


def test_relation_to_nothing_is_refused(ann: Visitor, make: Make) -> None:
    order = make("orders")
    answer = edit(ann, order.id, "orders.company_id", str(UUID(int=7)))
    assert answer.status_code == 422
    assert answer.get_json()["message"]


def test_two_people_change_different_fields(ann: Visitor, bob: Visitor, meyer: Record) -> None:
    assert edit(ann, meyer.id, "companies.city", "Bonn", meyer.version).status_code == 200
    told = edit(bob, meyer.id, "companies.industry", "Pumps", meyer.version)
    assert (told.status_code, told.get_json()["behind"]) == (200, True)
    assert (
        edit(bob, meyer.id, "companies.industry", "Valves", told.get_json()["version"]).get_json()["behind"]
        is False
    )
    page = ann.get(f"/companies/{meyer.id}").text
    assert "Bonn" in page
    assert "Valves" in page


def test_two_people_change_one_field(ann: Visitor, bob: Visitor, meyer: Record) -> None:
    edit(ann, meyer.id, "companies.city", "Bonn", meyer.version)
    refused = edit(bob, meyer.id, "companies.city", "Ulm", meyer.version)
    assert refused.status_code == 409
    clash = refused.get_json()["clash"]
    assert [clash[name] for name in ("base", "theirs", "yours")] == ["Köln", "Bonn", "Ulm"]
    assert (clash["value"], "Bonn" in clash["html"]) == ("Bonn", True)
    assert "Bonn" in ann.get(f"/companies/{meyer.id}").text
    assert edit(bob, meyer.id, "companies.city", "Ulm", clash["version"]).status_code == 200


def test_clashing_form_loses_nothing(ann: Visitor, bob: Visitor, meyer: Record) -> None:
    edit(ann, meyer.id, "companies.city", "Bonn", meyer.version)
    form = {"name": "Meyer Maschinenbau", "city": "Ulm", "base_version": str(meyer.version)}
    refused = bob.post(f"/companies/{meyer.id}", form)
    assert refused.status_code == 409
    assert 'value="Ulm"' in refused.text
    assert "Bonn" in refused.text
    again = re.search(r'name="base_version" value="(\d+)"', refused.text)
    assert again
    assert bob.post(f"/companies/{meyer.id}", form | {"base_version": again[1]}).status_code == 303
    assert "Ulm" in ann.get(f"/companies/{meyer.id}").text


def test_order_shows_lines_and_their_total(ann: Visitor, make: Make) -> None:
    order = make("orders", currency="EUR")
    make("order_lines", order_id=str(order.id), description="Pump", unit_price="389", quantity=4)
    make("order_lines", order_id=str(order.id), description="Valve", unit_price="44", quantity=1)
    page = ann.get(f"/orders/{order.id}?lang=en").text
    assert "1,556.00\N{NO-BREAK SPACE}EUR" in page
    assert "sum 1,600.00\N{NO-BREAK SPACE}EUR" in page


def test_timeline_tells_and_takes_back(ann: Visitor, meyer: Record) -> None:
    edit(ann, meyer.id, "companies.city", "Bonn")
    page = ann.get(f"/companies/{meyer.id}?lang=en").text
    assert "City changed" in page
    assert "<s>Köln</s>" in page
    fact = re.search(r'action="(/facts/[0-9a-f-]+/reversal)"', page)
    assert fact
    ann.post(fact[1])
    assert ">Köln<" in ann.get("/companies").text


def test_edit_taken_back_offers_it_no_more(app: Flask, nordwind: Workspace, meyer: Record) -> None:
    ann, bob = signed_in(app, nordwind, ANN), signed_in(app, nordwind, BOB)
    edit(ann, meyer.id, "companies.city", "Bonn")
    page = f"/companies/{meyer.id}?lang=en"
    way = re.compile(r'action="(/facts/[0-9a-f-]+/reversal)"')
    (fact,) = way.findall(ann.get(page).text)
    bob.post(fact)
    told = bob.get(page).text
    assert fact not in told
    assert ">taken back</span>" in told
    assert len(way.findall(told)) == 1, "taking it back can be taken back"
    assert bob.post(fact).status_code == 409


def test_readers_see_no_way_to_edit(ralf: Visitor, meyer: Record) -> None:
    page = ralf.get(f"/companies/{meyer.id}").text
    assert "Meyer Maschinenbau" in page
    for affordance in ('"inline-edit"', '/edit"', "/trash", "/reversal", "/activities/new", "/contacts/new"):
        assert affordance not in page


def test_purging_is_for_who_manages(rita: Visitor, bob: Visitor) -> None:
    address = rita.post("/companies", {"name": "Meyer"}).headers["Location"]
    assert rita.post(f"{address}/purge").status_code == 409
    rita.post(f"{address}/trash")
    assert f'action="{address}/purge"' in rita.get(address).text
    assert "/purge" not in bob.get(address).text
    assert bob.post(f"{address}/purge").status_code == 403
    assert "/companies/trash/purge" in rita.get("/companies?trash=1").text
    assert rita.post(f"{address}/purge").status_code == 303
    assert rita.get(address).status_code == 404


def test_clashing_form_lets_choose_theirs(ann: Visitor, bob: Visitor, meyer: Record) -> None:
    edit(ann, meyer.id, "companies.city", "Bonn", meyer.version)
    form = {"name": "Meyer Maschinenbau", "city": "Husum", "industry": "Pumps"}
    refused = bob.post(f"/companies/{meyer.id}", form | {"base_version": str(meyer.version)})
    assert 'name="keep.city" value="theirs"' in refused.text
    assert 'name="keep.industry"' not in refused.text
    again = re.search(r'name="base_version" value="(\d+)"', refused.text)
    assert again
    assert (
        bob.post(
            f"/companies/{meyer.id}", form | {"base_version": again[1], "keep.city": "theirs"}
        ).status_code
        == 303
    )
    page = ann.get(f"/companies/{meyer.id}").text
    assert "Bonn" in page
    assert "Pumps" in page
    assert "Husum" not in page


def test_who_changed_a_record_last_may_be_an_app(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    script = program(app, nordwind, name="Stock clerk")
    made = script.post("/companies", {"name": "Aare"}).json["id"]
    page = f"/companies/{made}?lang=en"
    assert "Last changed by Stock clerk, " in ann.get(page).text
    ann.post(f"/companies/{made}", {"name": "Aare AG", "base_version": "1"})
    assert "Last changed by Ann Berg, " in ann.get(page).text
    script.post("/companies/bulk", {"action": "edit", "ids": [made], "values": {"city": "Bern"}})
    work_off(app)
    assert "Last changed by Stock clerk, " in ann.get(page).text
