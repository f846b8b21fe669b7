"""Authlib's authorization server on Kith's apps, requests and answers."""

import re
from collections import Counter, defaultdict
from functools import cached_property
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import OAuth2Payload
from flask import Response, json, request
from werkzeug.datastructures import MultiDict

from app.api.oauth.client import Client
from app.api.oauth.doors import issuer
from app.domain.apps import queries
from app.domain.apps.tokens import Issued

_CLIENT_ID = re.compile(r"kith_[0-9a-f]{24}")
NO_STORE = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")]


def parameters() -> MultiDict[str, str]:
    """What is asked: of a GET by the address, of a POST by the form alone: no secret stands in a log."""
    return request.args if request.method in {"GET", "HEAD"} else request.form


def repeated() -> set[str]:
    """Parameters that are given more than once, which none may be (RFC 6749 section 3.1)."""
    counted = Counter(name for name, _ in parameters().items(multi=True))
    return {name for name, times in counted.items() if times > 1}


class Payload(OAuth2Payload):
    """The parameters of a request, from one place only."""

    @property
    def data(self) -> MultiDict[str, str]:
        return parameters()

    @cached_property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: self.data.getlist(name) for name in self.data})


class Asked(OAuth2Request):
    """The present request as Authlib wants it. Whether it came safely was decided before, in app.ui.hosts."""

    def __init__(self) -> None:
        super().__init__(request.method, issuer(), headers=request.headers)
        self.payload = Payload()

    @property
    def args(self) -> MultiDict[str, str]:
        return request.args

    @property
    def form(self) -> MultiDict[str, str]:
        return request.form


class Server(AuthorizationServer):
    """Finds clients among the apps; every redirect is a 303 and tells who answers (RFC 9207)."""

    def query_client(self, client_id: str) -> Client | None:
        app = queries.by_client_id(client_id) if _CLIENT_ID.fullmatch(client_id) else None
        return Client(app) if app is not None else None

    def create_oauth2_request(self, request: Any) -> Asked:
        return request if isinstance(request, Asked) else Asked()

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        told = dict(headers)
        if "Location" in told:
            told["Location"] = add_params_to_uri(told["Location"], [("iss", issuer())])
            return Response(status=303, headers=told)
        text = json.dumps(body) if isinstance(body, dict) else body
        return Response(text, status=status, headers=told | dict(NO_STORE))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens: what happened is a fact of the domain."""


def answer(issued: Issued) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
    """Tokens as RFC 6749 section 5.1 wants them told."""
    body = {
        "token_type": "Bearer",
        "access_token": issued.access_token,
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
    }
    if issued.refresh_token:
        body["refresh_token"] = issued.refresh_token
    return 200, body, NO_STORE
