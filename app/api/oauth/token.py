"""Endpoints that programs call: tokens given out, taken back and looked at."""

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError, OAuth2Error
from flask import Response, request

from app.api.oauth.doors import for_programs, issuer, oauth
from app.api.oauth.grants import BY_SECRET, BY_SECRET_OR_NONE
from app.api.oauth.registered import server
from app.api.oauth.server import NO_STORE, Asked, repeated
from app.api.oauth.tenancy import tenant_of
from app.core.errors import LimitReached, Unreadable
from app.core.limits import Bound, count, refuse_if_spent, throttle
from app.domain.apps import tokens
from app.domain.apps.models import App
from app.domain.members.models import Grant
from tenants.context import entered

MOST_A_MINUTE = 600
MOST_FAILURES = 30
FAILURES_WINDOW = timedelta(minutes=10)


@oauth.post("/oauth/token")
@for_programs
def token() -> Response:
    """A token for a code, a refresh token, an app's own secret or a device."""

    def give() -> Response:
        form = request.form
        named = form.get("code") or form.get("refresh_token") or ""
        if not form.get("grant_type"):
            raise InvalidRequestError("Missing grant_type.")
        with entered(tenant_of(named)):
            answer: Response = server.create_token_response()
        return answer

    return answered(give)


@oauth.post("/oauth/revoke")
@for_programs
def revoke() -> Response:
    """End a token of one's own (RFC 7009); the answer is the same whether there was one."""

    def end() -> Response:
        app = _client("revocation", BY_SECRET_OR_NONE)
        with entered(tenant_of(_token())):
            found = _find(app)
            if found is not None:
                tokens.revoke(found)
        return Response("{}", headers=dict(NO_STORE))

    return answered(end)


@oauth.post("/oauth/introspect")
@for_programs
def introspect() -> Response:
    """What a token of one's own is good for (RFC 7662)."""

    def look() -> Response:
        app = _client("introspection", BY_SECRET)
        with entered(tenant_of(_token())):
            found = _find(app)
            told = _described(app, found) if found is not None else {"active": False}
        answer: Response = server.handle_response(200, told, NO_STORE)
        return answer

    return answered(look)


def answered(act: Any) -> Response:
    """What `act` answers; its refusals as RFC 6749 section 5.2 wants them told, with limits on guessing."""
    try:
        _limit()
        _check_form()
        answer: Response = act()
    except LimitReached as refused:
        answer = _told(OAuth2Error("Too many requests.", status_code=429, error="temporarily_unavailable"))
        answer.headers["Retry-After"] = str(refused.retry_after or 60)
    except Unreadable as refused:
        name = refused.problem.path.encode("ascii", "replace").decode()
        answer = _told(InvalidRequestError(f"{name or 'The form'} is not readable as UTF-8."))
    except OAuth2Error as refused:
        answer = _told(refused)
    if answer.status_code in {400, 401} and b'"invalid_client"' in answer.data:
        count(_failures())
    return answer


def _told(error: OAuth2Error) -> Response:
    answer: Response = server.handle_response(*error())
    return answer


def _limit() -> None:
    throttle(f"oauth:{_who()}", MOST_A_MINUTE, timedelta(minutes=1))
    refuse_if_spent(_failures())


def _failures() -> Bound:
    return Bound(f"oauth-client:{_who()}", MOST_FAILURES, FAILURES_WINDOW)


def _who() -> str:
    """The client that is named and where it comes from: nobody spends another's tries."""
    return f"{_named_in_header() or request.form.get('client_id', '')}|{request.remote_addr}"[:300]


def _named_in_header() -> str | None:
    """The client that the Authorization header names; None where there is no header that can be read."""
    if not request.headers.get("Authorization", "").isascii():
        return None
    basic = request.authorization
    return basic.username if basic is not None and basic.type == "basic" else None


def _check_form() -> None:
    if repeated():
        raise InvalidRequestError("A parameter is repeated.")
    has_header = bool(request.headers.get("Authorization"))
    if has_header and request.form.get("client_secret"):
        raise InvalidRequestError("The client authenticates in two ways at once.")
    if has_header and not _named_in_header():
        raise InvalidClientError("The Authorization header cannot be read.", status_code=401)


def _client(endpoint: str, methods: list[str]) -> App:
    app: App = server.authenticate_client(Asked(), methods, endpoint).app
    return app


def _token() -> str:
    text = request.form.get("token", "")
    if not text:
        raise InvalidRequestError("Missing token.")
    return text


def _find(app: App) -> Grant | None:
    text = _token()
    return tokens.find(text, app) if tenant_of(text) is not None else None


def _described(app: App, found: Grant) -> dict[str, Any]:
    return {
        "active": True,
        "scope": " ".join(found.data["scopes"]),
        "client_id": app.client_id,
        "token_type": "Bearer" if found.kind == "access" else "refresh_token",
        "sub": str(found.member_id or app.id),
        "iss": issuer(),
        "iat": int(found.created_at.timestamp()),
        "exp": int(found.expires_at.timestamp()),
    }
