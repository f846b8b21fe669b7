"""Settings > Objects and fields: who manages the workspace changes its model by forms."""

import re
from uuid import UUID

import pytest
from flask import Flask

from app.domain.files.models import File
from app.domain.modelling import rules
from app.ui.icons import ICONS
from app.ui.modelling import TOLD
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import Workspace
from tests.visitor import Visitor
from tests.web.records.conftest import edit
from tests.work import work_off

OBJECTS = "/settings/objects"
MACHINES = {
    "singular.en": "Machine", "singular.de": "Maschine", "plural.en": "Machines", "plural.de": "Maschinen",
    "icon": "wrench",
}  # fmt: skip
STATE = {
    "kind": "choice", "labels.en": "State", "labels.de": "Zustand", "visibility": "opinion",
    "choices.en": ["Running", "Broken", ""], "choices.de": ["Läuft", "", ""], "choices.value": ["", "", ""],
    "in_table": "1", "is_sortable": "1",
}  # fmt: skip


@pytest.fixture
def machines(rita: Visitor) -> str:
    """The address of the settings of machines, which Rita the admin has just added."""
    answer = rita.post(OBJECTS, MACHINES)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_settings_lead_to_objects(rita: Visitor, bob: Visitor) -> None:
    assert f'href="{OBJECTS}"' in rita.get("/settings").text
    assert f'href="{OBJECTS}"' not in bob.get("/settings").text
    assert bob.get(OBJECTS).status_code == 403
    page = rita.get(OBJECTS).text
    assert f'href="{OBJECTS}/companies"' in page
    assert str(rules.MOST_OBJECTS) in page


def test_added_object_is_in_the_side_bar(rita: Visitor, machines: str) -> None:
    assert machines == f"{OBJECTS}/x_machines"
    page = rita.get(machines).text
    assert 'href="/x_machines"' in page
    assert "Maschinen" in page
    assert 'value="wrench" checked' in page


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"singular.en": "", "singular.de": ""}, "singular.en"),
        ({"plural.en": "<b>"}, "plural.en"),
        ({"plural.de": "x" * 61}, "plural.de"),
        ({"icon": "rocket'>"}, "icon"),
    ],
)
def test_refused_object_says_so_at_the_field(rita: Visitor, wrong: dict[str, str], place: str) -> None:
    answer = rita.post(OBJECTS, MACHINES | wrong)
    assert answer.status_code == 422
    assert f'href="#f-{place}"' in answer.text
    assert f'id="f-{place}"' in answer.text


def test_kinds_are_offered_with_a_sentence(rita: Visitor, machines: str) -> None:
    page = rita.get(f"{machines}/fields/new").text
    for kind in rules.KINDS:
        assert f"?kind={kind}" in page
    assert rules.KINDS.keys() == TOLD.keys()


@pytest.mark.parametrize("kind", rules.KINDS)
def test_each_kind_has_its_form(rita: Visitor, machines: str, kind: str) -> None:
    related = "&related=deals.company_id" if kind == "rollup" else ""
    page = rita.get(f"{machines}/fields/new?kind={kind}{related}").text
    assert f'name="kind" value="{kind}"' in page
    assert ('name="is_unique"' in page) == (kind in rules.UNIQUE)
    assert ('name="choices.en"' in page) == (kind in ("choice", "choices"))
    assert ('name="target"' in page) == (kind in rules.RELATIONS)


def test_added_choice_is_in_form_and_list(app: Flask, rita: Visitor, machines: str) -> None:
    assert rita.post(f"{machines}/fields", STATE).status_code == 303
    assert "wird gebaut" in rita.get(machines).text
    work_off(app)
    assert "wird gebaut" not in rita.get(machines).text
    form = rita.get("/x_machines/new").text
    assert '<option value="running">Läuft</option><option value="broken">Broken</option>' in form
    rita.post("/x_machines", {"name": "Press 7", "state": "running"})
    page = rita.get("/x_machines?sort=state").text
    assert "Zustand" in page
    assert "Läuft" in page


