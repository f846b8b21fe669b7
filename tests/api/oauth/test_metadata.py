"""What programs find out by themselves, and which of our answers scripts of other sites may read."""

import pytest
from flask import Flask

from app.core.permissions import ROLES, SCOPES
from tests.api.oauth.flows import Registered
from tests.visitor import BASE

META = f"{BASE}/.well-known/oauth-authorization-server"
ORIGIN = {"Origin": "https://app.example"}


def test_metadata_tells_what_there_is(app: Flask) -> None:
    told = app.test_client().get(META).json or {}
    assert told["issuer"] == BASE
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert told["grant_types_supported"] == [
        "authorization_code",
        "client_credentials",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    ]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert set(told["scopes_supported"]) == set(SCOPES)
    for name, address in told.items():
        if name.endswith("_endpoint"):
            assert address.startswith(f"{BASE}/oauth/")


def test_scopes_are_permissions_and_none_manages_the_company() -> None:
    assert set(SCOPES) <= ROLES["owner"]
    assert not [scope for scope in SCOPES if scope.endswith(":manage")]


def test_api_tells_who_gives_its_tokens(app: Flask) -> None:
    told = app.test_client().get(f"{BASE}/.well-known/oauth-protected-resource").json or {}
    assert told["authorization_servers"] == [BASE]


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/device"])
def test_scripts_may_read_what_programs_ask(app: Flask, path: str) -> None:
    preflight = app.test_client().options(
        f"{BASE}{path}", headers=ORIGIN | {"Access-Control-Request-Method": "POST"}
    )
    answer = app.test_client().post(f"{BASE}{path}", headers=ORIGIN)
    for each in (preflight, answer, app.test_client().get(META, headers=ORIGIN)):
        assert each.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in each.headers
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]


def test_no_script_reads_the_consent_page(app: Flask, web: Registered) -> None:
    for method in ("GET", "OPTIONS"):
        answer = app.test_client().open(web.asking(), method=method, headers=ORIGIN)
        assert "Access-Control-Allow-Origin" not in answer.headers
