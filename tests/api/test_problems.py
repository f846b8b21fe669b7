"""What the API answers where something is wrong: always a problem after RFC 9457 that says what to do."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.records import documents
from tests.api.programs import Program, Reply, program
from tests.cast import RALF, Workspace


def is_problem(answer: Reply, status: int, name: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json
    assert told["type"] == f"http://localhost:8000/api/v1/problems/{name}"
    assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert int(answer.headers["RateLimit-Remaining"]) >= 0


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 32 + ".x", "é.x"])
def test_without_a_token_the_way_to_one_is_told(app: Flask, nordwind: Workspace, token: str) -> None:
    stranger = Program(app, token)
    answer = stranger.get("/contacts", headers={} if token else {"Authorization": ""})
    is_problem(answer, 401, "no_token")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Kith"')
    assert "/oauth/token" in answer.json["detail"]
    assert "set-cookie" not in answer.headers


def test_each_slip_has_its_own_problem(script: Program) -> None:
    is_problem(script.get("/nowhere"), 404, "not_found")
    is_problem(script.get("/contacts/nobody"), 404, "not_found")
    is_problem(script.get("/contacts/0192f0c1-0000-7000-8000-000000000000"), 404, "not_found")
    refused = script.ask("DELETE", "/contacts")
    is_problem(refused, 405, "method_not_allowed")
    assert "POST" in refused.headers["Allow"]
    json = {"content_type": "application/json"}
    is_problem(script.post("/contacts", data=b"{", **json), 400, "malformed")
    is_problem(script.post("/contacts", data=b'{"a": "\xff"}', **json), 400, "malformed")
    is_problem(script.post("/contacts", data=b"[" * 5000, **json), 400, "malformed")
    is_problem(script.post("/contacts", data=b"a=1", content_type="text/plain"), 415, "unsupported_type")
    is_problem(script.post("/contacts", data=b"x" * (26 << 20), **json), 413, "too_large")
    is_problem(script.post("/contacts", []), 422, "invalid")


def test_problems_explain_themselves(script: Program) -> None:
    answer = script.get("/nowhere")
    meaning = script.client.get(answer.json["type"].removeprefix("http://localhost:8000"))
    assert meaning.json is not None
    assert meaning.json["title"] == answer.json["title"]


def test_an_unknown_field_suggests_the_right_name(script: Program) -> None:
    answer = script.post("/contacts", {"last_name": "Meyer", "emial": "a@b.example"})
    is_problem(answer, 422, "invalid")
    assert answer.json["errors"] == [
        {
            "path": "emial",
            "code": "unknown_field",
            "message": "There is no field emial. Did you mean email?",
        }
    ]
    listed = script.get("/contacts?limt=3&filter[citty]=Berlin")
    assert [each["path"] for each in listed.json["errors"]] == ["limt"]
    assert "limit" in listed.json["errors"][0]["message"]
    assert "city" in script.get("/contacts?filter[citty]=Berlin").json["errors"][0]["message"]


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "version",
        "created_at",
        "created_by",
        "updated_by",
        "deleted_at",
        "custom",
        "name",
        "object",
        "xid",
    ],
)
def test_columns_that_are_no_fields_cannot_be_set(script: Program, name: str) -> None:
    made = script.post("/contacts", {"last_name": "Meyer", name: "1"})
    is_problem(made, 422, "invalid")
    assert made.json["errors"][0]["code"] in {"read_only", "unknown_field"}
    assert script.get("/contacts").json["data"] == []


def test_what_a_role_may_not_do_no_token_may(app: Flask, nordwind: Workspace) -> None:
    reader = program(app, nordwind, person=RALF)
    answer = reader.post("/contacts", {"last_name": "Meyer"})
    is_problem(answer, 403, "insufficient_scope")
    assert 'error="insufficient_scope", scope="contacts:write"' in answer.headers["WWW-Authenticate"]
    assert answer.json["scope"] == "contacts:write"
    assert reader.get("/contacts").status_code == 200


def test_a_database_away_is_said_calmly(script: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(documents, "page", away)
    answer = script.get("/contacts")
    is_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]


def test_a_fault_of_ours_shows_its_number_only(script: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setitem(script.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(documents, "page", broken)
    answer = script.get("/contacts")
    is_problem(answer, 500, "failed")
    assert "secret" not in answer.text