def test_changed_choices_keep_their_values(rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", STATE)
    address = f"{machines}/fields/state"
    page = rita.get(address).text
    assert 'name="choices.value" value="running"' in page
    changed = STATE | {
        "choices.en": ["Works", "Broken", "7 days"], "choices.de": ["", "Steht", ""],
        "choices.value": ["running", "broken", ""],
    }  # fmt: skip
    assert rita.post(address, changed).status_code == 303
    form = rita.get("/x_machines/new").text
    assert '<option value="running">Works</option><option value="broken">Steht</option>' in form
    assert '<option value="c_7_days">7 days</option>' in form


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"labels.en": "", "labels.de": ""}, "labels.en"),
        ({"choices.en": ["", "", ""], "choices.de": ["", "", ""]}, "choices"),
        ({"choices.en": ["<i>", "", ""], "choices.de": ["", "", ""]}, "choices"),
        ({"visibility": "everybody"}, "visibility"),
    ],
)
def test_refused_field_says_so_at_its_place(
    rita: Visitor, machines: str, wrong: dict[str, object], place: str
) -> None:
    answer = rita.post(f"{machines}/fields", STATE | wrong)
    assert answer.status_code == 422
    assert f'href="#f-{place}"' in answer.text
    assert f'id="f-{place}"' in answer.text


