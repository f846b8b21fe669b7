"""The cast behaves like companies that signed up by themselves."""

from flask import Flask

from app.domain.identities import actions as identities
from app.domain.workspace import queries
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, KIM, PASSWORD, RALF, Workspace


def test_everybody_signs_in_with_the_password(app: Flask, nordwind: Workspace, kestrel: Workspace) -> None:
    with app.app_context(), unit_of_work():
        found = [identities.verify(person.email, PASSWORD) for person in (ANN, KIM)]

    assert [identity.name for identity in found if identity] == ["Ann Berg", "Kim Park"]


def test_companies_have_their_own_settings(app: Flask, nordwind: Workspace, kestrel: Workspace) -> None:
    seen = []
    for workspace in (nordwind, kestrel):
        with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
            seen.append(queries.settings())

    assert [(found.company, found.currency, found.language) for found in seen] == [
        ("Nordwind GmbH", "EUR", "de"),
        ("Kestrel Ltd", "GBP", "en"),
    ]


def test_actors_have_the_rights_of_their_roles(nordwind: Workspace) -> None:
    assert "workspace:manage" in nordwind.actor(ANN).permissions
    assert "contacts:write" not in nordwind.actor(RALF).permissions
