"""What a company adds to its model is in its API: records, description, scopes, import and export."""

import csv
from io import BytesIO
from typing import Any
from urllib.request import urlopen

import pytest
import schemathesis
from flask import Flask

from tests import ground
from tests.api.programs import Program, program
from tests.cast import ANN, KESTREL, Workspace, settle
from tests.machines import FIELDS, PRESS
from tests.work import work_off

SENT: dict[str, Any] = {
    **PRESS,
    "leased": True,
    "share": 0.25,
    "hours": 12.5,
    "hotline": "+49301234567",
    "checked": "2026-01-02T02:04:05.000000Z",
}


@pytest.fixture(scope="module")
def script(app: Flask, lender: Workspace) -> Program:
    """An app of Nordwind that may do everything an app may."""
    return program(app, lender)


def add(script: Program, serial: str, **more: Any) -> dict[str, Any]:
    made = script.post("/x_machines", {**SENT, "serial": serial, **more})
    assert made.status_code == 201, made.text
    return made.json  # type: ignore[no-any-return]


def test_a_machine_lives_through_all_verbs(script: Program) -> None:
    made = add(script, "A-1")
    assert {name: made[name] for name in SENT} == {**SENT, "serial": "A-1"} | {"price": made["price"]}
    assert float(made["price"]) == 1234.5
    path = f"/x_machines/{made['id']}"
    assert script.get(path).json == made
    changed = script.patch(path, {"tags": ["old"], "hours": 13})
    assert (changed.json["tags"], changed.json["hours"], changed.json["version"]) == (["old"], 13, 2)
    assert script.delete(path).status_code == 204
    assert script.get(path).status_code == 404
    assert script.post(f"{path}/restore").json["tags"] == ["old"]


def test_lists_filter_and_sort_by_own_fields(script: Program) -> None:
    first, second = add(script, "B-1", hours=1, tags=["old"]), add(script, "B-2", hours=2, tags=["loud"])
    asked = "/x_machines?filter[serial][starts]=b-&sort=-hours&fields=name,hours,tags"
    assert [each["id"] for each in script.get(asked).json["data"]] == [second["id"], first["id"]]
    assert [each["id"] for each in script.get(f"{asked}&filter[tags][in]=old").json["data"]] == [first["id"]]


def test_batch_and_upsert_write_own_fields(script: Program) -> None:
    operations = [{**SENT, "serial": f"C-{number}"} for number in range(3)]
    answer = script.post("/x_machines/batch", {"records": operations})
    assert answer.status_code == 200, answer.text
    upserted = script.put("/x_machines/by/serial/c-1", {"hours": 99})
    assert upserted.status_code == 200, upserted.text
    assert (upserted.json["hours"], upserted.json["serial"]) == (99, "c-1")


def test_relations_expand(script: Program) -> None:
    company = script.post("/companies", {"name": "Meyer Maschinenbau"}).json
    machine = add(script, "D-1", company_id=company["id"])
    told = script.get(f"/x_machines/{machine['id']}?expand=company").json
    assert told["company"]["name"] == "Meyer Maschinenbau"


def test_relation_without_id_in_its_name_expands_in_its_place(script: Program, lender: Workspace) -> None:
    """A company calls its relation Keeper: there is no place beside it."""
    ann = str(lender.members[ANN.email])
    machine = add(script, "D-2", keeper=ann)
    assert machine["keeper"] == ann
    path = f"/x_machines/{machine['id']}?fields=name,keeper&expand=keeper"
    assert script.get(path).json["keeper"]["name"] == "Ann Berg"
    assert {"company", "keeper"} <= set(script.get("/objects/x_machines").json["expand"])
    listed = script.get("/x_machines?filter[serial]=D-2&expand=keeper").json["data"][0]
    assert listed["keeper"]["id"] == ann


def test_several_records_are_ids_and_expand(script: Program) -> None:
    anna, ben = (script.post("/contacts", {"last_name": name}).json["id"] for name in ("Anna", "Ben"))
    machine = add(script, "D-3", operators=[ben, anna])
    assert machine["operators"] == [ben, anna]
    path = f"/x_machines/{machine['id']}"
    told = script.get(f"{path}?fields=operators&expand=operators").json
    assert [each["last_name"] for each in told["operators"]] == ["Ben", "Anna"]
    page = script.get("/x_machines?filter[serial]=D-3&expand=operators").json["data"]
    assert [each["id"] for each in page[0]["operators"]] == [ben, anna]
    found = script.get(f"/x_machines?filter[operators][in]={anna}").json["data"]
    assert [each["id"] for each in found] == [machine["id"]]
    beyond = script.get("/x_machines?filter[operators.last_name]=Ben").json["data"]
    assert [each["id"] for each in beyond] == [machine["id"]]
    assert script.patch(path, {"operators": [anna]}).json["operators"] == [anna]
    assert script.patch(path, {"operators": None}).json["operators"] is None
    refused = script.patch(path, {"operators": [machine["id"]]})
    assert [(each["path"], each["code"]) for each in refused.json["errors"]] == [("operators", "not_found")]
    fields = {each["name"]: each for each in script.get("/objects/x_machines").json["fields"]}
    assert fields["operators"]["target"] == "contacts"
    written = script.get("/openapi.json").json["components"]["schemas"]["x_machines_new"]["properties"]
    assert (written["operators"]["type"], written["operators"]["maxItems"]) == (["array", "null"], 50)


