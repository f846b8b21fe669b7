"""The workspace's settings, one's own profile, and the choices of look that are kept while one works."""

from typing import Any

from babel import Locale
from flask import g, jsonify, make_response, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.core.permissions import require
from app.domain.identities import actions as identities
from app.domain.identities import queries as identity_queries
from app.domain.identities.models import Identity
from app.domain.identities.rules import clean_name
from app.domain.members import access, queries
from app.domain.members import actions as members
from app.domain.portal import links
from app.domain.workspace import actions, rules
from app.domain.workspace import queries as workspace_queries
from app.ui import cookies
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.settings import places
from app.ui.signed_in import where
from app.web.doors import actor, tenant, workspace
from tenants import placing

NUMBERS = frozenset({"grace_days", "week_start", "answer_hours", "opens_at", "closes_at"})
SWITCHES = frozenset({"letters_need_approval"})
DENSITIES = {"default": "comfortable", "comfortable": "comfortable", "compact": "compact"}


@workspace.get("/settings")
def show_settings() -> str:
    """The workspace's settings; who may not change them sees them."""
    return _settings_page(vars(workspace_queries.settings()))


@workspace.post("/settings")
def store_settings() -> Response:
    """Store what the form holds."""
    values = _given()
    try:
        changed = actions.change(actor(), values)
    except Invalid as refused:
        known = vars(workspace_queries.settings()) | values
        return make_response(_settings_page(known, refused), 422)
    toast(_("Saved.") if changed else _("Nothing was changed."))
    return see_other("/settings")


@workspace.get("/profile")
def show_profile() -> str:
    """One's own name, language, look, address and password."""
    return _profile_page()


@workspace.post("/profile")
def store_profile() -> Response:
    """Store name, language, zone and look."""
    known = ("name", "language", "time_zone", "theme", "density")
    return _profile_act(
        lambda: members.change_profile(
            actor(), {key: request.form[key] for key in known if key in request.form}
        ),
        _("Saved."),
    )


@workspace.post("/profile/password")
@always
def store_own_password() -> Response:
    """Another password for who knows the old one; other browsers are signed out."""
    form = request.form
    return _profile_act(
        lambda: access.change_password(
            _identity(), form.get("old_password", ""), form.get("password", ""), where(), g.entry.parent_id
        ),
        _("Your password is changed, other browsers are signed out."),
    )


@workspace.post("/profile/email")
def ask_for_another_email() -> Response:
    """Mail a code to a new address."""
    form = request.form
    return _profile_act(
        lambda: identities.ask_to_change_email(
            _identity(), form.get("email", ""), form.get("email_password", ""), where()
        ),
        _("Open the mail we sent to the new address. Until then the old one stays."),
    )


@workspace.post("/preferences")
@always
def store_preference() -> Response:
    """One choice of look at a time, made in the menu."""
    form = request.form
    answer = jsonify(ok=True)
    if "side" in form:
        cookies.give(answer, "side", "folded" if form["side"] == "folded" else "open", cookies.YEAR_SECONDS)
        return answer
    values = {key: form[key] for key in ("theme", "density", "language") if key in form}
    if "density" in values:
        values["density"] = DENSITIES.get(values["density"], values["density"])
    members.change_profile(actor(), values)
    return answer


def _given() -> dict[str, Any]:
    form, values = request.form, dict[str, Any]()
    for key in rules.KEYS:
        if key == "working_days":
            values[key] = sorted(form.getlist(key, type=int))
        elif key in SWITCHES and key in form:
            values[key] = form.getlist(key)[-1] == "1"
        elif key in form:
            values[key] = form.get(key, type=int) if key in NUMBERS else clean_name(form[key])
    return values


def _settings_page(values: dict[str, Any], refused: Invalid | None = None) -> str:
    may_change = "workspace:manage" in actor().permissions
    require(actor(), "members:read")
    locale = get_locale()
    return render_template(
        "web/settings/workspace.html",
        crumbs=[(_("Settings"), None)],
        values=values,
        errors=by_field(refused),
        may_change=may_change,
        places=places(actor().permissions),
        may_close="owners:manage" in actor().permissions,
        slug=tenant().slug,
        address=f"{tenant().slug}.{request.host.partition('.')[2]}",
        home=placing.label(tenant().region),
        days=[(number, locale.days["format"]["wide"][number - 1]) for number in range(1, 8)],
        zones=[(name, name) for name in rules.time_zones()],
        currencies=[(code, f"{code} · {locale.currencies.get(code, code)}") for code in rules.currencies()],
        countries=[("", ""), *country_choices(locale)],
        portal=links.address(tenant()),
    )


def country_choices(locale: Locale) -> list[tuple[str, str]]:
    """Codes and names of countries, by name."""
    named = ((code, locale.territories[code]) for code in rules.countries() if code in locale.territories)
    return sorted(named, key=lambda each: str(each[1]))


def _profile_act(act: Any, told: str) -> Response:
    try:
        act()
    except Invalid as refused:
        return make_response(_profile_page(refused), 422)
    toast(told)
    return see_other("/profile")


def _profile_page(refused: Invalid | None = None) -> str:
    member = queries.get(g.actor.id)
    settings = workspace_queries.settings()
    return render_template(
        "web/settings/profile.html",
        crumbs=[(_("Your profile"), None)],
        member=member,
        form=request.form if refused else {},
        workspace=settings,
        errors=by_field(refused),
        zones=[("", _("Like the workspace: %(zone)s", zone=settings.time_zone))]
        + [(name, name) for name in rules.time_zones()],
    )


def _identity() -> Identity:
    identity = identity_queries.by_id(g.actor.identity_id)
    if identity is None:
        raise NotFound
    return identity
