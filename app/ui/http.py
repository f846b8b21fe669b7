"""What doors share about asking and answering: who asks for what, redirects, toasts, numbers of requests."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, flash, g, get_flashed_messages, has_request_context, redirect, request
from werkzeug.wrappers import Response

from app.ui.shell import Toast

_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
TURBO_STREAM = "text/vnd.turbo-stream.html"
# What an app asks for travels in the address, its own state of a thousand letters included.
LONGEST_PATH = 8000


def register(app: Flask) -> None:
    """Number each request; a number from the front server is kept."""

    @app.before_request
    def _number() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def wants_json() -> bool:
    """Whether a program asks, not a page."""
    best = request.accept_mimetypes.best_match(["text/html", TURBO_STREAM, "application/json"])
    return best == "application/json"


def wants_stream() -> bool:
    """Whether Turbo asks and takes a stream of changes in place of a page."""
    return TURBO_STREAM in request.headers.get("Accept", "")


def wants_navigation() -> bool:
    """Whether the answer becomes the browser's page; a fetch by a script cannot follow to another host."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and not wants_json()


def is_portal() -> bool:
    """Whether a customers' door was asked, whatever there is behind the address."""
    return has_request_context() and request.host.partition(".")[0].endswith("-portal")


def see_other(address: str) -> Response:
    """Send the browser on after a change (303): the page it asks for next is a GET."""
    return redirect(address, code=303)


def own_path(text: str | None, otherwise: str = "/") -> str:
    """`text` where it is a path on this very host, else `otherwise`: no way leads to another host."""
    if not text or not text.startswith("/") or text.startswith("//") or len(text) > LONGEST_PATH:
        return otherwise
    if any(character in "\\" or ord(character) < 33 or ord(character) == 127 for character in text):
        return otherwise
    try:
        parts = urlsplit(text)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else text


def toast(
    message: str, undo_url: str | None = None, *, broken: bool = False, job_id: UUID | None = None
) -> None:
    """Say `message` on the next page, once; with `undo_url` it offers to take the act back.

    With `job_id` it tells how far that job is.
    """
    told = {
        "message": message,
        "undo_url": undo_url,
        "state": "broken" if broken else "",
        "job_id": str(job_id) if job_id else None,
    }
    flash(told)  # type: ignore[arg-type]


def toasts() -> tuple[Toast, ...]:
    """What was said since the last page; a part that is fetched behind an open page takes none of it."""
    if request.headers.get("X-Live"):
        return ()
    told: list[Any] = get_flashed_messages()
    return tuple(Toast(**message) for message in told)
