"""What a new record begins with is the same through every door, and what somebody empties stays empty."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.records import habits, reading, upserting, writing
from app.records.writing import Row
from tests.cast import BOB, Workspace
from tests.office import furnished

# The clock stands: no midnight lies between what a record begins with and what is expected of it.
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
CHOICES = tuple({"value": each, "labels": {"en": each.title()}} for each in ("new", "used", "broken"))
FIELDS = {
    "note": FieldWish("longtext", {"en": "Note"}, default_value="To be checked"),
    "weight": FieldWish("number", {"en": "Weight"}, default_value="12.5", decimals=1),
    "price": FieldWish("money", {"en": "Price"}, default_value="99.90"),
    "share": FieldWish("percent", {"en": "Share"}, default_value="0.15"),
    "due": FieldWish("date", {"en": "Due"}, default_value="today+14"),
    "since": FieldWish("date", {"en": "Since"}, default_value="2020-02-29"),
    "called": FieldWish("datetime", {"en": "Called"}, default_value="now-2"),
    "leased": FieldWish("boolean", {"en": "Leased"}, default_value=True),
    "state": FieldWish("choice", {"en": "State"}, choices=CHOICES, default_value="new"),
    "tags": FieldWish("choices", {"en": "Tags"}, choices=CHOICES, default_value=["used", "new"]),
    "keeper": FieldWish("member", {"en": "Keeper"}, default_value="me"),
    "page": FieldWish("url", {"en": "Page"}, default_value="https://example.com"),
    "origin": FieldWish("country", {"en": "Origin"}, default_value="AT"),
    "site": FieldWish("address", {"en": "Site"}, default_value="DE"),
}


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, whose machines begin with something in each field."""
    with furnished(app, office) as ann:
        actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
        for name, wish in FIELDS.items():
            assert actions.add_field(ann, "x_machines", replace(wish, name=name)) == name
    return office


@pytest.fixture(autouse=True)
def _one_day() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def _check(ann: Actor, machine: UUID | None, keeper: object) -> None:
    assert machine is not None
    values = reading.fetch(ann, "x_machines", machine).values
    today = habits.of(ann).today()
    assert {name: values[name] for name in FIELDS if name in values} == {
        "note": "To be checked",
        "weight": Decimal("12.5"),
        "price": Decimal("99.9"),
        "share": Decimal("0.15"),
        "due": today + timedelta(14),
        "since": date(2020, 2, 29),
        "called": values["called"],
        "leased": True,
        "state": "new",
        "tags": ["new", "used"],
        "keeper": keeper,
        "page": "https://example.com",
        "origin": "AT",
    }
    assert values["called"] == NOW - timedelta(hours=2)
    assert (values["site_country"], values["site_city"]) == ("DE", None)
    assert values["price_currency"] == "EUR"


def test_every_door_begins_with_the_same(ann: Actor, office: Workspace) -> None:
    _check(ann, writing.create(ann, "x_machines", {"name": "Press"}).id, ann.id)
    bob = office.actor(BOB)
    [made] = writing.write_many(bob, "x_machines", [Row({"name": "Press"})], title="Import")
    _check(ann, made.record_id, bob.id)
    record, _ = upserting.upsert(ann, "x_machines", "external_ids", "sap:1", {"name": "Press"})
    _check(ann, record.id, ann.id)
    kith = replace(ann, kind="system", id=None)
    _check(ann, writing.create(kith, "x_machines", {"name": "Press"}).id, None)


def test_what_is_given_stays_even_empty(ann: Actor) -> None:
    given: dict[str, object] = {
        "name": "Press",
        "note": "",
        "due": None,
        "tags": [],
        "weight": "3",
        "leased": False,
    }
    values = writing.create(ann, "x_machines", given).values
    told = [values[name] for name in ("note", "due", "tags", "weight", "leased")]
    assert told == [None, None, None, 3, False]


def test_changed_record_gets_no_default(ann: Actor) -> None:
    press = writing.create(ann, "x_machines", {"name": "Press", "note": ""}).id
    assert writing.update(ann, "x_machines", press, {"name": "Press 7"}).values["note"] is None


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("due", "tomorrow"),
        ("due", "now+1"),
        ("due", "2026-02-30"),
        ("due", "today+99999"),
        ("called", "today"),
        ("weight", "heavy"),
        ("state", "melted"),
        ("tags", ["new", "melted"]),
        ("keeper", "bob"),
        ("page", "javascript:alert(1)"),
        ("origin", "XX"),
        ("site", "Atlantis"),
        ("note", "x" * 301),
        ("note", {"a": 1}),
        ("note", "a\x00b"),
    ],
)
def test_default_that_fits_no_record_is_refused(ann: Actor, name: str, default: object) -> None:
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_machines", name, {"default_value": default})
    assert "default_value" in [each.path for each in refused.value.problems]


def test_required_field_takes_its_default(ann: Actor) -> None:
    actions.change_field(ann, "x_machines", "state", {"is_required": True})
    assert writing.create(ann, "x_machines", {"name": "Press"}).values["state"] == "new"
    with pytest.raises(Invalid):
        writing.create(ann, "x_machines", {"name": "Press", "state": None})
