"""The one translator of the API: every refusal and failure below /api/ is a problem after RFC 9457."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.api.answers import NotJson, told
from app.api.doors import PREFIX, NoToken, api
from app.api.scopes import everybody
from app.core.errors import (
    Conflict,
    Held,
    Invalid,
    KithError,
    LimitReached,
    NotAllowed,
    NotFound,
    Problem,
    Stale,
    Unavailable,
    Unreadable,
)  # fmt: skip
from app.core.permissions import grantable
from app.domain.idempotency.actions import Running
from tenants.breaker import cell_down
from tenants.copying.late import came_late

PROBLEM_JSON = "application/problem+json"
AWAY_SECONDS = "2"
OUT_OF_REACH_SECONDS = "10"
OUT_OF_REACH = "The database of this company does not answer at the moment; nothing was changed."


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its name in addresses, its status, and what it means."""

    name: str
    status: int
    title: str
    meaning: str


_KINDS = (
    Kind("malformed", 400, "That was not understood", "The body is not the JSON that it says it is."),
    Kind(
        "no_token", 401, "A token is needed", "The request carries no access token, or one that is not good."
    ),
    Kind(
        "insufficient_scope",
        403,
        "The token may not do this",
        "The token lacks a scope, or the member a right.",
    ),
    Kind(
        "read_only",
        403,
        "The workspace is read-only",
        "Reading works, nothing can be changed; an owner can end that under Settings, Plan and usage.",
    ),
    Kind(
        "limit_reached",
        403,
        "The plan's limit is reached",
        "`limit` says which one, how much is used and how much there may be; waiting does not help.",
    ),
    Kind("not_found", 404, "There is nothing here", "It does not exist, or not for this token."),
    Kind(
        "merged",
        404,
        "Merged into another record",
        "Two records became one; `merged_into` names the one that stayed, to be used from now on.",
    ),
    Kind("method_not_allowed", 405, "That does not work here", "This address answers to other methods."),
    Kind("conflict", 409, "Somebody was faster", "What is there now does not go with what was asked."),
    Kind("still_running", 409, "Still running", "The first request with this idempotency key has not ended."),
    Kind("stale", 412, "Changed meanwhile", "The version that If-Match names is not the present one."),
    Kind("too_large", 413, "That is too large", "Send less at once."),
    Kind("unsupported_type", 415, "Not this type", "Send application/json."),
    Kind(
        "invalid",
        422,
        "Please check this",
        "Some of what was sent breaks a rule; `errors` says what and where.",
    ),
    Kind("too_many_requests", 429, "A little slower, please", "Wait as long as Retry-After says."),
    Kind(
        "failed",
        500,
        "Something broke on our side",
        "It is noted under the request's id; nothing was changed.",
    ),
    Kind(
        "closed",
        503,
        "The workspace is closed",
        "Nothing was changed. With Retry-After it is open again in moments.",
    ),
    Kind("unavailable", 503, "Back in a moment", "A part of Kith does not answer; nothing was changed."),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
_BY_STATUS: Mapping[int, Kind] = {kind.status: kind for kind in reversed(_KINDS)}


def register(app: Flask) -> None:
    """Answer as problems also what fails below /api/ before a view is reached; pages keep their own way."""
    elsewhere = app.error_handler_spec[None][None][HTTPException]

    def anywhere(error: HTTPException) -> Any:
        return _http(error) if request.path.startswith(PREFIX) else elsewhere(error)

    app.register_error_handler(HTTPException, anywhere)


@api.get("/problems/<name>")
@everybody
def show_problem(name: str) -> Response:
    """What a kind of problem means."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound
    return told({"type": _type(kind), "title": kind.title, "status": kind.status, "detail": kind.meaning})


@api.errorhandler(KithError)
def refused(error: KithError) -> Response:
    """The problem that an act's refusal is."""
    match error:
        case Invalid():
            return _invalid(error)
        case Unreadable():
            return _invalid(Invalid([error.problem]))
        case NotFound():
            return problem("not_found")
        case NotAllowed():
            return _not_allowed(error)
        case Running():
            return problem("still_running", str(error), {"Retry-After": str(error.retry_after)})
        case Stale():
            return problem("stale", str(error))
        case Conflict():
            return problem("conflict", str(error), conflicts=_values(error))
        case LimitReached():
            return _limited(error)
        case Held():
            is_refused = error.act == "write" and error.retry_after is None
            return problem("read_only" if is_refused else "closed", headers=_wait(error))
        case Unavailable():
            return problem("unavailable", headers={"Retry-After": AWAY_SECONDS})
    return problem("failed")


def problem(name: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """An answer that tells a problem of this kind; members of `more` that are empty are left out."""
    return _answer(KINDS[name], detail, headers, more)


def sentence(found: Problem) -> str:
    """A problem in English, as the whole API speaks."""
    return found.message % found.data if found.data else found.message.replace("%%", "%")


def errors_of(problems: tuple[Problem, ...], prefix: str = "") -> list[dict[str, str]]:
    """What is wrong, as `errors` of a problem."""
    return [{"path": prefix + each.path, "code": each.code, "message": sentence(each)} for each in problems]


def _answer(kind: Kind, detail: str, headers: Mapping[str, str] | None, more: Mapping[str, Any]) -> Response:
    content = {
        "type": _type(kind),
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.meaning,
        "request_id": g.get("request_id", ""),
        **{name: value for name, value in more.items() if value},
    }
    answer = Response(orjson.dumps(content, default=str), kind.status, headers)
    answer.content_type = PROBLEM_JSON
    return answer


def _type(kind: Kind) -> str:
    return f"{current_app.extensions['kith'].base_url}{PREFIX}v1/problems/{kind.name}"


def _invalid(error: Invalid) -> Response:
    told_errors = errors_of(error.problems)
    return problem("invalid", " ".join(each["message"] for each in told_errors[:3]), errors=told_errors)


def _not_allowed(error: NotAllowed) -> Response:
    """RFC 6750 section 3.1."""
    scope = grantable(error.permission)
    challenge = f'Bearer realm="Kith", error="insufficient_scope", scope="{scope}"'
    detail = f"This needs {error.permission}, which this token does not hold or its member may not do."
    return problem("insufficient_scope", detail, {"WWW-Authenticate": challenge}, scope=scope)


def _limited(error: LimitReached) -> Response:
    """Too fast is 429; what waiting does not cure, as a plan's limit, is 403."""
    limit = {"kind": error.kind, **error.data} if error.kind else None
    name = "limit_reached" if error.kind and error.retry_after is None else "too_many_requests"
    return problem(name, error.sentence, _wait(error), limit=limit)


def _wait(error: LimitReached | Held) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}


def _values(error: Conflict) -> list[dict[str, Any]]:
    """The three values of each field that clashes."""
    return [
        {"field": name, "yours": yours, "theirs": error.theirs.get(name), "base": error.base.get(name)}
        for name, yours in error.yours.items()
    ]


@api.errorhandler(NoToken)
def _no_token(error: NoToken) -> Response:
    """RFC 6750 section 3, with the way to a token in words for who reads it first."""
    base = current_app.extensions["kith"].base_url
    challenge = 'Bearer realm="Kith"'
    if error.is_bad:
        challenge += ', error="invalid_token", error_description="unknown, expired or revoked"'
    lacking = "Send Authorization: Bearer <token>."
    detail = (
        f"{'This token is not known, expired or revoked.' if error.is_bad else lacking}"
        f" To get one, register an app under Settings, Developers of your workspace, then: curl -u"
        f" CLIENT_ID:CLIENT_SECRET -d grant_type=client_credentials {base}/oauth/token"
    )
    links = f'<{base}/.well-known/oauth-authorization-server>; rel="oauth-authorization-server"'
    return problem("no_token", detail, {"WWW-Authenticate": challenge, "Link": links})


@api.errorhandler(NotJson)
def _not_json(error: NotJson) -> Response:
    return problem("malformed" if error.status == 400 else "unsupported_type", error.detail)


@api.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    kind = _BY_STATUS.get(error.code)
    if kind is None:
        title = HTTPStatus(error.code).phrase
        kind = Kind("failed" if error.code >= 500 else "malformed", error.code, title, f"{title}.")
    allow = error.get_response().headers.get("Allow")
    return _answer(kind, "", {"Allow": allow} if allow else None, {})


@api.errorhandler(500)
def _failed(error: Exception) -> Response:
    cause = getattr(error, "original_exception", None) or error
    if (down := cell_down(cause)) is not None:
        current_app.logger.warning("request %s: %s", g.get("request_id", ""), down)
        return problem("unavailable", OUT_OF_REACH, {"Retry-After": OUT_OF_REACH_SECONDS})
    if isinstance(cause, OperationalError) or came_late(cause, g.get("tenant")):
        current_app.logger.warning("request %s: the database: %s", g.get("request_id", ""), cause.orig)
        return problem("unavailable", headers={"Retry-After": AWAY_SECONDS})
    current_app.logger.error("request %s failed", g.get("request_id", ""), exc_info=error)
    return problem("failed")
