"""Changes taken back through the API: by their facts, once however often asked, never over later ones."""

from typing import Any

import pytest
from flask import Flask

from tests.api.programs import Program, program
from tests.cast import Workspace


@pytest.fixture
def company(script: Program) -> str:
    return str(script.post("/companies", {"name": "Aare", "city": "Bern"}).json["id"])


def last(script: Program, verb: str) -> str:
    """The newest change of that kind."""
    data = script.get("/changes?limit=1000").json["data"]
    return str(next(each["id"] for each in reversed(data) if each["verb"] == verb))


def undo(script: Program, fact_id: str) -> Any:
    return script.post(f"/changes/{fact_id}/undo")


def test_edit_is_taken_back_once(script: Program, company: str) -> None:
    script.patch(f"/companies/{company}", {"city": "Thun"})
    edit = last(script, "updated")
    first = undo(script, edit)
    assert first.status_code == 200, first.text
    assert first.json == {
        "object": "companies",
        "id": company,
        "version": 3,
        "deleted": False,
        "path": f"/api/v1/companies/{company}",
    }
    assert script.get(f"/companies/{company}").json["city"] == "Bern"
    assert undo(script, edit).json == first.json
    assert script.get(f"/companies/{company}").json["version"] == 3


def test_later_change_of_the_same_field_is_told_and_stays(script: Program, company: str) -> None:
    script.patch(f"/companies/{company}", {"city": "Thun"})
    edit = last(script, "updated")
    script.patch(f"/companies/{company}", {"city": "Biel"})
    refused = undo(script, edit)
    assert refused.status_code == 409
    assert refused.json["conflicts"] == [{"field": "city", "yours": "Bern", "theirs": "Biel", "base": "Thun"}]
    assert script.get(f"/companies/{company}").json["city"] == "Biel"


def test_deletion_and_creation_are_taken_back_once(script: Program, company: str) -> None:
    script.delete(f"/companies/{company}")
    deletion = last(script, "trashed")
    for _ in range(2):
        assert undo(script, deletion).json["deleted"] is False
    assert script.get(f"/companies/{company}").status_code == 200
    made = script.post("/companies", {"name": "Birs"}).json["id"]
    creation = last(script, "created")
    for _ in range(2):
        assert undo(script, creation).json["deleted"] is True
    assert script.get(f"/companies/{made}").status_code == 404


def test_record_that_was_worked_on_since_is_not_thrown_away(script: Program, company: str) -> None:
    creation = last(script, "created")
    script.patch(f"/companies/{company}", {"city": "Thun"})
    assert undo(script, creation).status_code == 409
    assert script.get(f"/companies/{company}").json["city"] == "Thun"


def test_what_is_no_edit_says_so(script: Program, company: str) -> None:
    other = script.post("/companies", {"name": "Birs"}).json["id"]
    script.post(f"/companies/{company}/merge", {"with": other})
    refused = undo(script, last(script, "merged"))
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_undoable")


def test_scopes_hold_as_for_the_change_itself(
    app: Flask, nordwind: Workspace, script: Program, company: str
) -> None:
    script.patch(f"/companies/{company}", {"city": "Thun"})
    edit = last(script, "updated")
    reader = undo(program(app, nordwind, ("companies:read",)), edit)
    assert (reader.status_code, reader.json["scope"]) == (403, "companies:write")
    assert undo(program(app, nordwind, ("contacts:read",)), edit).status_code == 404
    assert script.get(f"/companies/{company}").json["city"] == "Thun"


def back(answer: Any) -> str:
    """Where the answer says that its change is taken back."""
    link: str = answer.headers["Link"]
    assert link.endswith('>; rel="undo"')
    return link.partition(">")[0].removeprefix("</api/v1")


def test_changes_of_views_are_taken_back(script: Program) -> None:
    made = script.post("/views", {"object": "contacts", "name": "Ours"})
    view = f"/views/{made.json['id']}"
    changed = script.patch(view, {"name": "Theirs"})
    assert script.post(back(changed)).json["version"] == 3
    assert script.get(view).json["name"] == "Ours"
    assert script.post(back(changed)).status_code == 409
    removed = script.delete(view)
    assert removed.status_code == 204
    assert script.post(back(removed)).json["deleted"] is False
    assert script.get(view).json["name"] == "Ours"
    assert "Link" not in script.patch(view, {"name": "Ours"}).headers


def test_view_of_another_is_nobodys_to_take_back(
    app: Flask, nordwind: Workspace, script: Program, kestrels: Program
) -> None:
    made = script.post("/views", {"object": "contacts", "name": "Ours"})
    assert program(app, nordwind).post(back(made)).status_code == 404
    assert kestrels.post(back(made)).status_code == 404
    assert script.get(f"/views/{made.json['id']}").status_code == 200
