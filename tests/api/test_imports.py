"""Tables in and out through the API: import, its refused rows, taking it back, export."""

import csv
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from app.core.ids import new_id
from app.domain.jobs.models import Job
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.programs import Program, Reply, program
from tests.cast import BOB, Workspace
from tests.work import work_off

PEOPLE = b"""Vorname,Nachname,E-Mail,Ort
Carol,Meyer,carol@meyer.example,K\xc3\xb6ln
Dan,Otto,dan@otto.example,Stuttgart
Eve,Wrong,nonsense,Berlin
"""


def upload(script: Program, content: bytes = PEOPLE, **options: Any) -> Reply:
    form = {"object": "contacts", "file": (BytesIO(content), "people.csv")}
    if options:
        form["options"] = orjson.dumps(options).decode()
    return script.post("/imports", data=form)


def test_an_import_runs_and_is_taken_back(app: Flask, script: Program, s3: object) -> None:
    known = script.post("/contacts", {"last_name": "Otto", "email": "dan@otto.example", "city": "Ulm"}).json
    started = upload(script, match="email")
    assert started.status_code == 202, started.text
    path = started.headers["Location"].removeprefix("/api/v1")
    assert script.get(path).json["status"] == "queued"
    work_off(app)
    done = script.get(path).json
    counts = {name: done[name] for name in ("status", "rows", "created", "updated", "failed", "progress")}
    assert counts == {"status": "done", "rows": 3, "created": 1, "updated": 1, "failed": 1, "progress": 1.0}
    lines = list(csv.reader(script.get(f"{path}/errors.csv").data.decode("utf-8-sig").splitlines()))
    assert lines[1][:4] == ["Eve", "Wrong", "nonsense", "Berlin"]
    assert script.get(f"/contacts/{known['id']}").json["city"] == "Stuttgart"
    undone = script.delete(path)
    assert undone.status_code == 202
    work_off(app)
    job = script.get(undone.headers["Location"].removeprefix("/api/v1")).json
    assert (job["kind"], job["status"], job["updated"], job["skipped"]) == ("undo", "done", 2, 0)
    rows = script.get("/contacts").json["data"]
    assert [(each["last_name"], each["first_name"], each["city"]) for each in rows] == [("Otto", "", "Ulm")]
    assert script.delete(path).headers["Location"] == undone.headers["Location"]
    assert script.get(path).json["undone_by"] == job["id"]


def test_what_was_worked_on_since_stays(app: Flask, script: Program, s3: object) -> None:
    path = upload(script).headers["Location"].removeprefix("/api/v1")
    work_off(app)
    carol = script.get("/contacts?q=carol").json["data"][0]
    script.patch(f"/contacts/{carol['id']}", {"title": "CEO"})
    undo = script.delete(path).headers["Location"].removeprefix("/api/v1")
    work_off(app)
    job = script.get(undo).json
    assert (job["status"], job["updated"], job["skipped"]) == ("done", 1, 1)
    assert [each["first_name"] for each in script.get("/contacts").json["data"]] == ["Carol"]


def test_an_import_may_do_no_more_than_its_token(app: Flask, nordwind: Workspace, s3: object) -> None:
    narrow = program(app, nordwind, ("contacts:read", "contacts:write", "imports:run", "jobs:read"))
    table = PEOPLE.replace(b"Ort\n", b"Firma\n").replace(b"K\xc3\xb6ln", b"Meyer GmbH")
    started = upload(narrow, table, columns={"Firma": {"target": "company_id", "create": True}})
    if started.status_code == 202:
        work_off(app)
    whole = program(app, nordwind)
    assert whole.get("/companies").json["data"] == []


