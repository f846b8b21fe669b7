"""Cookies of the doors: host-only, unreadable for scripts, one name for each installation."""

from typing import Literal
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app.config import Settings

Name = Literal["session", "customer", "visit", "language", "said", "side", "live"]

SESSION_SECONDS = 30 * 24 * 3600
YEAR_SECONDS = 365 * 24 * 3600


class Said(SecureCookieSessionInterface):
    """What is said on the next page, in a signed cookie; whoever brings none has no signature to check."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def name_of(name: Name, settings: Settings) -> str:
    """The full name. Cookies ignore ports, so a port in the address becomes a part of it."""
    port = urlsplit(settings.base_url).port
    full = f"kith-{name}" + (f"-{port}" if port else "")
    return f"__Host-{full}" if settings.secure else full


def read(name: Name) -> str:
    """The cookie's value, or an empty string."""
    return request.cookies.get(name_of(name, current_app.extensions["kith"]), "")


def session() -> str:
    """What proves who is in on this host: a member's session, or a customer's; or an empty string."""
    return read("session") or read("customer")


def give(response: Response, name: Name, value: str, seconds: int | None = SESSION_SECONDS) -> None:
    """Set a cookie for this host alone; without `seconds` it ends with the browser."""
    settings: Settings = current_app.extensions["kith"]
    response.set_cookie(
        name_of(name, settings),
        value,
        max_age=seconds,
        secure=settings.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def take(response: Response, name: Name) -> None:
    """Remove a cookie of this host."""
    settings: Settings = current_app.extensions["kith"]
    response.delete_cookie(
        name_of(name, settings), path="/", secure=settings.secure, httponly=True, samesite="Lax"
    )
