"""Who comes in, how often, with which scopes, and whether the same request was answered before."""

from hashlib import blake2b
from typing import Any

from flask import Response, current_app, g, request

from app.api import limits, scopes
from app.api.doors import NoToken, api, bearer, enter, entry, once_key, tenant
from app.api.problems import refused
from app.core.errors import KithError, NotAllowed
from app.domain.idempotency import actions as idempotency
from app.domain.idempotency.actions import Answer, Request
from app.ui import marks
from app.ui.records import routing
from tenants.session import kept

# Answers that come from what was sent, or from a fault of ours: the next try may be answered otherwise.
NOT_KEPT = frozenset({400, 401, 403, 413, 415, 422, 429})
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_PIECE = 1 << 16


@api.before_request
def guard() -> Response | None:
    """Closed by default: a good token with the scopes that the view names, and not too often."""
    found = enter()
    limits.spend(found.app_id.hex if found else None, g.tenant)
    if marks.has(current_app, request.endpoint, "public"):
        return None
    if found is None:
        raise NoToken(is_bad=bool(bearer()))
    routing.describe()
    for scope in scopes.needed(current_app, request.endpoint or "", request.view_args or {}):
        if scope not in found.actor.permissions:
            raise NotAllowed(scope)
    marks.check(current_app, tenant(), request.endpoint, request.method)
    return _answered_before()


def _answered_before() -> Response | None:
    key = once_key()
    if key is None:
        return None
    asked = Request(entry().app_id, key, _hash())
    answer = idempotency.enter(asked, entry().beside)
    if answer is None:
        g.asked = asked
        return None
    replay = Response(answer.body, answer.status)
    replay.headers.clear()
    replay.headers.extend({**answer.headers, "Content-Length": str(len(answer.body))})
    replay.headers["Idempotency-Replayed"] = "true"
    return replay


def _hash() -> bytes:
    """All that the request asks. Of a form its fields and files, for each try draws another boundary."""
    told = blake2b(f"{request.method} {request.full_path} ".encode("utf-8", "surrogatepass"), digest_size=32)
    if request.mimetype != "multipart/form-data":
        told.update(request.get_data())
        return told.digest()
    for name, value in sorted(request.form.items(multi=True), key=str):
        told.update(repr((name, value)).encode("utf-8", "surrogatepass"))
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: str(pair[0])):
        told.update(repr((name, file.filename)).encode("utf-8", "surrogatepass"))
        while piece := file.stream.read(_PIECE):
            told.update(piece)
        file.stream.seek(0)
    return told.digest()


@api.after_request
def keep_answer(response: Response) -> Response:
    """Keep the answer to a request with a key: with its effect, or where it was refused on its own."""
    asked: Request | None = g.get("asked")
    if asked is None or response.status_code >= 500 or response.status_code in NOT_KEPT:
        return response
    if response.status_code < 400:
        return _keep_effect(asked, response)
    with kept():
        _keep_refusal(asked, response)
    return response


def _keep_effect(asked: Request, response: Response) -> Response:
    try:
        idempotency.keep(asked, _answer(response))
    except KithError as error:
        return refused(error)
    return response


def _keep_refusal(asked: Request, response: Response) -> None:
    """What the request did is undone by now, so somebody with the same key may have begun anew."""
    try:
        if idempotency.enter(asked) is None:
            idempotency.keep(asked, _answer(response))
    except KithError:
        return


def _answer(response: Response) -> Answer:
    headers: dict[str, Any] = {
        name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
    }
    return Answer(response.status_code, headers, response.get_data())
