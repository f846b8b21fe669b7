"""Saved views through the API."""

from typing import Any

import pytest
from flask import Flask

from tests.api.programs import Program, program
from tests.cast import ANN, BOB, RALF, Workspace

WHERE = {"field": "city", "op": "eq", "value": "Bonn"}
NEW = {
    "object": "contacts",
    "name": "In Bonn",
    "where": WHERE,
    "sort": "-last_name",
    "q": "pump",
    "columns": ["city", "standing"],
}


def of(app: Flask, workspace: Workspace, person: Any, *scopes: str) -> Program:
    """An app of that person's."""
    known = scopes or ("contacts:read", "contacts:write")
    return program(app, workspace, known, person, f"{person.name} {len(known)}")


def test_view_is_saved_read_changed_and_deleted(script: Program) -> None:
    made = script.post("/views", NEW)
    assert made.status_code == 201
    path = made.headers["Location"].removeprefix("/api/v1")
    view = script.get(path).json
    assert view == made.json
    assert (view["where"], view["sort"], view["q"]) == (WHERE, "-last_name", "pump")
    assert view["columns"] == ["name", "city", "standing"]
    assert (view["shared"], view["locked"], view["version"], view["problems"]) == ("nobody", False, 1, [])
    patch: dict[str, Any] = {
        "where": None,
        "columns": [],
        "shared": "everyone",
        "locked": True,
        "base_version": 1,
    }
    changed = script.patch(path, patch).json
    assert (changed["where"], changed["shared"], changed["locked"]) == (None, "everyone", True)
    assert (changed["version"], changed["sort"], changed["columns"]) == (2, "-last_name", [])
    assert script.patch(path, {"name": "x", "base_version": 1}).status_code == 412
    assert script.delete(path).status_code == 204
    assert script.get(path).status_code == 404


def test_views_come_in_pages(script: Program) -> None:
    for number in range(3):
        script.post("/views", {"object": "contacts", "name": f"View {number}"})
    script.post("/views", {"object": "deals", "name": "Deals"})
    first = script.get("/views?object=contacts&limit=2").json
    rest = script.get(f"/views?object=contacts&limit=2&cursor={first['next_cursor']}").json
    assert [each["name"] for each in (*first["data"], *rest["data"])] == ["View 0", "View 1", "View 2"]
    assert rest["next_cursor"] is None
    assert len(script.get("/views").json["data"]) == 4
    assert script.get("/views?cursor=x").status_code == 422
    assert script.get("/views?object=nothing").status_code == 404


def test_whose_views_a_token_sees(app: Flask, nordwind: Workspace, script: Program) -> None:
    ann, bob = of(app, nordwind, ANN), of(app, nordwind, BOB)
    own = ann.post("/views", NEW).json["id"]
    shared = ann.post("/views", {**NEW, "shared": "everyone"}).json["id"]
    assert [each["id"] for each in ann.get("/views").json["data"]] == [own, shared]
    for other in (bob, script):
        assert [each["id"] for each in other.get("/views").json["data"]] == [shared]
        assert other.get(f"/views/{own}").status_code == 404
        assert other.delete(f"/views/{shared}").status_code == 403


def test_saving_takes_the_right_to_write(app: Flask, nordwind: Workspace, script: Program) -> None:
    view = script.post("/views", {**NEW, "shared": "everyone"}).json
    assert view["may_change"]
    for reader in (of(app, nordwind, ANN, "contacts:read"), of(app, nordwind, RALF)):
        assert reader.get(f"/views/{view['id']}").json["may_change"] is False
        assert reader.post("/views", NEW).status_code == 403
        assert reader.patch(f"/views/{view['id']}", {"name": "x"}).status_code == 403
        assert reader.delete(f"/views/{view['id']}").status_code == 403


def test_view_out_of_scope_is_not_there(app: Flask, nordwind: Workspace, script: Program) -> None:
    view = script.post("/views", {**NEW, "shared": "everyone"}).json["id"]
    other = of(app, nordwind, ANN, "deals:read", "deals:write")
    assert other.get("/views").json["data"] == []
    assert other.get(f"/views/{view}").status_code == 404
    assert other.get("/views?object=contacts").status_code == 404
    assert other.post("/views", NEW).status_code == 422


def test_filter_out_of_sight_is_left_out(app: Flask, nordwind: Workspace, script: Program) -> None:
    tree = {"and": [WHERE, {"field": "company_id.name", "op": "eq", "value": "Geheim"}]}
    view = script.post("/views", {**NEW, "where": tree, "shared": "everyone"}).json["id"]
    seen = of(app, nordwind, ANN).get(f"/views/{view}")
    assert "where" not in seen.json
    assert [each["code"] for each in seen.json["problems"]] == ["gone"]
    assert "Geheim" not in seen.text
    assert "company" not in seen.text


def test_column_out_of_sight_is_left_out_and_stays(app: Flask, nordwind: Workspace, script: Program) -> None:
    """What a company bought is told to those alone who may read orders."""
    new = {"object": "companies", "name": "Sales", "shared": "everyone"}
    path = f"/views/{script.post('/views', {**new, 'columns': ['city', 'bought']}).json['id']}"
    other = of(app, nordwind, ANN, "companies:read", "companies:write")
    refused = other.post("/views", {**new, "name": "Other", "columns": ["bought"]})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_field")
    seen = other.get(path)
    assert seen.json["columns"] == ["name", "city"]
    assert [(each["path"], each["code"]) for each in seen.json["problems"]] == [("columns", "gone")]
    assert "bought" not in seen.text
    assert seen.json["where"] is None
    assert script.get(path).json["columns"] == ["name", "city", "bought"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["object"]),
        ({"object": "nothing", "name": "x"}, ["object"]),
        ({"object": 7}, ["object"]),
        ({"object": "contacts"}, ["name"]),
        ({**NEW, "name": 7, "q": [], "locked": "yes", "team_id": 1}, ["name", "q", "locked", "team_id"]),
        ({**NEW, "shared": "friends", "sort": "zzz"}, ["shared", "sort"]),
        ({**NEW, "shared": "team"}, ["team_id"]),
        ({**NEW, "where": {"field": "zzz", "value": 1}}, ["zzz"]),
        ({**NEW, "columns": ["zzz", "city"]}, ["zzz"]),
        ({**NEW, "columns": "city"}, ["columns"]),
        ({**NEW, "columns": [7]}, ["columns"]),
        ({**NEW, "where": []}, ["where"]),
        ({**NEW, "filter": {}}, ["filter"]),
        ({**NEW, "name": "x" * 101}, ["name"]),
        ({**NEW, "name": "\u0000"}, ["name"]),
        ({**NEW, "where": {"field": "city", "value": "\u0000"}}, ["city"]),
    ],
)
def test_what_cannot_be_meant_is_refused(script: Program, body: dict[str, Any], paths: list[str]) -> None:
    answer = script.post("/views", body)
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json["errors"]] == paths
    assert script.get("/views").json["data"] == []
