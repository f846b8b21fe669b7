"""Who an app is: one proof a request, secrets that overlap, limits on guessing, own tokens only."""

import base64
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import clock
from app.domain.apps import actions, queries, tokens
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.oauth.flows import Registered, register
from tests.api.oauth.test_codes import lets_in
from tests.cast import ANN, Workspace
from tests.visitor import Visitor


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_secret_goes_into_the_header_or_the_form(server: Registered) -> None:
    assert server.by_itself().status_code == 200
    server.basic = False
    assert server.by_itself().status_code == 200


def test_two_proofs_at_once_are_refused(server: Registered) -> None:
    sent = {"client_id": server.client_id, "client_secret": server.secret or ""}
    answer = server.by_itself(**sent)
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ä", "Basic %%%", "Basic eA==", "Bearer x", "Basic gICA", "x"]
)
def test_broken_header_is_told(server: Registered, header: str) -> None:
    answer = server.post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert answer.status_code in {400, 401}
    assert (answer.json or {})["error"] in {"invalid_client", "invalid_request"}


def test_wrong_secret_is_told_with_a_challenge(server: Registered) -> None:
    headers = basic(server.client_id, "kith_secret_wrong")
    answer = server.post("/oauth/token", {"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, (answer.json or {})["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_guessing_secrets_ends(server: Registered) -> None:
    headers = basic(server.client_id, "kith_secret_wrong")
    sent = {"grant_type": "client_credentials"}
    told = [server.post("/oauth/token", sent, headers=headers).status_code for _ in range(32)]
    assert told == [401] * 30 + [429] * 2
    last = server.post("/oauth/token", sent, headers=headers)
    assert int(last.headers["Retry-After"]) > 0
    assert server.by_itself().status_code == 429
    server.address = "198.51.100.4"
    assert server.by_itself().status_code == 200


def test_public_app_cannot_act_by_itself(native: Registered) -> None:
    answer = native.by_itself()
    assert (answer.status_code, (answer.json or {})["error"]) in {
        (401, "invalid_client"),
        (400, "invalid_client"),
    }


def test_confidential_app_needs_its_secret(web: Registered, ann: Visitor) -> None:
    code = web.code(ann)
    web.secret = None
    assert (web.redeem(code).json or {})["error"] == "invalid_client"


def test_app_of_people_cannot_act_by_itself(web: Registered) -> None:
    assert (web.by_itself().json or {})["error"] == "unauthorized_client"


def test_parameters_count_in_the_form_only(server: Registered) -> None:
    answer = server.post("/oauth/token?grant_type=client_credentials", {})
    assert (answer.json or {})["error"] == "invalid_request"


def test_repeated_parameter_is_refused(server: Registered) -> None:
    pairs = [("grant_type", "client_credentials"), ("scope", "contacts:read"), ("scope", "contacts:write")]
    answer = server.post("/oauth/token", pairs)
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")


def test_tokens_are_posted_and_never_kept(
    app: Flask, server: Registered, web: Registered, ann: Visitor
) -> None:
    assert app.test_client().get("http://localhost:8000/oauth/token").status_code == 405
    for answer in (server.by_itself(), web.redeem(web.code(ann)), server.token(grant_type="x")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"].startswith("application/json")


def test_new_secret_overlaps_the_old_one(app: Flask, server: Registered, nordwind: Workspace) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        app_id = queries.of_company()[0].id
        _, fresh = actions.rotate_secret(nordwind.actor(ANN), app_id)
    newer = Registered(server.client_id, fresh, app)
    assert [server.by_itself().status_code, newer.by_itself().status_code] == [200, 200]
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        assert [server.by_itself().status_code, newer.by_itself().status_code] == [401, 200]


def test_forgotten_secret_ends_at_once(app: Flask, server: Registered, nordwind: Workspace) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        app_id = queries.of_company()[0].id
        actions.rotate_secret(nordwind.actor(ANN), app_id)
        actions.forget_previous_secret(nordwind.actor(ANN), app_id)
    assert server.by_itself().status_code == 401


def test_only_own_tokens_can_be_ended(app: Flask, web: Registered, nordwind: Workspace, ann: Visitor) -> None:
    given = web.tokens(ann)
    other = register(app, nordwind, "web", name="Other")
    for token in (given["access_token"], given["refresh_token"], "x", "ä.ö", "0" * 32 + ".x"):
        assert other.post("/oauth/revoke", {"token": token}).status_code == 200
    assert lets_in(app, nordwind, given["access_token"])
    assert (
        web.post("/oauth/revoke", {"token": given["refresh_token"], "token_type_hint": "x"}).status_code
        == 200
    )
    assert not lets_in(app, nordwind, given["access_token"])
    assert web.refresh(given["refresh_token"]).status_code == 400


def test_public_app_ends_its_tokens(
    app: Flask, native: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    given = native.tokens(ann)
    assert native.post("/oauth/revoke", {"token": given["access_token"]}).status_code == 200
    assert not lets_in(app, nordwind, given["access_token"])


def test_only_own_tokens_can_be_looked_at(
    app: Flask, web: Registered, native: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    given = web.tokens(ann)
    told = web.post("/oauth/introspect", {"token": given["access_token"]}).json or {}
    assert (told["active"], told["scope"], told["client_id"]) == (True, "contacts:read", web.client_id)
    other = register(app, nordwind, "web", name="Other")
    assert other.post("/oauth/introspect", {"token": given["access_token"]}).json == {"active": False}
    assert native.post("/oauth/introspect", {"token": given["access_token"]}).status_code in {400, 401}
    assert web.post("/oauth/introspect", {}).status_code == 400


def test_database_holds_no_secret(
    app: Flask, web: Registered, server: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    given = web.tokens(ann)
    unused = web.code(ann)
    own = (server.by_itself().json or {})["access_token"]
    secrets = [web.secret, server.secret, given["access_token"], given["refresh_token"], unused, own]
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        for table in ("grants", "facts", "fact_values", "settings"):
            dump = str(session.execute(text(f"SELECT t::text FROM {table} t")).scalars().all())
            for secret in secrets:
                assert secret
                assert secret.rpartition(".")[2] not in dump
        apps = str([vars(each) for each in queries.of_company()])
    assert all(str(secret).rpartition(".")[2] not in apps for secret in secrets)


def test_token_of_one_company_is_nothing_in_another(
    app: Flask, server: Registered, nordwind: Workspace, kestrel: Workspace
) -> None:
    token = (server.by_itself().json or {})["access_token"]
    _, _, secret = token.partition(".")
    for wrong in (token, f"{kestrel.tenant.id.hex}.{secret}"):
        with app.app_context(), entered(kestrel.tenant), unit_of_work():
            assert tokens.enter(wrong, kestrel.tenant) is None


def test_disabled_app_is_out_everywhere(
    app: Flask, kestrel: Workspace, nordwind: Workspace, ann: Visitor
) -> None:
    foreign = register(app, kestrel, "web")
    given = foreign.tokens(ann)
    assert lets_in(app, nordwind, given["access_token"])
    with app.app_context(), entered(kestrel.tenant), unit_of_work():
        actions.disable(kestrel.actor(kestrel.company.owner), queries.of_company()[0].id)
    assert not lets_in(app, nordwind, given["access_token"])
    assert (foreign.refresh(given["refresh_token"]).json or {})["error"] == "invalid_client"
    assert ann.get(foreign.asking()).status_code == 400


def test_narrowed_app_loses_the_scope_at_once(app: Flask, server: Registered, nordwind: Workspace) -> None:
    token = (server.by_itself().json or {})["access_token"]
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        made = queries.of_company()[0]
        actions.change(
            nordwind.actor(ANN), made.id, actions.Wanted("Ledger", "confidential", (), ("contacts:read",))
        )
    assert not lets_in(app, nordwind, token)
    assert (server.by_itself().json or {})["scope"] == "contacts:read"