def test_anothers_import_is_not_there(app: Flask, nordwind: Workspace, script: Program, s3: object) -> None:
    path = upload(script).headers["Location"].removeprefix("/api/v1")
    other, bobs = program(app, nordwind), program(app, nordwind, person=BOB)
    assert [one.get(path).status_code for one in (other, bobs)] == [404, 404]
    own = upload(bobs).headers["Location"].removeprefix("/api/v1")
    assert (bobs.get(own).status_code, script.get(own).status_code) == (200, 404)
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        jobs = {job.app_id is None: job.scopes for job in session.scalars(select(Job))}
    assert "imports:run" in (jobs[True] or [])
    assert "imports:run" in (jobs[False] or [])


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ({}, "file"),
        ({"file": (b"a\nb\n", "a.csv")}, "object"),
        ({"file": (b"a\nb\n", "a.csv"), "object": "contacts", "options": "["}, "options"),
        ({"file": (b"a\nb\n", "a.csv"), "object": "contacts", "options": '{"modus": 1}'}, "columns"),
        ({"file": (b"", "a.csv"), "object": "contacts"}, "file"),
    ],
)
def test_a_form_with_a_slip_says_which(script: Program, s3: object, form: dict[str, Any], path: str) -> None:
    sent = {
        name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in form.items()
    }
    answer = script.post("/imports", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, path), answer.text


def test_an_export_is_the_list_as_a_file(app: Flask, script: Program, s3: object) -> None:
    for first, city in (("=cmd|' /C calc'!A0", "Köln"), ("Dan", "Ulm"), ("Eve", "Köln")):
        script.post("/contacts", {"first_name": first, "last_name": "X", "city": city, "phone": "0221 4711"})
    where = {"field": "city", "op": "eq", "value": "Köln"}
    wanted = {"object": "contacts", "where": where, "sort": "name", "fields": ["first_name", "phones"]}
    started = script.post("/exports", wanted)
    assert (started.status_code, started.json["url"]) == (202, None), started.text
    path = started.headers["Location"].removeprefix("/api/v1")
    work_off(app)
    done = script.get(path).json
    assert (done["status"], done["rows"], done["progress"]) == ("done", 2, 1.0)
    assert "X-Amz-Expires=300" in urlsplit(done["url"]).query
    with urlopen(done["url"]) as answer:
        rows = list(csv.reader(answer.read().decode().splitlines()))
    assert rows[0] == ["id", "first_name", "phones"]
    assert [row[1:] for row in rows[1:]] == [["'=cmd|' /C calc'!A0", "+492214711"], ["Eve", "+492214711"]]


def test_an_export_of_a_view_has_its_rows_and_columns(app: Flask, script: Program, s3: object) -> None:
    for first, city in (("Ann", "Köln"), ("Dan", "Ulm"), ("Eve", "Köln")):
        script.post("/contacts", {"first_name": first, "last_name": "X", "city": city})
    where = {"field": "city", "op": "eq", "value": "Köln"}
    content = {"where": where, "sort": "-name", "columns": ["standing", "city", "first_name"]}
    view = script.post("/views", {"object": "contacts", "name": "Köln", **content}).json["id"]
    for more, names, found in (
        ({}, ["id", "name", "city", "first_name"], ["Eve X", "Ann X"]),
        ({"where": None, "sort": "name", "fields": ["name"]}, ["id", "name"], ["Ann X", "Dan X", "Eve X"]),
    ):
        path = script.post("/exports", {"object": "contacts", "view": view, **more}).headers["Location"]
        work_off(app)
        with urlopen(script.get(path.removeprefix("/api/v1")).json["url"]) as answer:
            rows = list(csv.reader(answer.read().decode().splitlines()))
        assert (rows[0], [row[1] for row in rows[1:]]) == (names, found)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "object"),
        ({"object": "nothing"}, "object"),
        ({"object": "contacts", "view": "x"}, "view"),
        ({"object": "contacts", "view": 7}, "view"),
        ({"object": "contacts", "view": str(new_id())}, "view"),
        ({"object": "contacts", "fields": "name"}, "fields"),
        ({"object": "contacts", "sort": "emails"}, "sort"),
        ({"object": "contacts", "fields": ["nope"]}, "nope"),
        ({"object": "contacts", "where": []}, "where"),
        ({"object": "contacts", "wehre": {}}, "wehre"),
    ],
)
def test_an_export_of_nothing_is_refused(script: Program, body: dict[str, Any], path: str) -> None:
    answer = script.post("/exports", body)
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, path)


