"""The blueprint that every endpoint of the API hangs on, and its guard: a token or nothing."""

from uuid import UUID

from flask import Blueprint, g, request

from tenants.catalogue import by_id
from tenants.context import Tenant

api = Blueprint("api", __name__, url_prefix="/api/v1")


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
