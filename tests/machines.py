"""Nordwind lends machines: an object of its own with a field of every kind, one of them on contacts too."""

from dataclasses import replace

import pytest
from flask import Flask

from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from tenants.session import unit_of_work
from tests.cast import Workspace
from tests.office import furnished

WORDS = ({"en": "Machine", "de": "Maschine"}, {"en": "Machines", "de": "Maschinen"})
STATES = (
    {"value": "running", "labels": {"en": "Running", "de": "Läuft"}},
    {"value": "broken", "labels": {"en": "Broken & stuck", "de": "Steht & klemmt"}},
)
TAGS = (
    {"value": "loud", "labels": {"en": "Loud", "de": "Laut"}},
    {"value": "old", "labels": {"en": '"Old"', "de": "Alt"}},
)
FIELDS = {
    "serial": FieldWish("text", {"en": "Serial"}, is_searchable=True, is_unique=True, in_table=True),
    "notes": FieldWish("longtext", {"en": 'Said in "quotes"', "de": 'Gesagt in "Anführung"'}),
    "price": FieldWish("money", {"en": "Price"}),
    "share": FieldWish("percent", {"en": "Share"}),
    "built": FieldWish("date", {"en": "Built"}, is_sortable=True),
    "checked": FieldWish("datetime", {"en": "Checked"}),
    "hours": FieldWish("number", {"en": "Hours"}, decimals=1, minimum=0, is_sortable=True, in_table=True),
    "leased": FieldWish("boolean", {"en": "R&D", "de": "F&E"}, in_table=True),
    "state": FieldWish("choice", {"en": "State", "de": "Zustand"}, choices=STATES, in_table=True),
    "tags": FieldWish("choices", {"en": "Tags", "de": "Merkmale"}, choices=TAGS, in_table=True),
    "company_id": FieldWish("relation", {"en": "Company"}, target="companies"),
    "operators": FieldWish("relations", {"en": "Operators", "de": "Bediener"}, target="contacts"),
    "keeper": FieldWish("member", {"en": "Keeper"}),
    "contact_email": FieldWish("email", {"en": "E-mail"}),
    "hotline": FieldWish("phone", {"en": "Hotline"}),
    "manual": FieldWish("url", {"en": "Manual"}),
    "origin": FieldWish("country", {"en": "Origin"}),
}
PRESS = {
    "name": "Press 7",
    "serial": "P-7",
    "notes": "Two <lines>\nof it",
    "price": "1234.50",
    "price_currency": "EUR",
    "share": "0.25",
    "built": "2019-05-04",
    "checked": "2026-01-02T02:04:05Z",
    "hours": "12.5",
    "leased": "true",
    "state": "running",
    "tags": ["loud", "old"],
    "contact_email": "press@nordwind.example",
    "hotline": "+49 30 1234567",
    "manual": "https://example.com/press",
    "origin": "DE",
}


@pytest.fixture(scope="module")
def lender(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which lends machines; the tests of a file share it."""
    lend(app, office)
    return office


def lend(app: Flask, workspace: Workspace) -> None:
    """Machines in the workspace, their indexes built, and a badge on contacts."""
    with furnished(app, workspace) as ann:
        with unit_of_work():
            actions.add_object(ann, *WORDS, icon="wrench")
            for name, wish in FIELDS.items():
                assert actions.add_field(ann, "x_machines", replace(wish, name=name)) == name
            badge = FieldWish("text", {"en": "Badge", "de": "Ausweis"}, is_searchable=True, in_table=True)
            assert actions.add_field(ann, "contacts", badge) == "x_badge"
        for name in ("serial", "built", "hours", "company_id", "operators"):
            with unit_of_work():
                actions.index("x_machines", name)