def test_several_records_come_by_their_names(app: Flask, script: Program, s3: object) -> None:
    for name in ("Carl", "Dora"):
        script.post("/contacts", {"last_name": name, "email": f"{name.lower()}@nordwind.example"})
    rows = "Saw;F-1;carl@nordwind.example, dora@nordwind.example\nLathe;F-2;nobody@nordwind.example\n"
    form = {
        "object": "x_machines",
        "file": (BytesIO(f"name;serial;operators\n{rows}".encode()), "machines.csv"),
    }
    started = script.post("/imports", data=form)
    work_off(app)
    done = script.get(started.headers["Location"].removeprefix("/api/v1")).json
    assert (done["status"], done["created"], done["failed"]) == ("done", 1, 1), done
    told = script.get("/x_machines?filter[serial]=F-1&expand=operators").json["data"][0]
    assert [each["last_name"] for each in told["operators"]] == ["Carl", "Dora"]


def test_wrong_values_are_told_by_field(script: Program) -> None:
    answer = script.post("/x_machines", {**SENT, "serial": "E-1", "tags": ["quiet"]})
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json["errors"]] == ["tags"]


def test_object_tells_its_fields(script: Program) -> None:
    told = script.get("/objects/x_machines").json
    assert (told["singular"], told["permissions"]) == ("Machine", ["read", "write", "delete"])
    fields = {each["name"]: each for each in told["fields"]}
    assert fields.keys() >= FIELDS.keys()
    assert fields["leased"]["label"] == "R&D"
    assert [each["label"] for each in fields["tags"]["choices"]] == ["Loud", '"Old"']
    assert "x_badge" in [each["name"] for each in script.get("/objects/contacts").json["fields"]]


def test_description_is_of_this_companys_model(app: Flask, script: Program) -> None:
    document = script.get("/openapi.json").json
    schemathesis.openapi.from_dict(document).validate()
    tags = document["components"]["schemas"]["x_machines_new"]["properties"]["tags"]
    assert (tags["type"], tags["items"]) == (["array", "null"], {"enum": ["loud", "old"]})
    assert "x_badge" in document["components"]["schemas"]["contacts"]["properties"]
    kestrels = program(app, settle(app, KESTREL, ground.fresh_tenant("kestrel", "Kestrel Ltd")))
    theirs = kestrels.get("/openapi.json").json["components"]["schemas"]
    assert "x_machines" not in theirs
    assert "x_badge" not in theirs["contacts"]["properties"]
    assert kestrels.get("/x_machines").status_code == 404


@pytest.mark.parametrize(
    ("scopes", "codes"),
    [(("x_*:read",), (200, 403)), (("x_*:read", "x_*:write"), (200, 201)), (("contacts:read",), (403, 403))],
)
def test_scope_for_own_objects_lets_in(
    app: Flask, lender: Workspace, scopes: tuple[str, ...], codes: tuple[int, int]
) -> None:
    asking = program(app, lender, scopes, name=f"Asks for {len(scopes)} {scopes[0]}")
    written = asking.post("/x_machines", {"name": "Lathe"})
    assert (asking.get("/x_machines").status_code, written.status_code) == codes
    if codes[0] == 403:
        assert "x_*:read" in asking.get("/x_machines").headers["WWW-Authenticate"]


def test_machines_come_and_go_as_files(app: Flask, script: Program, s3: object) -> None:
    table = "name;serial;tags;state;hours\nSaw;S-1;Laut, Alt;Läuft;7,5\n".encode()
    form = {"object": "x_machines", "file": (BytesIO(table), "machines.csv")}
    started = script.post("/imports", data=form)
    assert started.status_code == 202, started.text
    work_off(app)
    done = script.get(started.headers["Location"].removeprefix("/api/v1")).json
    assert (done["status"], done["created"], done["failed"]) == ("done", 1, 0), done
    wanted = {"object": "x_machines", "fields": ["name", "tags", "state", "hours"]}
    wanted["where"] = {"field": "serial", "op": "eq", "value": "S-1"}  # type: ignore[assignment]
    path = script.post("/exports", wanted).headers["Location"].removeprefix("/api/v1")
    work_off(app)
    with urlopen(script.get(path).json["url"]) as file:
        rows = list(csv.reader(file.read().decode("utf-8-sig").splitlines()))
    assert rows[1][1:] == ["Saw", "loud; old", "running", "7.5"]
