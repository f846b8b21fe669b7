"""An app on its way to a token, as plain HTTP: what it sends and what it gets."""

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from app.domain.apps import actions
from app.domain.apps.actions import Wanted
from app.domain.apps.rules import SHAPES
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import Workspace
from tests.visitor import BASE, Visitor

BACK = "https://app.example/back"
VERIFIER = "a-verifier-of-the-tests-that-is-long-enough-0123456789"
SCOPES = ("contacts:read", "contacts:write", "companies:read")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def challenge(verifier: str = VERIFIER) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Registered:
    """An app of the tests, with its secret, as its developer has them."""

    client_id: str
    secret: str | None
    app: Flask
    address: str = "203.0.113.80"
    basic: bool = True
    more: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, data: Any, **options: Any) -> TestResponse:
        """Send a form as a program does; data may be pairs."""
        headers = options.pop("headers", {})
        if self.secret and self.basic and "Authorization" not in headers:
            told = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers |= {"Authorization": f"Basic {told}"}
        if isinstance(data, dict) and (not self.secret or not self.basic):
            own = {"client_secret": self.secret} if self.secret else {}
            data = {"client_id": self.client_id} | own | data
        return self.app.test_client().post(
            f"{BASE}{path}",
            data=urlencode(data),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
            environ_overrides={"REMOTE_ADDR": self.address},
        )

    def token(self, **data: str) -> TestResponse:
        """Ask the token endpoint."""
        return self.post("/oauth/token", data)

    def by_itself(self, **data: str) -> TestResponse:
        """Client credentials."""
        return self.token(grant_type="client_credentials", **data)

    def redeem(self, code: str, **data: str) -> TestResponse:
        """A code for tokens."""
        sent = {"code": code, "redirect_uri": BACK, "code_verifier": VERIFIER} | data
        return self.token(grant_type="authorization_code", **sent)

    def refresh(self, token: str, **data: str) -> TestResponse:
        """A refresh token for tokens."""
        return self.token(grant_type="refresh_token", refresh_token=token, **data)

    def asking(self, **changes: str | None) -> str:
        """The address that the app sends a person to; None leaves a parameter out."""
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "contacts:read",
            "state": "s t/a+te",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
        sent = {name: value for name, value in (asked | changes).items() if value is not None}
        return f"{BASE}/oauth/authorize?{urlencode(sent)}"

    def code(self, visitor: Visitor, **changes: str | None) -> str:
        """The code that the app gets when the person lets it in."""
        return told(self.allowed(visitor, **changes))["code"]

    def allowed(self, visitor: Visitor, **changes: str | None) -> TestResponse:
        """The answer to the person's yes."""
        return decide(visitor, visitor.get(self.asking(**changes)), "allow")

    def tokens(self, visitor: Visitor, **changes: str | None) -> dict[str, Any]:
        """Tokens for a person, the whole way."""
        answer = self.redeem(self.code(visitor, **changes))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json or {}
        return body


def decide(visitor: Visitor, page: TestResponse, decision: str, **data: str) -> TestResponse:
    """Press a button of the consent page; who is remembered sees none."""
    if page.status_code == 303 and "code=" in page.headers["Location"]:
        return page
    assert page.status_code == 200, page.text
    hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(page.text)}
    return visitor.post(f"{BASE}/oauth/authorize", hidden | {"decision": decision} | data)


def told(answer: TestResponse) -> dict[str, str]:
    """What the app is told at its own address."""
    assert answer.status_code == 303, (answer.status_code, answer.text)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))


def register(
    app: Flask, workspace: Workspace, shape: str = "web", *, scopes: tuple[str, ...] = SCOPES, **more: Any
) -> Registered:
    """An app of the company, registered by its owner."""
    form = SHAPES[shape]
    uris = more.pop("redirect_uris", (BACK,) if shape != "server" else ())
    wanted = Wanted(
        name=more.pop("name", "Ledger"),
        kind=form.kind,
        grant_types=form.grant_types,
        scopes=scopes,
        redirect_uris=uris,
    )
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        made, secret = actions.register(workspace.actor(workspace.company.owner), wanted)
        client_id = made.client_id
    return Registered(client_id, secret, app)
