"""The blueprint that a portal's pages hang on, at `<slug>-portal.`, and its guard: closed by default."""

from typing import Any

from flask import Blueprint, Flask, current_app, g, request, url_for
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import NotFound
from app.domain.calendar import queries as calendars
from app.domain.plans import policy, usage
from app.domain.portal import sessions
from app.domain.portal.sessions import Entry
from app.ui import cookies, marks
from app.ui.errors import refuse
from app.ui.http import wants_navigation
from tenants import slugs
from tenants.catalogue import by_slug
from tenants.context import Tenant

SUFFIX = "-portal"

portal = Blueprint("portal", __name__, subdomain="<portal:slug>")


class PortalConverter(BaseConverter):
    """A portal's address, `acme-portal`, as the workspace's slug `acme`."""

    regex = r"[a-z0-9-]+-portal"
    part_isolating = True

    def to_python(self, value: str) -> str:
        slug = value.removesuffix(SUFFIX)
        if slugs.fault(slug) is not None:
            raise ValidationError
        return slug

    def to_url(self, value: str) -> str:
        return f"{value}{SUFFIX}"


def actor() -> Actor:
    """The customer who is in."""
    present: Actor = g.actor
    return present


def entry() -> Entry:
    """The customer who is in, by which session of which account."""
    present: Entry = g.entry
    return present


def tenant() -> Tenant:
    """Whose portal this is."""
    present: Tenant = g.tenant
    return present


def register(app: Flask) -> None:
    """Hide the slug from views; building addresses fills it in again."""

    @app.url_value_preprocessor
    def _take_slug(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and endpoint and endpoint.startswith("portal."):
            g.slug = values.pop("slug", None)


def find_tenant() -> Tenant | None:
    """The tenant whose portal the host names; None where nobody has that address."""
    g.tenant = by_slug((request.view_args or {}).get("slug", ""))
    found: Tenant | None = g.tenant
    return found


@portal.before_request
def guard() -> Response | None:
    """Lets a customer in, sends everybody else to sign in; a workspace that is closed lets nobody in."""
    if g.tenant is None:
        raise NotFound
    policy.require(tenant(), "portal")
    usage.count("requests")
    found = g.entry = sessions.enter(cookies.read("customer"), tenant(), request_id=g.request_id)
    if found is not None:
        g.actor, g.grant_id = found.actor, found.grant_id
        calendars.prime(found.settings)
        sessions.note_use(found)
    if found is None and not marks.has(current_app, request.endpoint, "public"):
        return _to_sign_in()
    marks.check(current_app, tenant(), request.endpoint, request.method)
    return None


def _to_sign_in() -> Response:
    if request.method != "GET" or not wants_navigation():
        return refuse(401)
    wish = request.full_path.rstrip("?")
    return redirect(url_for("portal.sign_in_page", next=wish if wish != "/" else None))
