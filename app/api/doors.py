"""The blueprint that every endpoint of the API hangs on, and its guard: a token or nothing."""

from uuid import UUID

from flask import Blueprint, g, request

from app.core.actor import Actor
from app.domain.apps import tokens
from app.domain.calendar import queries as calendars
from app.domain.idempotency import actions as idempotency
from app.domain.plans import policy
from app.records import habits
from tenants.catalogue import by_id
from tenants.context import Tenant

PREFIX = "/api/"
api = Blueprint("api", __name__, url_prefix="/api/v1")


class NoToken(Exception):
    """Nobody is in: there is no token (`is_bad` False), or none that is good."""

    def __init__(self, *, is_bad: bool) -> None:
        super().__init__("no token")
        self.is_bad = is_bad


def actor() -> Actor:
    """Who asks, with the rights of the token."""
    present: Actor = g.actor
    return present


def entry() -> tokens.Entry:
    """By which app and token."""
    present: tokens.Entry = g.entry
    return present


def tenant() -> Tenant:
    """Whose data it is about."""
    present: Tenant = g.tenant
    return present


def find_tenant() -> Tenant | None:
    """The tenant that the bearer token names; None without one, and where it names nobody."""
    opaque, _, _ = bearer().partition(".")
    try:
        g.tenant = by_id(UUID(hex=opaque))
    except ValueError:
        g.tenant = None
    found: Tenant | None = g.tenant
    return found


def bearer() -> str:
    """The token of the Authorization header (RFC 6750 section 2.1), or an empty text."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def once_key() -> str | None:
    """The key under which this request is answered once, however often it comes; None where it has none."""
    return request.headers.get(idempotency.HEADER) if request.method == "POST" else None


def enter() -> tokens.Entry | None:
    """Who comes in with the request's token; None: nobody, or the workspace is closed."""
    if g.tenant is None:
        return None
    key = once_key()
    beside = idempotency.beside(key) if key is not None else None
    found = tokens.enter(bearer(), g.tenant, request_id=g.request_id, beside=beside)
    if found is None:
        return None
    policy.require(g.tenant, "api")
    g.entry, g.actor = found, found.actor
    calendars.prime(found.settings)
    habits.prime(vars(found.settings))
    tokens.note_use(found)
    return found