TWINS = b"Vorname,Nachname,Ort,PLZ\nAnna,Lindqvist,Kiel,24105\nZacharias,Obermoser,Ulm,89073\n"


@pytest.fixture
def reviewed(app: Flask, script: Program, s3: object) -> str:
    """The path of an import whose first row looks like Anna, who is there."""
    anna = {"first_name": "Anna", "last_name": "Lindqvist", "city": "Kiel", "postcode": "24105"}
    script.post("/contacts", anna)
    started = upload(script, TWINS, doubtful="review")
    assert started.status_code == 202, started.text
    work_off(app)
    return started.headers["Location"].removeprefix("/api/v1")


def test_rows_that_look_alike_are_listed_and_decided(script: Program, reviewed: str) -> None:
    told = script.get(reviewed).json
    assert (told["created"], told["to_review"]) == (1, 1)
    listed = script.get(f"{reviewed}/review").json
    [row] = listed["data"]
    assert (row["line"], row["cells"]["Nachname"], listed["next_cursor"]) == (2, "Lindqvist", None)
    anna = script.get("/contacts?q=anna").json["data"][0]["id"]
    assert [each["id"] for each in row["alike"]] == [anna]
    assert "same_name" in {each["code"] for each in row["alike"][0]["reasons"]}
    wanted = {"decision": "merge", "rows": [row["row"]], "record_id": anna}
    decided = script.post(f"{reviewed}/decisions", wanted).json
    assert decided == {
        "results": [{"row": row["row"], "status": decided["results"][0]["status"], "id": anna, "errors": []}]
    }
    assert script.get(reviewed).json["to_review"] == 0
    assert script.get(f"{reviewed}/review").json["data"] == []
    assert script.post(f"{reviewed}/decisions", wanted).status_code == 404


def test_all_rows_that_wait_are_decided_by_a_job(app: Flask, script: Program, reviewed: str) -> None:
    answer = script.post(f"{reviewed}/decisions", {"decision": "create", "all": True})
    assert answer.status_code == 202
    work_off(app)
    job = script.get(answer.headers["Location"].removeprefix("/api/v1")).json
    assert (job["status"], job["created"], job["rows"]) == ("done", 1, 1)
    assert len(script.get("/contacts").json["data"]) == 3
    script.delete(reviewed)
    work_off(app)
    assert [each["last_name"] for each in script.get("/contacts").json["data"]] == ["Lindqvist"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"rows": [2]}, "decision"),
        ({"decision": "explode", "rows": [2]}, "decision"),
        ({"decision": "skip"}, "rows"),
        ({"decision": "skip", "rows": []}, "rows"),
        ({"decision": "skip", "rows": [True]}, "rows"),
        ({"decision": "skip", "rows": [2], "all": True}, "rows"),
        ({"decision": "skip", "rows": [2], "row": 2}, "row"),
        ({"decision": "merge", "rows": [2], "record_id": "x"}, "record_id"),
        (
            {"decision": "merge", "rows": [2], "record_id": "018f3f6e-0000-7000-8000-000000000000"},
            "record_id",
        ),
    ],
)
def test_a_decision_with_a_slip_says_which(
    script: Program, reviewed: str, body: dict[str, Any], path: str
) -> None:
    answer = script.post(f"{reviewed}/decisions", body)
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, path), answer.text
    assert script.get(reviewed).json["to_review"] == 1


@pytest.mark.parametrize("rows", [[3], [2**31], [2**63 - 1]])
def test_a_row_that_does_not_wait_is_not_there(script: Program, reviewed: str, rows: list[int]) -> None:
    answer = script.post(f"{reviewed}/decisions", {"decision": "skip", "rows": rows})
    assert answer.status_code in {404, 422}
    assert script.get(f"{reviewed}/review?cursor=99999999999").status_code in {200, 422}


def test_anothers_doubtful_rows_are_not_there(app: Flask, nordwind: Workspace, reviewed: str) -> None:
    bobs = program(app, nordwind, person=BOB)
    assert bobs.get(f"{reviewed}/review").status_code == 404
    assert bobs.post(f"{reviewed}/decisions", {"decision": "skip", "all": True}).status_code == 404
