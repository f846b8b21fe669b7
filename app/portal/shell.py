"""What stands round every page of a portal: whose it is, its places, who is in."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from werkzeug.local import LocalProxy

from app.domain.messages import unread
from app.domain.workspace import queries as workspace
from app.portal.doors import SUFFIX
from app.records.reader import Reader
from app.ui.http import is_portal, toasts
from app.ui.say import gettext as _
from tenants.catalogue import by_slug
from tenants.context import maybe_current


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places of a portal; `count` is what waits there."""

    label: str
    href: str
    icon: str
    current: bool
    count: int = 0


def register(app: Flask) -> None:
    """Give templates of a portal its company, places and customer."""

    @app.context_processor
    def _given() -> dict[str, Any]:
        if not is_portal():
            return {}
        given: dict[str, Any] = {"company": LocalProxy(_company), "help_phone": LocalProxy(_phone)}
        # After a failure the unit of work is over: the page that says so asks the database nothing.
        if "grant_id" not in g or maybe_current() is None:
            return given | {"flashes": LocalProxy(toasts)}
        return given | {
            "customer": g.actor,
            "places": LocalProxy(_places),
            "flashes": LocalProxy(toasts),
            "live_cursor": Reader.at(g.entry.snapshot).cursor,
        }


def _company() -> str:
    """The name of the company whose portal the host names, also where no page is."""
    tenant = g.get("tenant") or by_slug(request.host.partition(".")[0].removesuffix(SUFFIX))
    return tenant.name if tenant else ""


def _phone() -> str:
    if "entry" in g and g.entry is not None:
        return str(g.entry.settings.phone)
    return str(workspace.setting("phone")) if maybe_current() is not None else ""


def _places() -> tuple[Place, ...]:
    if "places" not in g:
        fresh = unread.count(g.actor)
        g.places = (
            _place(_("Start"), "/", "house"),
            _place(_("Orders"), "/orders", "package"),
            _place(_("Messages"), "/messages", "messages-square", fresh),
            _place(_("My data"), "/profile", "circle-user"),
        )
    places: tuple[Place, ...] = g.places
    return places


def _place(label: str, path: str, icon: str, count: int = 0) -> Place:
    here = request.path == path or (path != "/" and request.path.startswith(f"{path}/"))
    return Place(label, path, icon, here, count)
