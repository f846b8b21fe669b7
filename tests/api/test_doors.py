"""Who one is, the model, what happened, files, limits: the API beside its records."""

import hashlib
from dataclasses import replace
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from app.core import limits, process, redis
from tests.api.programs import BASE, Program, program
from tests.cast import BOB, Workspace

NAUGHTY = [
    "Robert'); DROP TABLE contacts;--", "<script>alert(1)</script>", "{{7*7}}", "𝕋𝕖𝕤𝕥 🧵", "\u202egnirts",
    "Ｆｕｌｌ", "a\u0301", "%s%n", "..\\..", "\ufeffbom", "ß" * 50, "null", "undefined", "'\"\\", "-1", "NaN",
]  # fmt: skip


def test_the_index_needs_no_token(app: Flask, ground_floor: None) -> None:
    answer = app.test_client().get("/api/v1/", base_url=BASE)
    assert answer.json is not None
    assert answer.json["objects"]["contacts"] == f"{BASE}/api/v1/contacts"
    assert answer.headers["RateLimit-Limit"]


def test_me_tells_company_app_and_scopes(app: Flask, nordwind: Workspace) -> None:
    own = program(app, nordwind, ("contacts:read",)).get("/me").json
    assert (own["tenant"]["slug"], own["app"]["name"], own["member"]) == (
        nordwind.tenant.slug,
        "Script",
        None,
    )
    assert own["scopes"] == ["contacts:read"]
    bobs = program(app, nordwind, person=BOB).get("/me").json
    assert (bobs["member"]["name"], bobs["tenant"]["currency"]) == ("Bob Lind", "EUR")


def test_the_model_describes_each_field(script: Program) -> None:
    objects = {each["name"]: each for each in script.get("/objects").json["data"]}
    assert len(objects) == 10
    fields = {each["name"]: each for each in script.get("/objects/deals").json["fields"]}
    assert fields["amount"]["currency_field"] == "currency"
    assert fields["company_id"]["target"] == "companies"
    assert objects["contacts"]["upsert_by"] == ["email", "external_ids"]
    members = script.get("/members").json["data"]
    assert {each["name"] for each in members} == {"Ann Berg", "Bob Lind", "Rita Vogt", "Ralf Reiter"}


def test_changes_miss_nothing(script: Program) -> None:
    start = script.get("/changes").json["next_cursor"]
    carol = script.post("/contacts", {"last_name": "Meyer"}).json["id"]
    script.patch(f"/contacts/{carol}", {"title": "CEO"})
    script.post("/contacts/batch", {"records": [{"last_name": "A"}, {"last_name": "B"}]})
    seen, cursor, more = [], start, True
    while more:
        page = script.get(f"/changes?after={cursor}&limit=1").json
        seen += page["data"]
        cursor, more = page["next_cursor"], page["has_more"]
    assert [(each["verb"], len(each["records"])) for each in seen] == [
        ("created", 1), ("updated", 1), ("changed_many", 2)
    ]  # fmt: skip
    assert seen[1]["records"] == [{"id": carol, "verb": "updated", "version": 2}]
    assert seen[1]["fields"] == ["title"]
    assert {each["verb"] for each in seen[2]["records"]} == {"created"}
    assert script.get(f"/changes?after={cursor}").json["data"] == []
    assert script.get("/changes?after=nonsense").status_code == 422


def test_changes_tell_of_readable_objects_only(app: Flask, nordwind: Workspace, script: Program) -> None:
    script.post("/contacts", {"last_name": "Meyer"})
    narrow = program(app, nordwind, ("orders:read",))
    assert narrow.get("/changes").json["data"] == []


def test_a_file_comes_and_goes_by_links(script: Program, s3: object) -> None:
    carol = script.post("/contacts", {"last_name": "Meyer"}).json["id"]
    content = b"what was agreed"
    wanted = {
        "name": "agreed.txt", "size": len(content), "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": "text/plain", "object": "contacts", "record_id": carol,
    }  # fmt: skip
    upload = script.post("/files", wanted)
    assert upload.status_code == 201, upload.text
    told = upload.json
    with urlopen(Request(told["url"], content, told["headers"], method="PUT")) as stored:
        assert stored.status == 200
    done = script.post(f"/files/{told['id']}/complete")
    assert (done.status_code, done.json["status"]) == (200, "ready"), done.text
    with urlopen(script.get(f"/files/{told['id']}").json["url"]) as found:
        assert found.read() == content


def test_limits_are_told_and_held(
    app: Flask, script: Program, kestrels: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis.client().flushdb()
    limits._tabs.clear()
    monkeypatch.setattr(process, "_settings", replace(process.settings(), api_limit=3))
    answers = [script.get("/me") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each.headers["RateLimit-Remaining"] for each in answers] == ["2", "1", "0", "0"]
    assert answers[3].headers["Content-Type"] == "application/problem+json"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert kestrels.get("/me").status_code == 200


@pytest.mark.parametrize("words", NAUGHTY)
def test_any_text_comes_back_as_it_went(script: Program, words: str) -> None:
    made = script.post("/contacts", {"last_name": "X", "description": words, "city": words})
    assert made.status_code == 201, made.text
    assert script.get(f"/contacts/{made.json['id']}").json["description"] == made.json["description"]
    assert (
        made.json["description"].strip() == words.strip().lstrip("\ufeff")
        or made.json["description"] == words
    )
    assert script.get("/contacts", query_string={"filter[city]": words, "q": words}).status_code == 200


@pytest.mark.parametrize("words", ["a\u0000b", "\ud800", "x" * 100_000])
def test_text_that_cannot_be_kept_is_refused(script: Program, words: str) -> None:
    body = f'{{"last_name": "{words}"}}'.encode("utf-8", "surrogatepass") if len(words) > 9 else None
    raw = body or b'{"last_name": "' + (b"\\u0000" if "\0" in words else b"\\ud800") + b'"}'
    answer = script.post("/contacts", data=raw, content_type="application/json")
    assert answer.status_code in {201, 400, 422}, answer.text
    assert script.get("/contacts", query_string={"filter[city]": "a\0b", "q": "\0"}).status_code in {200, 422}
