"""Records through the API: what each verb promises, for every object."""

from typing import Any

import pytest

from app.domain import catalogue
from tests.api.programs import Program

NEW = {
    "companies": {"name": "Meyer Maschinenbau"},
    "contacts": {"first_name": "Carol", "last_name": "Meyer", "email": "carol@meyer.example"},
    "deals": {"name": "Hall 3"},
    "activities": {"subject": "Call Carol"},
    "orders": {"number": "A-1"},
    "deliveries": {"carrier": "DHL"},
    "incidents": {"kind": "quality"},
    "cases": {"subject": "Where is it?"},
    "products": {"name": "Bolt", "price": "1.50", "currency": "EUR"},
}
CHANGED = {
    "companies": {"city": "Köln"}, "contacts": {"title": "CEO"}, "deals": {"amount": "100.5"},
    "activities": {"subject": "Call"}, "orders": {"ship_to": "Hall 3"}, "deliveries": {"tracking": "X1"},
    "incidents": {"cause": "Rust"}, "cases": {"priority": "high"}, "products": {"unit": "piece"},
    "order_lines": {"quantity": 3},
}  # fmt: skip
OBJECTS = [each.name for each in catalogue.OBJECTS]


def new(script: Program, name: str) -> dict[str, Any]:
    if name == "order_lines":
        order = script.post("/orders", {"number": "A-9", "currency": "EUR"}).json
        return {"order_id": order["id"], "description": "Bolt", "quantity": 2, "unit_price": "1.5"}
    return NEW[name]


@pytest.mark.parametrize("name", OBJECTS)
def test_a_record_lives_through_all_verbs(script: Program, name: str) -> None:
    made = script.post(f"/{name}", new(script, name))
    assert made.status_code == 201, made.text
    record = made.json
    assert made.headers["Location"] == f"/api/v1/{name}/{record['id']}"
    assert list(record)[:5] == ["id", "object", "version", "created_at", "updated_at"]
    assert (record["object"], record["version"]) == (name, 1)
    path = f"/{name}/{record['id']}"
    read = script.get(path)
    assert (read.status_code, read.json) == (200, record)
    assert read.headers["ETag"] == made.headers["ETag"]
    changed = script.patch(path, CHANGED[name])
    assert changed.status_code == 200, changed.text
    assert changed.json["version"] == 2
    listed = script.get(f"/{name}")
    assert [each["id"] for each in listed.json["data"]] == [record["id"]]
    assert listed.json["next_cursor"] is None
    assert script.delete(path).status_code == 204
    assert script.get(path).status_code == 404
    restored = script.post(f"{path}/restore")
    assert restored.status_code == 200, restored.text
    assert script.get(path).json == restored.json
