"""The one translator of all pages: what an act refuses becomes a status and a page that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import format_decimal
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.core.errors import (
    Conflict,
    Held,
    Invalid,
    KithError,
    LimitReached,
    NotAllowed,
    NotFound,
    Problem,
    Unavailable,
    Unreadable,
)  # fmt: skip
from app.domain.plans import policy
from app.ui import say as texts
from app.ui import states
from app.ui.http import is_portal, wants_json, wants_navigation
from app.ui.say import gettext as _
from tenants.breaker import CellDown, cell_down
from tenants.copying.late import came_late

OUT_OF_REACH_SECONDS = 10


@dataclass(frozen=True)
class Page:
    """What an error page says; `retry` where trying again may help."""

    status: int
    title: str
    sentence: str
    retry: bool = False


def register(app: Flask) -> None:
    """Answer every refusal and every failure; nothing unexpected shows more than its number."""
    app.register_error_handler(KithError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _failed)


def refuse(status: int) -> Response:
    """The answer for `status`, for code that stands outside a view."""
    return _answer(_of_status(status))


def say(problem: Problem) -> str:
    """A problem in the reader's language."""
    return texts.problem(problem.message, problem.data)


def by_field(error: Invalid | None) -> dict[str, str]:
    """What is wrong, in the reader's language, by field; the first problem of each."""
    told: dict[str, str] = {}
    for problem in error.problems if error else ():
        told.setdefault(problem.path, say(problem))
    return told


def _refused(error: KithError) -> Response:
    if isinstance(error, Invalid):
        return _invalid(error)
    if isinstance(error, Unreadable):
        return _invalid(Invalid([error.problem]))
    answer = _answer(_page_of(error))
    if isinstance(error, LimitReached | Held) and error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
        if isinstance(error, Held):
            _reload_after(answer, error.retry_after)
    return answer


def _reload_after(answer: Response, seconds: int) -> None:
    """The page comes back by itself as soon as what it stands for is over."""
    if request.method == "GET" and wants_navigation():
        answer.headers["Refresh"] = str(seconds)


def _page_of(error: KithError) -> Page:
    if isinstance(error, NotFound):
        return _of_status(404)
    if isinstance(error, NotAllowed):
        return _not_allowed(error)
    if isinstance(error, Conflict):
        return _telling(409, error)
    if isinstance(error, LimitReached):
        return _limited(error)
    if isinstance(error, Held):
        return _held(error)
    if isinstance(error, Unavailable):
        return _of_status(503)
    return _of_status(500)


def _not_allowed(error: NotAllowed) -> Page:
    if error.permission == "same-origin":
        return _expired()
    if policy.withheld(g.get("tenant"), error.permission):
        return _held(Held("read_only", "write"))
    return _of_status(403)


def _telling(status: int, error: KithError) -> Page:
    """The page of `status` with the error's own sentence, where it has one."""
    page = _of_status(status)
    return replace(page, sentence=_(str(error))) if str(error) else page


def _limited(error: LimitReached) -> Page:
    """Too fast is 429; what waiting does not cure, as a plan's limit, is 403. Customers read of no plan."""
    if not error.kind:
        return replace(_of_status(429), sentence=texts.problem(str(error), error.data))
    title, status = _("The limit is reached"), 429 if error.retry_after else 403
    if is_portal():
        return Page(status, _("That does not work here just now"), _forbidden())
    return Page(status, title, texts.problem(str(error), _written(error.data)))


