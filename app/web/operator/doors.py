"""The blueprint of the operator's pages and its guard: closed by default, the password asked each hour."""

from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import NotFound
from app.domain.identities.sessions import SignedIn
from app.domain.operators import queries
from app.domain.operators.actions import By
from app.ui import operating
from app.ui.errors import refuse
from app.ui.formats import Formats
from app.ui.http import toasts, wants_navigation
from app.ui.say import gettext as _
from app.ui.shell import NavItem, NavSection, Shell
from app.ui.signed_in import signed_in, where

operator = Blueprint("operator", __name__, url_prefix="/operator")
# Where the password is asked again, and what may be done before.
UNPROVEN = frozenset({"operator.ask_password", "operator.give_password"})


def who() -> SignedIn:
    """The operator who is signed in."""
    present: SignedIn = g.operator
    return present


def by() -> By:
    """The operator as one whose acts are written down."""
    return By(who().identity.id, where().address)


def formats() -> Formats:
    """How these pages write: in UTC, as logs do."""
    return Formats(str(get_locale() or "en"), ZoneInfo("UTC"), now())


@operator.before_request
def guard() -> Response | None:
    """For operators only; whoever else comes finds nothing, signed in or not."""
    present = signed_in()
    if present is None or not queries.is_operator(present.identity.id):
        raise NotFound
    g.operator = present
    if request.endpoint in UNPROVEN or queries.is_proven(present.session_id):
        return None
    if request.method != "GET" or not wants_navigation():
        return refuse(403)
    return redirect(url_for("operator.ask_password", next=request.full_path.rstrip("?")))


@operator.context_processor
def _given() -> dict[str, object]:
    if "operator" not in g:
        return {}
    return {"shell": _shell(), "write": formats(), "words": operating}


def _shell() -> Shell:
    return Shell(
        workspace="Kith",
        member=who().identity.name,
        email=who().identity.email,
        nav=(NavSection("", _places()),),
        home="/operator",
        sign_out_url=url_for("base.end_session"),
        switch_url=url_for("base.list_workspaces"),
        toasts=toasts(),
    )


def _places() -> tuple[NavItem, ...]:
    return (
        _place(_("Overview"), "/operator", "gauge"),
        _place(_("Companies"), "/operator/tenants", "building-2"),
        _place(_("Slow"), "/operator/slow", "timer"),
        _place(_("Support"), "/operator/support", "life-buoy"),
        _place(_("Maintenance"), "/operator/maintenance", "construction"),
    )


def _place(label: str, path: str, icon: str) -> NavItem:
    is_below = path != "/operator" and request.path.startswith(f"{path}/")
    return NavItem(label, path, icon, current=request.path == path or is_below)
