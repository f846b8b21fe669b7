"""Every endpoint that takes a body answers wrong ones clearly, names what is wrong, and does nothing."""

from typing import Any
from uuid import uuid4

import orjson
import pytest
from flask import Flask

from app.api.openapi import rules
from tests.api.bodies import BODIES, UNREADABLE, WRONG
from tests.api.programs import Program
from tests.api.test_bad_input import is_clear
from tests.bad_input import Look, look_at
from tests.cast import Workspace

JSON = {"content_type": "application/json"}
BODIED = {"POST", "PUT", "PATCH"}
ROUTES = sorted(BODIES)


@pytest.fixture
def look(app: Flask, nordwind: Workspace) -> Look:
    return look_at(app, nordwind)


@pytest.fixture
def known(script: Program) -> dict[str, Any]:
    """What addresses name: a company, a view and a change are there, of the others nobody has any."""
    company = script.post("/companies", {"name": "Birs"}).json["id"]
    view = script.post("/views", {"object": "companies", "name": "Theirs"}).json["id"]
    fact = script.get("/changes").json["data"][0]["id"]
    return {
        **dict.fromkeys(("job_id", "import_id", "file_id"), uuid4()),
        "described": "companies",
        "record_id": company,
        "view_id": view,
        "fact_id": fact,
        "field": "external_ids",
        "value": "sap:1",
    }


def path_of(app: Flask, route: tuple[str, str], known: dict[str, Any]) -> str:
    rule = next(
        each for each in rules(app) if each.endpoint == f"api.{route[0]}" and route[1] in (each.methods or ())
    )
    path = rule.rule.removeprefix("/api/v1")
    for name in rule.arguments:
        start = path.index("<")
        end = path.index(">", start)
        argument = path[start + 1 : end].rpartition(":")[2]
        assert argument in rule.arguments, name
        path = f"{path[:start]}{known[argument]}{path[end + 1 :]}"
    return path


def test_every_route_with_a_body_has_an_entry(app: Flask) -> None:
    taking = {
        (rule.endpoint.removeprefix("api."), method)
        for rule in rules(app)
        for method in (rule.methods or set()) & BODIED
    }
    assert taking == set(BODIES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each[0])
def test_what_is_no_body_is_refused(
    app: Flask, script: Program, known: dict[str, Any], look: Look, route: tuple[str, str]
) -> None:
    path, before = path_of(app, route, known), look()
    for body in UNREADABLE.values():
        answer = script.ask(route[1], path, data=body, **JSON)
        if route[0] == "start_import":
            assert answer.status_code == 415
            continue
        is_clear(answer)
    assert look() == before


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each[0])
def test_members_of_other_kinds_are_refused_by_name(
    app: Flask, script: Program, known: dict[str, Any], look: Look, route: tuple[str, str]
) -> None:
    path, body, before = path_of(app, route, known), BODIES[route], look()
    for member, kind in body.members.items():
        for value in WRONG[kind]:
            answer = script.ask(route[1], path, data=orjson.dumps({**body.good, member: value}), **JSON)
            is_clear(answer)
            told = (member, str(value)[:50], answer.text[:300])
            assert answer.status_code in {404, 422}, told
            if answer.status_code == 422:
                assert named(answer.json["errors"], member, value), told
    assert look() == before


def named(errors: list[dict[str, str]], member: str, value: Any) -> bool:
    """Whether one of the errors is about the member, or about a field that it names."""
    paths = [each["path"] for each in errors if each["path"]]
    return any(each.startswith(member) or each in str(value) for each in paths)


def test_ids_of_another_company_are_nobodys(
    script: Program, kestrels: Program, known: dict[str, Any], look: Look
) -> None:
    theirs = kestrels.post("/companies", {"name": "Kestrel's own"}).json["id"]
    before = look()
    view = {"object": "companies", "name": "Ours", "shared": "team", "team_id": str(uuid4())}
    for answer in (
        script.post("/views", view),
        script.patch(f"/views/{known['view_id']}", {"shared": "team", "team_id": theirs}),
        script.post(f"/companies/{known['record_id']}/merge", {"with": theirs}),
        script.get(f"/search?q=kestrel&objects={theirs}"),
    ):
        is_clear(answer)
        assert "Kestrel" not in answer.text
    assert script.get("/search?q=Kestrel's").json["data"] == []
    assert look() == before
