"""Proof that a change was asked for by a page of ours: its origin, and a token bound to the session."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup

from app.config import Settings
from app.core.errors import NotAllowed
from app.ui import cookies, marks
from app.ui.marks import SAFE

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


def register(app: Flask) -> None:
    """Check every request that changes something, and give templates `csrf_token` and `csrf_field`."""
    app.before_request(_check)
    app.after_request(_remember_visit)
    app.jinja_env.globals.update(csrf_token=token, csrf_field=field)


def token() -> str:
    """A fresh token for this browser; every page shows another one, so compression leaks nothing."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_signature(nonce, _bound_to(), _settings().secret_keys[0])}"


def field() -> Markup:
    """The hidden field that every form which posts must contain."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def mark() -> str:
    """What tells this browser on this host from all others; begins a visit where there is none."""
    return _mark_of(cookies.read("visit") or g.setdefault("visit", secrets.token_urlsafe(24)))


def bears(given: str) -> bool:
    """Whether `given` is the mark of this browser on this host."""
    visit = cookies.read("visit")
    return bool(visit) and given.isascii() and hmac.compare_digest(given, _mark_of(visit))


def _mark_of(visit: str) -> str:
    return hashlib.sha256(f"mark:{visit}".encode("utf-8", "surrogatepass")).hexdigest()


def _check() -> None:
    if request.method in SAFE or marks.has(current_app, request.endpoint, "unproven"):
        return
    if request.routing_exception is not None:
        return  # no view is reached, which the answer says
    if not _same_origin() or not _token_holds(request.headers.get(HEADER) or request.form.get(FIELD, "")):
        raise NotAllowed("same-origin")


def _same_origin() -> bool:
    """Whether the request comes from this very host, as browsers say; clients that say nothing may pass."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    told = request.headers.get("Origin")
    if told is None and (referrer := request.headers.get("Referer")):
        parts = urlsplit(referrer)
        told = f"{parts.scheme}://{parts.netloc}"
    return told is None or told == f"{request.scheme}://{request.host}"


def _token_holds(given: str) -> bool:
    nonce, _, signature = given.partition(".")
    secret = cookies.session() or cookies.read("visit")
    if not secret or not signature.isascii():
        return False
    return any(
        hmac.compare_digest(signature, _signature(nonce, secret, key)) for key in _settings().secret_keys
    )


def _bound_to() -> str:
    """The session's cookie, or that of an anonymous visit, begun here if there is none."""
    bound: str = cookies.session() or cookies.read("visit")
    if not bound:
        bound = g.setdefault("visit", secrets.token_urlsafe(24))
    return bound


def _remember_visit(response: Response) -> Response:
    if visit := g.get("visit"):
        cookies.give(response, "visit", visit, seconds=None)
    return response


def _signature(nonce: str, secret: str, key: str) -> str:
    told = f"csrf:{nonce}:{secret}:{request.host}".encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), told, hashlib.sha256).hexdigest()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kith"]
    return settings
