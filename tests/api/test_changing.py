"""Changes through the API: merge patches, versions, upserts, batches."""

from typing import Any

import pytest

from app.core.ids import new_id
from tests.api.programs import Program


@pytest.fixture
def carol(script: Program) -> dict[str, Any]:
    made: dict[str, Any] = script.post(
        "/contacts",
        {
            "first_name": "Carol",
            "last_name": "Meyer",
            "title": "CTO",
            "external_ids": {"sap": "1", "erp": "2"},
        },
    ).json
    return made


def test_a_patch_merges(script: Program, carol: dict[str, Any]) -> None:
    path = f"/contacts/{carol['id']}"
    patch = {"title": None, "external_ids": {"erp": None, "shop": "9"}, "email": "carol@meyer.example"}
    kind = "application/merge-patch+json"
    told = script.ask("PATCH", path, json=patch).json
    assert told["title"] is None
    assert told["last_name"] == "Meyer"
    assert told["external_ids"] == {"sap": "1", "shop": "9"}
    raw = script.ask("PATCH", path, data=b'{"phone": "0221 4711"}', content_type=kind)
    assert (raw.status_code, raw.json["phone"], raw.json["email"]) == (
        200,
        "+492214711",
        "carol@meyer.example",
    )
    two = script.patch(
        path, {"emails": ["a@meyer.example", {"value": "b@meyer.example", "primary": True}]}
    ).json
    assert two["email"] == "b@meyer.example"
    assert [each["value"] for each in two["emails"]] == ["b@meyer.example", "a@meyer.example"]


def test_fields_merge_and_clashes_tell_three_values(script: Program, carol: dict[str, Any]) -> None:
    path = f"/contacts/{carol['id']}"
    script.patch(path, {"title": "CEO"})
    other = script.patch(path, {"city": "Köln", "base_version": 1})
    assert (other.status_code, other.json["title"], other.json["city"]) == (200, "CEO", "Köln")
    clash = script.patch(path, {"title": "CFO", "base_version": 1})
    assert clash.status_code == 409
    assert clash.json["conflicts"] == [{"field": "title", "yours": "CFO", "theirs": "CEO", "base": "CTO"}]
    assert script.patch(path, {"title": "X", "base_version": 99}).status_code == 422


def test_tags_save_reading_and_guard_writing(script: Program, carol: dict[str, Any]) -> None:
    path = f"/contacts/{carol['id']}"
    tag = script.get(path).headers["ETag"]
    again = script.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert script.get(f"{path}?fields=email", headers={"If-None-Match": tag}).status_code == 200
    assert script.patch(path, {"title": "CEO"}, headers={"If-Match": tag}).status_code == 200
    stale = script.patch(path, {"city": "Bonn"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json["type"].rpartition("/")[2]) == (412, "stale")
    assert script.delete(path, headers={"If-Match": tag}).status_code == 412
    assert script.delete(path, headers={"If-Match": "*"}).status_code == 204
    assert script.patch(path, {"city": "Bonn"}, headers={"If-Match": "*"}).status_code == 404


def test_the_tag_follows_what_is_shown_whole(script: Program) -> None:
    company = script.post("/companies", {"name": "Meyer"}).json["id"]
    path = f"/contacts/{script.post('/contacts', {'last_name': 'M', 'company_id': company}).json['id']}"
    plain, whole = script.get(path).headers["ETag"], script.get(f"{path}?expand=company").headers["ETag"]
    assert plain != whole
    script.patch(f"/companies/{company}", {"city": "Köln"})
    assert script.get(path).headers["ETag"] == plain
    assert script.get(f"{path}?expand=company").headers["ETag"] != whole


def test_upserts_create_once_and_then_change(script: Program) -> None:
    first = script.put("/contacts/by/email/carol@meyer.example", {"last_name": "Meyer"})
    assert (first.status_code, first.json["email"]) == (201, "carol@meyer.example")
    second = script.put("/contacts/by/email/CAROL@meyer.example", {"title": "CEO"})
    assert (second.status_code, second.json["id"], second.json["last_name"]) == (
        200,
        first.json["id"],
        "Meyer",
    )
    third = script.put("/contacts/by/external_ids/sap:47/11", {"last_name": "Otto"})
    assert (third.status_code, third.json["external_ids"]) == (201, {"sap": "47/11"})
    fourth = script.put("/contacts/by/external_ids/SAP:47/11", {"external_ids": {"shop": "1"}})
    assert (fourth.status_code, fourth.json["external_ids"]) == (200, {"sap": "47/11", "shop": "1"})
    product = script.put("/products/by/sku/B-1", {"name": "Bolt"})
    assert (product.status_code, product.json["sku"]) == (201, "B-1")
    assert script.put("/products/by/sku/b-1", {"name": "Nut"}).json["id"] == product.json["id"]


@pytest.mark.parametrize(
    ("path", "values", "field"),
    [
        ("/contacts/by/city/Berlin", {}, "field"),
        ("/contacts/by/email/nonsense", {}, "email"),
        ("/contacts/by/email/a@b.example", {"email": "c@d.example"}, "email"),
        ("/contacts/by/external_ids/4711", {}, "external_ids"),
        ("/contacts/by/external_ids/sap:1", {"external_ids": {"sap": "2"}}, "external_ids"),
    ],
)
def test_upserts_refuse_what_names_nobody(
    script: Program, path: str, values: dict[str, Any], field: str
) -> None:
    answer = script.put(path, values)
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, field)