def _written(data: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as the reader writes them."""
    return {key: format_decimal(each) if isinstance(each, int) else each for key, each in data.items()}


def _held(error: Held) -> Page:
    told = states.held(error, g.get("tenant"))
    is_refused = error.act == "write" and error.retry_after is None
    return Page(403 if is_refused else 503, told.title, told.sentence, retry=error.retry_after is not None)


def _expired() -> Page:
    return Page(403, _("This page is too old"), _("Nothing was changed. Open the page again and repeat it."))


def _of_status(status: int) -> Page:
    pages = {
        400: (_("That was not understood"), _("The request is broken. Nothing was changed.")),
        401: (_("You are signed out"), _("Sign in again to go on where you were.")),
        403: (_("You may not do this"), _forbidden()),
        404: (_("There is nothing here"), _("It may have been moved or deleted, or the address has a slip.")),
        405: (_("That does not work here"), _("This address answers to another kind of request.")),
        409: (
            _("Somebody was faster"),
            _("This was changed meanwhile. Open it again and repeat yours."),
        ),
        413: (_("That is too large"), _("Send less at once.")),
        429: (_("A little slower, please"), _("Too many requests from here. Wait a minute and try again.")),
        503: (_("Back in a moment"), _("A part of Kith does not answer. Nothing was changed.")),
    }
    title, sentence = pages.get(
        status,
        (_("Something broke on our side"), _("It is noted, and nothing was changed. Try again later."))
        if status >= 500
        else pages[400],
    )
    return Page(status, title, sentence, retry=status >= 500)


def _forbidden() -> str:
    if is_portal():
        return _("It cannot be done here. Write to us, and we do it for you.")
    return _("Your role does not allow it. An admin can change that.")


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = _answer(_of_status(error.code))
    if error.code == 405 and error.get_response().headers.get("Allow"):
        answer.headers["Allow"] = error.get_response().headers["Allow"]
    return answer


def _failed(error: Exception) -> Response:
    cause = getattr(error, "original_exception", None) or error
    if (down := cell_down(cause)) is not None:
        return _out_of_reach(down)
    if isinstance(cause, OperationalError) or came_late(cause, g.get("tenant")):
        # Away, restarting, moved, or writers in each other's way: nothing changed, trying again helps.
        current_app.logger.warning("request %s: the database: %s", g.get("request_id", ""), cause.orig)
        answer = _answer(_of_status(503))
        answer.headers["Retry-After"] = "2"
        return answer
    current_app.logger.error("request %s failed", g.get("request_id", ""), exc_info=error)
    return _answer(_of_status(500))


def _out_of_reach(down: CellDown) -> Response:
    """The company's data lies where nothing answers just now; every other company is served."""
    current_app.logger.warning("request %s: %s", g.get("request_id", ""), down)
    sentence = _(
        "The database of this company does not answer. Nothing is lost and nothing was changed. We have been "
        "told; this page tries again by itself."
    )
    title = _("This portal is out of reach") if is_portal() else _("This workspace is out of reach")
    page = Page(503, title, sentence, retry=True)
    answer = _answer(page if "tenant" in g else _of_status(503))
    answer.headers["Retry-After"] = str(OUT_OF_REACH_SECONDS)
    _reload_after(answer, OUT_OF_REACH_SECONDS)
    return answer


def _invalid(error: Invalid) -> Response:
    told = [{"path": p.path, "code": p.code, "message": say(p)} for p in error.problems]
    if wants_json():
        return _problem_json(Page(422, _("Please check this"), ""), told)
    sentence = " ".join(problem["message"] for problem in told)
    return _answer(Page(422, _("Please check this"), sentence))


def _answer(page: Page) -> Response:
    if wants_json():
        return _problem_json(page, [])
    html = render_template(
        "errors/page.html",
        layout=_layout(page.status),
        crumbs=[(page.title, None)],
        problem=page,
        request_id=g.get("request_id", "") if page.status >= 500 else "",
        reloads=page.status == 401 or (request.method == "GET" and not wants_navigation()),
    )
    return make_response(html, page.status)


def _layout(status: int) -> str:
    """Who is in stays inside the workspace or the portal; a failure leaves nothing to draw them from."""
    is_inside = "grant_id" in g and status < 500 and status != 401
    if is_portal():
        return "portal/shell.html" if is_inside else "portal/plain.html"
    return "shell.html" if is_inside else "plain.html"


def _problem_json(page: Page, errors: list[dict[str, str]]) -> Response:
    told = {"type": "about:blank", "title": page.title, "status": page.status, "detail": page.sentence}
    answer = jsonify(told | {"request_id": g.get("request_id", "")} | ({"errors": errors} if errors else {}))
    answer.status_code = page.status
    answer.mimetype = "application/problem+json"
    return answer
