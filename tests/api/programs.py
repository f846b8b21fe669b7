"""Programs that use the API: apps of a company with tokens, and a quick way to ask."""

from typing import Any, cast

import orjson
from flask import Flask
from werkzeug.test import TestResponse

from app.core.permissions import SCOPES
from app.domain.apps import actions, consents, tokens
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import Person, Workspace

BASE = "http://localhost:8000"
ALL = tuple(SCOPES)


class Reply(TestResponse):
    """An answer whose JSON may be looked into."""

    json: Any


class Program:
    """An app with a token of one company; without a `person` it acts by itself."""

    def __init__(self, app: Flask, token: str, address: str = "203.0.113.9") -> None:
        self.app = app
        self.token = token
        self.address = address
        self.client = app.test_client()

    def ask(self, method: str, path: str, **options: Any) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        if "json" in options:
            content = options.pop("json")
            options |= {"data": orjson.dumps(content), "content_type": "application/json"}
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            base_url=BASE,
            headers=headers,
            environ_base={"REMOTE_ADDR": self.address},
            buffered=True,
            **options,
        )
        # A large upload lies in a temporary file that the test client leaves open.
        answer.request.environ["wsgi.input"].close()
        return cast(Reply, answer)

    def get(self, path: str, **options: Any) -> Reply:
        return self.ask("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Reply:
        return self.ask("POST", path, **({} if json is None else {"json": json}), **options)

    def patch(self, path: str, json: Any, **options: Any) -> Reply:
        return self.ask("PATCH", path, json=json, **options)

    def put(self, path: str, json: Any, **options: Any) -> Reply:
        return self.ask("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.ask("DELETE", path, **options)


def program(
    app: Flask,
    workspace: Workspace,
    scopes: tuple[str, ...] = ALL,
    person: Person | None = None,
    name: str = "Script",
) -> Program:
    """A fresh app of `workspace` that holds these scopes, for `person` or for itself."""
    owner = workspace.actor(workspace.company.owner)
    wanted = actions.Wanted(
        name=name, kind="confidential", grant_types=("client_credentials",), scopes=scopes or ALL[:1],
        redirect_uris=(),
    )  # fmt: skip
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        made, _ = actions.register(owner, wanted)
        member_id = workspace.members[person.email] if person else None
        consent = consents.give(owner, made, member_id, list(scopes))
        issued = tokens.issue(consent, list(scopes))
    return Program(app, issued.access_token)