def test_choices_are_moved_coloured_retired_and_replaced(app: Flask, rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", STATE)
    press = rita.post("/x_machines", {"name": "Press 7", "state": "running"}).headers["Location"]
    address = f"{machines}/fields/state"
    changed = STATE | {
        "choices.en": ["Broken", "Running", "Idle"], "choices.de": ["", "", ""],
        "choices.value": ["broken", "running", ""], "choices.state": ["bad", "good", ""],
        "choices.retired": ["", "1", ""],
    }  # fmt: skip
    assert rita.post(address, changed).status_code == 303
    assert 'class="pill kept"' in rita.get(press).text
    form = rita.get("/x_machines/new").text
    assert '<option value="broken">Broken</option><option value="idle">Idle</option>' in form
    assert 'value="running"' in rita.get(f"{press}/fields/state").text
    answer = rita.post(f"{address}/replace", {"old": "running", "new": "broken"})
    assert answer.status_code == 303
    assert "/jobs/" in answer.headers["Location"]
    work_off(app)
    assert 'class="pill broken"' in rita.get(press).text
    refused = rita.post(f"{address}/replace", {"old": "broken", "new": "running"})
    assert refused.status_code == 422


def test_several_phones_stand_in_form_table_and_place(rita: Visitor, machines: str) -> None:
    wish = {"kind": "phones", "labels.en": "Phones", "visibility": "opinion", "in_table": "1"}
    assert rita.post(f"{machines}/fields", wish).status_code == 303
    assert rita.post(f"{machines}/fields", wish).status_code == 303
    form = rita.get("/x_machines/new").text
    assert 'name="phones.value"' in form
    assert 'name="phones_2.value"' in form
    sent = {
        "name": "Press 7",
        "phones.value": ["030 1234567", "040 7654321"],
        "phones.purpose": ["Notfall", ""],
    }
    press = rita.post("/x_machines", sent).headers["Location"]
    number = UUID(press.rpartition("/")[2])
    page = rita.get(press).text
    assert "030 1234567" in page
    assert "Notfall" in page
    assert "<small>+1</small>" in rita.get("/x_machines").text
    assert 'value="Notfall"' in rita.get(f"{press}/fields/phones").text
    changed = edit(rita, number, "x_machines.phones", '[{"value":"030 999999","purpose":"Arbeit"}]')
    assert changed.status_code == 200, changed.text
    assert "030 999999" in changed.json["html"]
    assert edit(rita, number, "x_machines.phones", "").json["html"] == ""


def test_form_of_a_new_record_begins_with_defaults(rita: Visitor, machines: str) -> None:
    fields = {"visibility": "opinion", "labels.de": ""}
    for kind, label, default in (
        ("number", "Weight", "1,5"),
        ("member", "Keeper", "me"),
        ("date", "Due", "today"),
    ):
        told = fields | {"kind": kind, "labels.en": label, "default_value": default}
        assert rita.post(f"{machines}/fields", told).status_code == 303, label
    form = rita.get("/x_machines/new").text
    assert 'value="1,5"' in form
    assert "Rita" in form
    assert 'value="1,5"' in rita.get(f"{machines}/fields/weight").text
    refused = rita.post(
        f"{machines}/fields", fields | {"kind": "date", "labels.en": "X", "default_value": "soon"}
    )
    assert refused.status_code == 422
    assert 'href="#f-default_value"' in refused.text


def test_address_is_a_section_of_the_page(rita: Visitor, machines: str) -> None:
    wish = {"kind": "address", "labels.en": "Site", "labels.de": "Standort", "visibility": "opinion"}
    assert rita.post(f"{machines}/fields", wish | {"in_table": "1", "default_value": "GB"}).status_code == 303
    form = rita.get("/x_machines/new").text
    assert 'name="site_street"' in form
    press = rita.post("/x_machines", {"name": "Press 7", "site_city": "Leeds", "site_country": "GB"})
    page = rita.get(press.headers["Location"]).text
    assert "Leeds<br>VEREINIGTES KÖNIGREICH" in page
    assert "Standort" in page
    assert "Leeds" in rita.get("/x_machines?filter[site_city]=leeds").text


def test_files_are_chosen_among_those_of_the_record(
    app: Flask, nordwind: Workspace, rita: Visitor, machines: str
) -> None:
    wish = {
        "kind": "files",
        "labels.en": "Contract",
        "visibility": "opinion",
        "in_table": "1",
        "maximum": "1",
    }
    assert rita.post(f"{machines}/fields", wish).status_code == 303
    form = rita.get("/x_machines/new").text
    assert 'data-files-field-value="contract"' in form
    assert 'data-files-field-value="files.attached"' in form
    press = rita.post("/x_machines", {"name": "Press 7"}).headers["Location"]
    number = UUID(press.rpartition("/")[2])
    with app.app_context(), entered(nordwind.tenant), unit_of_work() as session:
        for name in ("a.pdf", "b.pdf"):
            here = {"object": "x_machines", "record_id": number, "state": "ready"}
            session.add(File(name=name, storage_key=f"{name} of a test", **here))
    control = rita.get(f"{press}/fields/contract").text
    known = dict(re.findall(r'name="contract" value="([0-9a-f-]{36})".*?>(?:<[^>]*>)*([ab].pdf)', control))
    assert sorted(known.values()) == ["a.pdf", "b.pdf"]
    chosen = next(iter(known))
    changed = edit(rita, number, "x_machines.contract", chosen)
    assert changed.status_code == 200, changed.text
    assert f'href="/files/{chosen}"' in changed.json["html"]
    assert f'href="/files/{chosen}"' in rita.get(press).text
    assert f'value="{chosen}"' in rita.get(f"{press}/edit").text
    assert "#paperclip" in rita.get("/x_machines").text
    assert edit(rita, number, "x_machines.contract", ",".join(known)).status_code == 422
    assert edit(rita, number, "x_machines.contract", "").status_code == 200


def test_relation_lists_on_the_other_page(rita: Visitor, machines: str) -> None:
    wish = {"kind": "relation", "labels.en": "Company", "target": "companies", "visibility": "opinion"}
    assert rita.post(f"{machines}/fields", wish).status_code == 303
    company = rita.post("/companies", {"name": "Meyer"}).headers["Location"]
    assert "x_machines_company" in rita.get(company).text


def test_hidden_field_and_object_come_back(rita: Visitor, machines: str) -> None:
    rita.post(f"{machines}/fields", STATE)
    rita.post(f"{machines}/fields/state/visibility", {"hide": "1"})
    assert 'name="state"' not in rita.get("/x_machines/new").text
    rita.post(f"{machines}/fields/state/visibility")
    assert 'name="state"' in rita.get("/x_machines/new").text
    rita.post(f"{machines}/visibility", {"hide": "1"})
    assert rita.get("/x_machines").status_code == 404
    assert rita.get(machines).status_code == 200
    rita.post(f"{machines}/visibility")
    assert rita.get("/x_machines").status_code == 200


def test_relation_is_named_on_both_sides(rita: Visitor, machines: str) -> None:
    """Of two relations to companies each tells there which machines are owned and which are serviced."""
    asked = {"kind": "relation", "target": "companies", "visibility": "opinion"}
    assert rita.post(f"{machines}/fields", asked | {"labels.en": "Owned by"}).status_code == 303
    named = {
        "labels.en": "Serviced by", "list_labels.en": "Serviced machines",
        "list_labels.de": "Gewartete Maschinen",
    }  # fmt: skip
    assert rita.post(f"{machines}/fields", asked | named).status_code == 303
    company = rita.post("/companies", {"name": "Meyer"}).headers["Location"]
    page = rita.get(company).text
    assert ">Maschinen" in page
    assert "Gewartete Maschinen" in page
    form = f"{machines}/fields/serviced_by"
    assert 'value="Gewartete Maschinen"' in rita.get(form).text
    refused = rita.post(form, asked | named | {"list_labels.de": "<b>"})
    assert (refused.status_code, 'href="#f-list_labels.de"' in refused.text) == (422, True)
    rita.post(form, asked | named | {"list_labels.en": "", "list_labels.de": ""})
    assert "Gewartete Maschinen" not in rita.get(company).text


def test_standard_field_gets_words_and_leaves_the_table(rita: Visitor) -> None:
    address = f"{OBJECTS}/companies/fields/city"
    assert 'name="in_table" value="1" checked' in rita.get(address).text
    assert "Ort</th>" in rita.get("/companies?q=").text or "Ort" in rita.get(address).text
    rita.post(address, {"labels.de": "Stadt & Land", "in_table": "1"})
    assert "Stadt &amp; Land" in rita.get("/companies/new").text
    rita.post("/profile", {"name": "Rita", "language": "en"})
    assert '<label for="f-city">City' in rita.get("/companies/new").text
    rita.post(f"{address}/visibility", {"hide": "1"})
    assert 'name="city"' not in rita.get("/companies/new").text
    assert rita.get("/companies").status_code == 200


def test_needed_standard_field_stays(rita: Visitor) -> None:
    page = rita.get(f"{OBJECTS}/companies").text
    assert "fields/name/visibility" not in page
    assert rita.post(f"{OBJECTS}/companies/fields/name/visibility", {"hide": "1"}).status_code == 422


@pytest.mark.parametrize("path", [OBJECTS, f"{OBJECTS}/companies/fields", f"{OBJECTS}/companies"])
def test_only_who_manages_changes_the_model(bob: Visitor, path: str) -> None:
    assert bob.post(path, MACHINES | STATE).status_code == 403


def test_every_icon_that_is_offered_is_drawn() -> None:
    assert set(rules.ICONS) <= ICONS


def test_usual_words_stand_in_each_language(rita: Visitor) -> None:
    for language in ("de", "en"):
        page = rita.get(f"/settings/objects/companies?lang={language}").text
        found = {
            name: re.search(rf'<input[^>]*name="plural.{name}"[^>]*placeholder="([^"]*)"', page)
            for name in ("en", "de")
        }
        assert {name: each and each[1] for name, each in found.items()} == {"en": "Companies", "de": "Firmen"}
