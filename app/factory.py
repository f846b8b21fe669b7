"""The one Flask application: hosts, the unit of work around every request, and every door's pages."""

import os
from collections.abc import Callable
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request

from app import api, config, portal, web
from app.api.oauth.doors import oauth
from app.config import Settings
from app.core import collector, kms, presence, process
from app.core.errors import LimitReached
from app.core.turnstile import Turnstile
from app.domain import catalogue
from app.domain.plans import usage
from app.ui import components, cookies, errors, headers, http, marks, proof, templating, translate, wire
from app.ui.hosts import Hosts
from app.ui.marks import SAFE
from app.ui.records.routing import ObjectConverter
from app.web import doors, shell
from app.web.operator.doors import operator
from tenants import engines, hanging, news, stopwatch
from tenants import session as database
from tenants.breaker import cell_down
from tenants.context import Tenant, entered
from tenants.session import unit_of_work

LARGEST_BODY = 25 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024
# What the proxy has whole before it asks us: see stack.caddy.
BUFFERED = 256 * 1024
LARGE_PLACES = 16

_FINDERS: dict[str, Callable[[], Tenant | None]] = {
    "workspace": doors.find_tenant,
    "portal": portal.doors.find_tenant,
    "api": api.doors.find_tenant,
}


class KithFlask(Flask):
    """Flask whose every request is one unit of work, for the tenant that its host names."""

    jinja_environment = templating.Environment

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name, **more)
        self.for_all, self.for_large = Turnstile(), Turnstile(LARGE_PLACES)

    def full_dispatch_request(self) -> Response:
        """Answer the request; where only this machine listens, with what the databases took of its time.

        Elsewhere nobody is told: the time would say whether an address is known.
        """
        began = perf_counter()
        with stopwatch.running() as waited:
            response = self._unit_of_work()
        _note_time(perf_counter() - began, waited.seconds)
        if not self.extensions["kith"].secure:
            told = f'db;dur={waited.seconds * 1000:.2f};desc="{waited.times} round trips"'
            response.headers["Server-Timing"] = told
        return response

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """All that answers here is synchronous; asking it of every part with every request takes its time."""
        return func

    def _unit_of_work(self) -> Response:
        """The answer to a request that has been given its place among those of all companies."""
        tenant = _find_tenant()
        try:
            who = tenant.schema if tenant else _stranger()
            with self._turnstile().passed(who, lingers=tenant is not None):
                return self._committed(tenant)
        except LimitReached as crowded:
            return self.finalize_request(self.handle_user_exception(crowded))

    def _turnstile(self) -> Turnstile:
        """Who brings much at once may bring it slowly, and meanwhile needs no processor."""
        expected = request.content_length if request.content_length is not None else LARGEST_BODY
        is_large = request.method not in SAFE and expected > BUFFERED
        return self.for_large if is_large else self.for_all

    def _committed(self, tenant: Tenant | None) -> Response:
        """Commit what a request changed when the answer is below 400, else undo it. A GET cannot write."""
        try:
            with entered(tenant), unit_of_work(read_only=self._reads_only()):
                response = super().full_dispatch_request()
                if response.status_code >= 400:
                    raise _Undo(response)
        except _Undo as undo:
            return undo.response
        return response

    def log_exception(self, exc_info: Any) -> None:
        """As always, but a cell that is down is told in a line by whoever answers, once for each request."""
        if cell_down(exc_info[1]) is None:
            super().log_exception(exc_info)

    def _reads_only(self) -> bool:
        return request.method in SAFE and not marks.has(self, request.endpoint, "redeems_code")


def _find_tenant() -> Tenant | None:
    """The tenant that the request is for, as its door finds it; None on the pages of the base host."""
    finder = _FINDERS.get(request.blueprint or "")
    return finder() if finder else None


def _stranger() -> str:
    """Who asks on pages of no company: each address for itself, so that one keeps no other waiting."""
    return f"{request.endpoint} {request.remote_addr}"


def _note_time(seconds: float, waited: float) -> None:
    """Count the time of a company's page, and what of it the databases took."""
    with entered(g.get("tenant")):
        usage.count("request_ms", seconds * 1000)
        usage.count("database_ms", waited * 1000)
    if (tenant := g.get("tenant")) is not None:
        presence.note(tenant.schema)


class _Undo(Exception):
    """Carries an answer past the unit of work that it undoes."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def create_app(settings: Settings) -> KithFlask:
    """The application for `settings`, ready for a WSGI server."""
    app = KithFlask(__name__, static_folder=None, subdomain_matching=True)
    app.config.update(
        SERVER_NAME=settings.server_name,
        PREFERRED_URL_SCHEME=settings.scheme,
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME=cookies.name_of("said", settings),
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
    )
    app.session_interface = cookies.Said()
    app.extensions["kith"] = settings
    process.configure(settings)
    kms.settle(settings)
    engines.configure(settings.database_url, settings.secret_keys)
    database.init_app(app)
    app.url_map.converters |= {
        "slug": doors.SlugConverter,
        "portal": portal.doors.PortalConverter,
        "object": ObjectConverter,
    }
    parts = (http, wire, proof, translate, components, errors, doors, shell, portal.doors, portal.shell)
    for part in (*parts, api.problems, api.limits):
        part.register(app)
    headers.register(app, settings)
    assert catalogue.OBJECTS, "objects are registered when their features are imported"
    assert web.FEATURES, "the pages hang themselves on the doors when they are imported"
    assert api.FEATURES, "so do the endpoints"
    assert portal.FEATURES, "and the pages of customers"
    for door in (doors.base, operator, doors.workspace, portal.doors.portal, api.doors.api, oauth):
        app.register_blueprint(door)
    app.wsgi_app = Hosts(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app


def create_app_from_env() -> KithFlask:
    """The application for the KITH_* variables of this process."""
    app = create_app(config.load(os.environ))
    news.follow()
    hanging.watch()
    collector.settle()
    return app
