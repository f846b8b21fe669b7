"""What an app asks a person for, checked before anybody is asked: a wrong address is never followed."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from app.api.oauth.client import Client
from app.api.oauth.registered import server
from app.api.oauth.server import parameters, repeated
from app.core.errors import KithError
from app.domain.apps.models import App

OF_ADDRESS = frozenset({"client_id", "redirect_uri"})
KEPT = (
    *("response_type", "client_id", "redirect_uri", "scope", "state"),
    *("code_challenge", "code_challenge_method", "resource"),
)


class Unknown(KithError):
    """Nobody knows the app, or where it wants to be answered: there is no address to redirect to."""


@dataclass(frozen=True)
class Request:
    """A request that may be put to a person: by which app, for which scopes, answered where."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    grant: Any
    parameters: dict[str, str]


class Refused(Exception):
    """The request is wrong; `error` is told to the app at its own address."""

    def __init__(self, error: OAuth2Error) -> None:
        super().__init__(error.error)
        self.error = error


def read() -> Request:
    """The request in the present address or form. Raises Unknown or Refused."""
    client = _client()
    redirect_uri = _redirect_uri(client)
    try:
        if repeated():
            raise InvalidRequestError("A parameter is repeated.")
        if not parameters().get("response_type"):
            raise InvalidRequestError("Missing response_type.")
        grant = server.get_consent_grant()
    except OAuth2Error as error:
        raise Refused(addressed(error, redirect_uri)) from None
    scopes = tuple(grant.request.scope.split())
    kept = {name: parameters()[name] for name in KEPT if name in parameters()}
    return Request(client.app, redirect_uri, scopes, grant, kept)


def addressed(error: OAuth2Error, redirect_uri: str) -> OAuth2Error:
    """The error as the app is to be told it, with its own state."""
    error.redirect_uri = redirect_uri
    error.state = parameters().get("state")
    return error


def _client() -> Client:
    client = server.query_client(parameters().get("client_id", ""))
    if client is None or repeated() & OF_ADDRESS:
        raise Unknown("client_id")
    return client


def _redirect_uri(client: Client) -> str:
    asked = parameters().get("redirect_uri")
    if asked is None:
        found = client.get_default_redirect_uri()
    else:
        found = asked if client.check_redirect_uri(asked) else None
    if found is None:
        raise Unknown("redirect_uri")
    return found
