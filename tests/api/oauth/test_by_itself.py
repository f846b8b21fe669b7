"""Client credentials: an app acts by itself, as far as its company lets it."""

from flask import Flask

from app.domain.apps import tokens
from tenants.context import entered
from tenants.session import unit_of_work
from tests.api.oauth.flows import Registered
from tests.cast import Workspace


def test_secret_gives_a_token_for_an_hour(server: Registered, nordwind: Workspace) -> None:
    answer = server.by_itself()
    assert answer.status_code == 200, answer.text
    told = answer.json or {}
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    assert told["scope"].split() == sorted(["contacts:read", "contacts:write", "companies:read"])
    assert told["access_token"].startswith(f"{nordwind.tenant.id.hex}.")
    assert "refresh_token" not in told
    assert answer.headers["Cache-Control"] == "no-store"


def test_token_lets_the_app_in_as_client(app: Flask, server: Registered, nordwind: Workspace) -> None:
    token = (server.by_itself(scope="contacts:read").json or {})["access_token"]
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        entry = tokens.enter(token, nordwind.tenant)
    assert entry is not None
    assert (entry.actor.kind, entry.actor.id, entry.actor.door) == ("client", entry.app_id, "api")
    assert entry.actor.permissions == {"contacts:read"}
    assert entry.app_name == "Ledger"
