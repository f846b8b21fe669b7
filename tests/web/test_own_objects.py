"""An object and fields of the company's own are on its pages at once, like those that Kith brings."""

import html
import re
from typing import Any

import pytest
from flask import Flask

from app.records import writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, Workspace
from tests.machines import PRESS
from tests.visitor import Visitor, signed_in
from tests.web.records.conftest import edit
from tests.work import work_off


@pytest.fixture
def ann(app: Flask, lender: Workspace) -> Visitor:
    return signed_in(app, lender, ANN)


@pytest.fixture
def bob(app: Flask, lender: Workspace) -> Visitor:
    return signed_in(app, lender, BOB)


@pytest.fixture(scope="module")
def company(app: Flask, lender: Workspace) -> str:
    """The id of Meyer Maschinenbau."""
    with app.app_context(), entered(lender.tenant), unit_of_work():
        return str(writing.create(lender.actor(ANN), "companies", {"name": "Meyer Maschinenbau"}).id)


def add(visitor: Visitor, serial: str, **more: Any) -> str:
    """A machine like PRESS added by the form; its id."""
    answer = visitor.post("/x_machines", {**PRESS, "serial": serial, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).rpartition("/")[2]


def test_side_bar_leads_to_own_objects_last(bob: Visitor) -> None:
    page = bob.get("/").text
    assert page.index('href="/activities"') < page.index('href="/x_machines"')
    assert "Maschinen" in page


def test_form_asks_for_every_kind(bob: Visitor) -> None:
    page = bob.get("/x_machines/new").text
    for name in PRESS:
        assert f'name="{name}"' in page
    assert 'type="checkbox" name="tags" value="loud"' in page
    assert "F&amp;E" in page
    assert "Gesagt in &#34;Anführung&#34;" in page
    assert '"quotes"' not in page


def test_added_record_shows_all_on_its_page(bob: Visitor, company: str) -> None:
    page = bob.get(f"/x_machines/{add(bob, 'P-1', company_id=company)}").text
    for told in ("Press 7", "P-1", "Läuft", "Laut", "Alt", "F&amp;E", "Meyer Maschinenbau", "Two &lt;lines"):
        assert told in page


def test_list_has_own_columns_and_filters(bob: Visitor) -> None:
    add(bob, "P-2", tags=["old"], state="broken", name="Old press")
    add(bob, "P-3", tags=["loud"], name="Loud press")
    bob.get("/")
    page = bob.get("/x_machines?filter[tags][in]=old&filter[state]=broken").text
    assert "Old press" in page
    assert "Loud press" not in page
    assert "Steht &amp; klemmt" in page
    assert "Merkmale" in page
    offered = html.unescape(bob.get("/x_machines/filters").text)
    assert re.search(r'"kind": "choices"[^}]*\["old", "Alt"\]', offered)


def test_several_choices_are_edited_in_their_place(bob: Visitor) -> None:
    press = add(bob, "P-4")
    control = bob.get(f"/x_machines/{press}/fields/tags").text
    assert control.count("checked") == 2
    told = edit(bob, press, "x_machines.tags", "old").get_json()  # type: ignore[arg-type]
    assert (told["value"], "Alt" in told["html"], "Laut" in told["html"]) == ("old", True, False)
    assert "Merkmale: <s>Laut, Alt</s> → Alt" in bob.get(f"/x_machines/{press}").text
    assert edit(bob, press, "x_machines.tags", "").get_json()["value"] == ""  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def people(app: Flask, lender: Workspace) -> list[str]:
    """The ids of Ida and Ole, who operate machines."""
    with app.app_context(), entered(lender.tenant), unit_of_work():
        ann = lender.actor(ANN)
        return [str(writing.create(ann, "contacts", {"last_name": name}).id) for name in ("Ida", "Ole")]


def test_several_records_are_chosen_and_changed(bob: Visitor, people: list[str]) -> None:
    ida, ole = people
    assert 'data-combobox-url-value="/options/contacts"' in bob.get("/x_machines/new").text
    press = add(bob, "P-20", operators=["", ole, ida])
    page = bob.get(f"/x_machines/{press}").text
    assert page.index(f'href="/contacts/{ole}"') < page.index(f'href="/contacts/{ida}"')
    form = bob.get(f"/x_machines/{press}/edit").text
    assert [f'name="operators" value="{each}" checked' in form for each in people] == [True, True]
    told = edit(bob, press, "x_machines.operators", ida).get_json()  # type: ignore[arg-type]
    assert (told["value"], "Ida" in told["html"], "Ole" in told["html"]) == (ida, True, False)
    assert "Bediener: <s>Ole, Ida</s> → Ida" in bob.get(f"/x_machines/{press}").text
    assert bob.post(f"/x_machines/{press}", {"operators": [""]}).status_code == 303
    assert 'name="operators" value="' + ida not in bob.get(f"/x_machines/{press}/edit").text


def test_person_lists_and_adds_what_names_him(bob: Visitor, people: list[str]) -> None:
    ida, _ = people
    add(bob, "P-21", operators=["", ida], name="Press of Ida")
    assert "Press of Ida" in bob.get(f"/contacts/{ida}?tab=x_machines_operators").text
    begun = bob.get(f"/x_machines/new?operators={ida}").text
    assert f'name="operators" value="{ida}" checked' in begun
    assert "Ida" in begun


def test_refused_form_keeps_the_records_chosen(bob: Visitor, people: list[str]) -> None:
    answer = bob.post("/x_machines", {**PRESS, "serial": "P-22", "hours": "-3", "operators": ["", *people]})
    assert answer.status_code == 422
    assert [f'name="operators" value="{each}" checked' in answer.text for each in people] == [True, True]


def test_list_is_filtered_by_one_of_several_records(bob: Visitor, people: list[str]) -> None:
    ida, ole = people
    add(bob, "P-23", operators=["", ole], name="Press of Ole")
    add(bob, "P-24", operators=["", ida], name="Other press")
    bob.get("/")
    page = bob.get(f"/x_machines?filter[operators][in]={ole}").text
    assert "Press of Ole" in page
    assert "Other press" not in page
    offered = html.unescape(bob.get("/x_machines/filters").text)
    assert re.search(r'"kind": "relations"[^}]*"to": "contacts"', offered)


def test_many_get_several_choices_at_once(app: Flask, bob: Visitor) -> None:
    ids = [add(bob, f"P-7{number}", tags=["loud"]) for number in range(2)]
    wish = {"ids": ",".join(ids), "field": "tags", "value": ["", "old"]}
    assert bob.post("/x_machines/bulk/edit", wish).status_code == 303
    work_off(app)
    for each in ids:
        page = bob.get(f"/x_machines/{each}/edit").text
        assert 'value="old" checked' in page
        assert 'value="loud" checked' not in page


@pytest.mark.parametrize(("sent", "left"), [(["", "old"], ["old"]), ([""], [])])
def test_form_keeps_and_clears_several_choices(bob: Visitor, sent: list[str], left: list[str]) -> None:
    press = add(bob, f"P-5{len(left)}")
    assert bob.post(f"/x_machines/{press}", {"tags": sent}).status_code == 303
    page = bob.get(f"/x_machines/{press}/edit").text
    ticked = [value for value in ("loud", "old") if f'value="{value}" checked' in page]
    assert ticked == left


def test_refused_form_says_so_at_the_field(bob: Visitor) -> None:
    add(bob, "P-6")
    answer = bob.post("/x_machines", {**PRESS, "serial": "p-6", "hours": "-3"})
    assert answer.status_code == 422
    assert 'href="#f-hours"' in answer.text
    assert 'name="tags" value="loud" checked' in answer.text
    taken = bob.post("/x_machines", {**PRESS, "serial": "p-6"})
    assert taken.status_code == 422
    assert 'href="#f-serial"' in taken.text


def test_company_lists_and_adds_its_machines(bob: Visitor, company: str) -> None:
    add(bob, "P-8", name="Press of Meyer", company_id=company)
    tab = "x_machines_company_id"
    page = bob.get(f"/companies/{company}?tab={tab}").text
    assert "Press of Meyer" in page
    assert f"/x_machines/new?company_id={company}" in page
    assert "Meyer Maschinenbau" in bob.get(f"/x_machines/new?company_id={company}").text


def test_command_menu_finds_own_objects(bob: Visitor) -> None:
    press = add(bob, "ZX-81")
    assert f"/x_machines/{press}" in bob.get("/find?q=zx-81").text
    assert "Maschinen" in bob.get("/find?q=zx-81").text


def test_trash_takes_and_gives_back(bob: Visitor) -> None:
    press = add(bob, "P-9", name="Scrap")
    assert bob.post(f"/x_machines/{press}/trash").status_code == 303
    assert "Scrap" in bob.get("/x_machines?trash=1").text
    assert bob.post(f"/x_machines/{press}/restoration").status_code == 303
    assert "Scrap" in bob.get("/x_machines").text


def test_machines_can_be_imported(bob: Visitor) -> None:
    assert '<option value="x_machines"' in bob.get("/imports/new").text
    sample = bob.get("/imports/samples/x_machines.csv")
    assert b"serial" in sample.data


def test_standard_object_shows_own_field(bob: Visitor) -> None:
    answer = bob.post("/contacts", {"last_name": "Otto", "x_badge": "B-17"})
    assert answer.status_code == 303
    assert "B-17" in bob.get(answer.headers["Location"]).text
    assert "Ausweis" in bob.get("/contacts").text
    assert "B-17" in bob.get("/contacts?filter[x_badge]=b-17").text


def test_reader_of_english_reads_english(ann: Visitor) -> None:
    add(ann, "E-1")
    ann.post("/profile", {"name": ANN.name, "language": "en"})
    page = ann.get("/x_machines").text
    assert "Machines" in page
    assert "R&amp;D" in page