def test_a_batch_answers_each_row(script: Program, carol: dict[str, Any]) -> None:
    rows = [
        {"last_name": "Otto"},
        {"id": carol["id"], "title": "CEO", "external_ids": {"shop": "1"}},
        {"last_name": "X", "email": "nonsense"},
        {"id": "0192f0c1-0000-7000-8000-000000000000", "title": "Nobody"},
    ]
    results = script.post("/contacts/batch", {"records": rows}).json["results"]
    assert [each["status"] for each in results] == [201, 200, 422, 422]
    assert results[2]["errors"][0]["path"] == "email"
    assert script.get(f"/contacts/{carol['id']}").json["external_ids"] == {
        "sap": "1",
        "erp": "2",
        "shop": "1",
    }


def test_a_batch_asks_as_much_for_many_as_for_one(script: Program) -> None:
    def asked(number: int) -> int:
        rows = [
            {"last_name": f"Row {place}", "email": f"{new_id().hex}@rows.example"} for place in range(number)
        ]
        answer = script.post("/contacts/batch", {"records": rows})
        assert {each["status"] for each in answer.json["results"]} == {201}
        return int(answer.headers["Server-Timing"].partition('desc="')[2].removesuffix(' round trips"'))

    def trips(number: int) -> int:
        # A connection that is old, or has met enough companies, is replaced before one of two, never both.
        return min(asked(number) for _ in range(2))

    asked(1)
    assert trips(1) == trips(40) == 4


def test_an_atomic_batch_is_all_or_nothing(script: Program) -> None:
    rows = [{"last_name": "Otto"}, {"last_name": "X", "email": "nonsense"}]
    answer = script.post("/contacts/batch", {"atomic": True, "records": rows})
    assert answer.status_code == 422
    assert [each["status"] for each in answer.json["results"]] == [424, 422]
    assert answer.json["errors"][0]["path"] == "records[1].email"
    assert script.get("/contacts").json["data"] == []
    assert script.post("/contacts/batch", {"atomic": True, "records": rows[:1]}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {}, {"records": []}, {"records": [{}] * 201}, {"records": [1]}, {"records": [{"id": 7}]},
        {"records": {}}, {"records": [{"last_name": "A"}], "atomic": "yes"},
        {"recrods": [{"last_name": "A"}]},
    ],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused(script: Program, body: dict[str, Any]) -> None:
    answer = script.post("/contacts/batch", body)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"]
