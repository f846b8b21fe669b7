"""Codes and proof keys: once, for a minute, for one app, one address and one verifier."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import Settings
from app.core import clock
from app.domain.apps import tokens
from tenants import engines
from tenants.context import entered
from tenants.engines import PoolSettings
from tenants.session import unit_of_work
from tests.api.oauth.flows import BACK, VERIFIER, Registered, challenge, register, told
from tests.cast import Workspace
from tests.ground import POOLS
from tests.visitor import Visitor


def lets_in(app: Flask, workspace: Workspace, token: str) -> bool:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        return tokens.enter(token, workspace.tenant) is not None


def test_code_gives_tokens_for_the_member(
    app: Flask, web: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    given_tokens = web.tokens(ann)
    assert set(given_tokens) == {"token_type", "access_token", "expires_in", "scope", "refresh_token"}
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        entry = tokens.enter(given_tokens["access_token"], nordwind.tenant)
    assert entry is not None
    assert (entry.actor.kind, entry.actor.name, entry.actor.role) == ("member", "Ann Berg", "owner")
    assert entry.actor.permissions == {"contacts:read"}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain", "code_challenge": VERIFIER},
        {"code_challenge": None},
        {"code_challenge": "short"},
        {"code_challenge": challenge() + "\n"},
    ],
)
def test_request_without_a_proof_key_is_refused(
    web: Registered, ann: Visitor, changes: dict[str, str | None]
) -> None:
    answer = told(ann.get(web.asking(**changes)))
    assert (answer["error"], answer["iss"]) == ("invalid_request", "http://localhost:8000")
    assert "code" not in answer


@pytest.mark.parametrize("verifier", ["", "x" * 42, "x" * 129, "y" * 60, VERIFIER + "\n", VERIFIER + "ä"])
def test_wrong_verifier_gets_nothing(web: Registered, ann: Visitor, verifier: str) -> None:
    answer = web.redeem(web.code(ann), code_verifier=verifier)
    assert answer.status_code == 400
    assert (answer.json or {})["error"] in {"invalid_request", "invalid_grant"}


def test_code_of_a_public_app_needs_the_verifier_too(native: Registered, ann: Visitor) -> None:
    code = native.code(ann)
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    assert native.token(**sent).status_code == 400
    assert native.token(**sent, code_verifier=VERIFIER).status_code == 200


def test_used_code_ends_what_it_gave(app: Flask, web: Registered, nordwind: Workspace, ann: Visitor) -> None:
    code = web.code(ann)
    access = (web.redeem(code).json or {})["access_token"]
    assert lets_in(app, nordwind, access)
    assert (web.redeem(code).json or {})["error"] == "invalid_grant"
    assert not lets_in(app, nordwind, access)


@pytest.fixture
def twenty_connections(databases: None, settings: Settings) -> Iterator[None]:
    """As many connections as threads, as every process of ours has them."""
    engines.configure(settings.database_url, settings.secret_keys, PoolSettings(20, 0))
    yield
    engines.configure(settings.database_url, settings.secret_keys, POOLS)


def test_of_twenty_at_once_one_succeeds_and_is_ended(
    twenty_connections: None, app: Flask, web: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    code = web.code(ann)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: web.redeem(code), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    won = next(answer.json or {} for answer in answers if answer.status_code == 200)
    assert not lets_in(app, nordwind, won["access_token"])
    assert web.refresh(won["refresh_token"]).status_code == 400


def test_code_lives_a_minute(web: Registered, ann: Visitor) -> None:
    code = web.code(ann)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert (web.redeem(code).json or {})["error"] == "invalid_grant"


def test_code_is_bound_to_app_and_address(
    app: Flask, web: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    code = web.code(ann)
    other = register(app, nordwind, "web", name="Other")
    assert (other.redeem(code).json or {})["error"] == "invalid_grant"
    assert (web.redeem(code, redirect_uri=f"{BACK}/x").json or {})["error"] == "invalid_grant"
    assert (web.redeem(code, redirect_uri="").json or {})["error"] == "invalid_grant"
    assert web.redeem(code).status_code == 200


@pytest.mark.parametrize("code", ["x", "", ".", "0.x", "0" * 32 + ".x", "ä" * 50, "\x00", "x" * 5000])
def test_invented_codes_get_nothing(web: Registered, ann: Visitor, code: str) -> None:
    assert web.redeem(code).status_code == 400


@settings(max_examples=25)
@given(state=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=1024))
def test_state_comes_back_unchanged(web: Registered, ann: Visitor, state: str) -> None:
    assert told(web.allowed(ann, state=state))["state"] == state
    assert told(ann.get(web.asking(state=state, scope="nothing:read")))["state"] == state


@pytest.mark.parametrize("response_type", ["token", "code token", "id_token", "none", ""])
def test_no_other_response_than_a_code(web: Registered, ann: Visitor, response_type: str) -> None:
    answer = ann.get(web.asking(response_type=response_type))
    assert told(answer)["error"] in {"unsupported_response_type", "invalid_request"}
    assert "#" not in answer.headers["Location"]


@pytest.mark.parametrize(
    "grant_type", ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "x"]
)
def test_no_other_grants(web: Registered, grant_type: str) -> None:
    answer = web.token(grant_type=grant_type, username="ann", password="x")
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "unsupported_grant_type")


def test_scope_beyond_the_registered_is_refused(web: Registered, ann: Visitor) -> None:
    assert told(ann.get(web.asking(scope="contacts:read deals:read")))["error"] == "invalid_scope"
    assert told(ann.get(web.asking(scope="workspace:manage")))["error"] == "invalid_scope"
