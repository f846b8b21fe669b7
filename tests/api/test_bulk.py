"""Many records at once through the API: asked for, followed, stopped, taken back."""

import csv
from typing import Any

import pytest
from flask import Flask

from tests.api.programs import Program, program
from tests.cast import Workspace
from tests.work import work_off


def people(script: Program, number: int = 3) -> list[str]:
    rows = [{"last_name": f"Nr {place}", "city": "Köln"} for place in range(number)]
    return [each["id"] for each in script.post("/contacts/batch", {"records": rows}).json["results"]]


def cities(script: Program) -> list[str]:
    return [each["city"] for each in script.get("/contacts").json["data"]]


def path(location: str) -> str:
    return location.removeprefix("/api/v1")


def test_filter_is_changed_and_taken_back(app: Flask, script: Program) -> None:
    people(script)
    where = {"field": "city", "op": "eq", "value": "Köln"}
    asked = {"action": "edit", "where": where, "values": {"city": "Bonn"}}
    started = script.post("/contacts/bulk", asked)
    assert (started.status_code, started.json["status"]) == (202, "queued")
    work_off(app)
    job = script.get(path(started.headers["Location"])).json
    assert (job["status"], job["rows"], job["updated"], job["progress"]) == ("done", 3, 3, 1.0)
    assert cities(script) == ["Bonn"] * 3
    undone = script.post(f"/jobs/{job['id']}/undo")
    assert undone.status_code == 202
    work_off(app)
    assert cities(script) == ["Köln"] * 3
    assert script.get(path(undone.headers["Location"])).json["undo_of"] == job["id"]


def test_records_that_were_left_alone_are_listed(app: Flask, script: Program) -> None:
    ids = people(script)
    script.delete(f"/contacts/{ids[0]}")
    job = script.post("/contacts/bulk", {"action": "edit", "ids": ids, "values": {"city": "Bonn"}}).json
    work_off(app)
    [head, line] = csv.reader(
        script.get(f"/jobs/{job['id']}/problems.csv").data.decode("utf-8-sig").splitlines()
    )
    told = dict(zip(head, line, strict=True))
    assert (told["id"], told["status"], told["code"]) == (ids[0], "failed", "not_found")


def test_waiting_job_is_stopped(app: Flask, script: Program) -> None:
    people(script)
    job = script.post("/contacts/bulk", {"action": "delete", "all": True}).json
    assert script.delete(f"/jobs/{job['id']}").json["status"] == "cancelled"
    work_off(app)
    assert len(cities(script)) == 3


def test_deletion_is_restored(app: Flask, script: Program) -> None:
    ids = people(script)
    script.post("/contacts/bulk", {"action": "delete", "ids": ids[:2]})
    work_off(app)
    assert len(cities(script)) == 1
    script.post("/contacts/bulk", {"action": "restore", "all": True})
    work_off(app)
    assert len(cities(script)) == 3


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"action": "edit", "values": {"city": "x"}}, "ids"),
        ({"action": "edit", "ids": [], "values": {"city": "x"}}, "ids"),
        ({"action": "edit", "ids": ["1"], "values": {"city": "x"}}, "ids"),
        ({"action": "edit", "ids": "all", "values": {"city": "x"}}, "ids"),
        ({"action": "edit", "all": True}, "values"),
        ({"action": "edit", "all": True, "values": []}, "values"),
        ({"action": "explode", "all": True}, "action"),
        ({"action": ["edit"], "all": True}, "action"),
        ({"action": "delete", "all": True, "filter": {}}, "filter"),
        ({"action": "assign", "all": True, "owner_id": "nobody"}, "owner_id"),
        ({"action": "export", "all": True, "fields": "name"}, "fields"),
    ],
)
def test_requests_that_mean_nothing_are_refused(script: Program, content: Any, field: str) -> None:
    refused = script.post("/contacts/bulk", content)
    assert refused.status_code == 422, refused.text
    assert [each["path"] for each in refused.json["errors"]] == [field]


def test_deleting_takes_the_right_to(app: Flask, nordwind: Workspace) -> None:
    narrow = program(app, nordwind, ("contacts:read", "contacts:write", "jobs:read"))
    assert narrow.post("/contacts/bulk", {"action": "delete", "all": True}).status_code == 403
