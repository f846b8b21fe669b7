"""Merging through the API."""

from typing import Any

from tests.api.programs import Program


def _two(script: Program) -> tuple[str, str]:
    made = [
        script.post("/contacts", {"first_name": "Carol", "last_name": name, "title": title}).json["id"]
        for name, title in (("Meyer", None), ("Meier", "CTO"))
    ]
    return made[0], made[1]


def test_two_become_one_and_two_again(script: Program) -> None:
    keep, drop = _two(script)
    deal = script.post("/deals", {"name": "Presses", "contact_id": drop}).json["id"]
    body: dict[str, Any] = {"with": drop, "choices": {"last_name": "drop"}}
    merged = script.post(f"/contacts/{keep}/merge", body)
    assert (merged.status_code, merged.json["name"], merged.json["title"]) == (200, "Carol Meier", "CTO")
    assert script.get(f"/deals/{deal}").json["contact_id"] == keep
    again = script.post(f"/contacts/{keep}/merge", body)
    assert (again.status_code, again.json["version"]) == (200, merged.json["version"])

    back = script.ask("DELETE", f"/contacts/{drop}/merge")
    assert (back.status_code, back.json["id"], back.json["name"]) == (200, drop, "Carol Meier")
    assert script.get(f"/contacts/{keep}").json["name"] == "Carol Meyer"
    assert script.get(f"/deals/{deal}").json["contact_id"] == drop


def test_merged_id_tells_where_to_go_on(script: Program) -> None:
    keep, drop = _two(script)
    script.post(f"/contacts/{keep}/merge", {"with": drop})
    path = f"/api/v1/contacts/{keep}"
    asked = (
        script.get(f"/contacts/{drop}"),
        script.patch(f"/contacts/{drop}", {"title": "CEO"}),
        script.ask("DELETE", f"/contacts/{drop}"),
    )

    for answer in asked:
        assert answer.status_code == 404
        assert answer.json["type"].endswith("/problems/merged")
        assert answer.json["merged_into"] == {"id": keep, "path": path}
        assert answer.headers["Link"] == f'<{path}>; rel="successor-version"'


def test_what_cannot_be_meant_is_refused(script: Program) -> None:
    keep, drop = _two(script)
    path = f"/contacts/{keep}/merge"
    for body in ({}, {"with": "x"}, {"with": 7}, {"with": keep}, {"with": drop, "choices": []}, {"to": drop}):
        assert script.post(path, body).status_code == 422, body
    wrong = script.post(path, {"with": drop, "choices": {"last_name": "both", "email": "keep", "x": "keep"}})
    assert [each["path"] for each in wrong.json["errors"]] == ["last_name", "x"]
    assert script.get(f"/contacts/{drop}").status_code == 200
    assert script.ask("DELETE", f"/contacts/{drop}/merge").status_code == 404
