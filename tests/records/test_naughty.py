"""Strings that break programs, through every text field of every object."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.core.errors import Invalid
from app.records import filters, finding, reading, registry, writing
from app.records.reading import Query
from app.records.types import ObjectType
from tenants.session import session

STRINGS = Path(__file__).parents[3] / "shared/data/naughty_strings/blns.json"
TEXTS = ("text", "longtext", "email", "phone", "url", "domain")


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    if not STRINGS.exists():
        pytest.skip(f"the collection of naughty strings is not at {STRINGS}")
    strings: list[str] = orjson.loads(STRINGS.read_bytes())
    return [*strings, "a\x00b", "\ud800", "x" * 501, "é" * 500, "ﷺ" * 300, "\U0001f600" * 200, "\\", "%", "_"]


def needed(actor: Actor, described: ObjectType) -> dict[str, Any]:
    """The least that a record of the object needs."""
    if described.name == "order_lines":
        return {"order_id": writing.create(actor, "orders", {}).id}
    least = {f.name: "thing" for f in described.columns if f.required and f.kind == "text" and not f.unique}
    return {**least, **({"kind": "quality"} if described.name == "incidents" else {})} | (
        {"last_name": "Meyer"} if described.name == "contacts" else {}
    )


@pytest.mark.parametrize("name", [described.name for described in registry.every()])
def test_texts_are_kept_or_refused_in_every_field(ann: Actor, naughty: list[str], name: str) -> None:
    described = registry.get(name)
    least = needed(ann, described)
    fields = [f.name for f in described.columns if f.kind in TEXTS and not f.readonly]
    rows = [(field, string) for field in fields for string in naughty]
    outcomes = writing.write_many(
        ann, name, [writing.Row({**least, field: string}) for field, string in rows], title="naughty"
    )

    assert {outcome.state for outcome in outcomes} <= {"created", "failed"}
    plain = ("text", "longtext")
    kept = [
        (string, field, outcome.record_id)
        for (field, string), outcome in zip(rows, outcomes, strict=True)
        if outcome.record_id and described.by_name[field].kind in plain and string.strip().isprintable()
    ]
    for string, field, record_id in kept[:: max(1, len(kept) // 60)]:
        if string.strip():
            assert reading.fetch(ann, name, record_id)[field] == string.strip()


@pytest.mark.long
def test_texts_are_looked_for_without_harm(ann: Actor, naughty: list[str]) -> None:
    described = registry.get("contacts")
    carol = writing.create(ann, "contacts", {"last_name": "Meyer"})
    for string in naughty:
        finding.find(ann, string)
        reading.page(ann, "contacts", Query(search=string, count=False, limit=1))
        for op in ("eq", "contains", "starts"):
            _try_filter(ann, described, op, string)
        for attempt in ({"sort": string}, {"cursor": string}, {"fields": (string,)}):
            _try_page(ann, attempt)
    assert session.scalar(text("SELECT count(*) FROM contacts")) == 1
    assert reading.fetch(ann, "contacts", carol.id).title == "Meyer"


def _try_filter(actor: Actor, described: ObjectType, op: str, string: str) -> None:
    try:
        where = filters.parse_json(described, {"field": "city", "op": op, "value": string})
    except Invalid:
        return
    assert reading.page(actor, described.name, Query(where=where, count=False, limit=1)).rows == []


def _try_page(actor: Actor, attempt: dict[str, Any]) -> None:
    if all(attempt.values()) and attempt != {"fields": ("",)}:
        with pytest.raises(Invalid):
            reading.page(actor, "contacts", Query(**attempt))
