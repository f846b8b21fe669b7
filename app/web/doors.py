"""The two blueprints that every page hangs on, and the guard of the workspace: closed by default."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import NotFound
from app.domain.calendar import queries as calendars
from app.domain.members import sessions
from app.domain.operators import visits
from app.domain.plans import policy, usage
from app.ui import cookies, marks, proof
from app.ui.errors import refuse
from app.ui.http import wants_navigation
from app.ui.records import routing
from tenants import slugs
from tenants.catalogue import by_slug
from tenants.context import Tenant

base = Blueprint("base", __name__)
workspace = Blueprint("workspace", __name__, subdomain="<slug:slug>")


class SlugConverter(BaseConverter):
    """A workspace's address; reserved names and portals match no rule at all."""

    # A rule whose host fits and is refused later ends the search: portals must not fit at all.
    regex = r"[a-z0-9-]+(?<!-portal)"
    part_isolating = True

    def to_python(self, value: str) -> str:
        if slugs.fault(value) is not None:
            raise ValidationError
        return value


def actor() -> Actor:
    """Who is signed in on this page of the workspace."""
    present: Actor = g.actor
    return present


def tenant() -> Tenant:
    """Whose page this is."""
    present: Tenant = g.tenant
    return present


def register(app: Flask) -> None:
    """Hide the slug from views and fill it in when addresses are built."""

    @app.url_value_preprocessor
    def _take_slug(endpoint: str | None, values: dict[str, Any] | None) -> None:
        slug = values.pop("slug", None) if values and endpoint and endpoint.startswith("workspace.") else None
        if slug is not None:
            g.slug = slug

    @app.url_defaults
    def _fill_slug(endpoint: str, values: dict[str, Any]) -> None:
        if "slug" not in values and "slug" in g and app.url_map.is_endpoint_expecting(endpoint, "slug"):
            values["slug"] = g.slug


def find_tenant() -> Tenant | None:
    """The tenant that the host names; None on the base host and where nobody has that address."""
    rule = request.url_rule
    if rule is None or not rule.endpoint.startswith("workspace."):
        return None
    g.tenant = by_slug((request.view_args or {}).get("slug", ""))
    found: Tenant | None = g.tenant
    return found


@base.before_request
def _hold() -> None:
    """While everything is worked upon only those who do it, and machines, get an answer."""
    if not marks.has(current_app, request.endpoint, "always"):
        policy.require_open()


@workspace.before_request
def guard() -> Response | None:
    """Lets a member in, sends everybody else to sign in; a workspace that is closed lets nobody in."""
    if g.tenant is None:
        raise NotFound
    if policy.of(tenant()).passes:
        policy.require(tenant(), "enter")
    usage.count("requests")
    cookie, number = cookies.read("session"), g.request_id
    entry = g.entry = sessions.enter(cookie, tenant(), door="web", request_id=number) or visits.enter(
        cookie, tenant(), number
    )
    if entry is not None:
        g.actor, g.grant_id = entry.actor, entry.grant_id
        calendars.prime(entry.settings)
        sessions.note_use(entry)
    # Whoever is in learns more of why the workspace is closed.
    policy.require(tenant(), "enter")
    if entry is None and not marks.has(current_app, request.endpoint, "public"):
        return _to_sign_in()
    routing.describe()
    marks.check(current_app, tenant(), request.endpoint, request.method)
    if entry is not None and request.method in marks.SAFE and policy.is_still(tenant()):
        # Pages offer what can be done; acts that are always allowed ask for the whole of one's rights.
        g.actor = replace(entry.actor, permissions=policy.without_changes(entry.actor.permissions))
    return None


def _to_sign_in() -> Response:
    if request.method != "GET" or not wants_navigation():
        return refuse(401)
    wish = request.full_path.rstrip("?")
    after = wish if wish != "/" else None
    return to_sign_in(after)


def to_sign_in(wish: str | None) -> Response:
    """To the base host, from where this very browser comes back with a code; then on to `wish`."""
    return redirect(
        url_for("base.sign_in_page", workspace=tenant().slug, next=wish, mark=proof.mark(), _external=True)
    )
