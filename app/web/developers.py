"""Developers' pages: the company's own apps, and every app that members have let in."""

from uuid import UUID

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Conflict, Invalid
from app.core.ids import new_id, parse_id
from app.core.permissions import SCOPES, require
from app.domain.apps import actions, consents, queries, rules
from app.domain.apps.actions import Wanted
from app.domain.apps.models import App
from app.records import registry
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.scopes import scope_groups, scope_words
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

# What nearly every app starts with; the rest of the list is a click away.
FIRST_SCOPES = ("companies:read", "contacts:read")


@workspace.get("/developers")
def list_apps() -> str:
    """The company's apps, and who has let which app in."""
    require(actor(), actions.PERMISSION)
    return render_template(
        "web/developers/list.html",
        crumbs=[(_("Settings"), "/settings"), (_("Developers"), None)],
        apps=queries.of_company(),
        connections=consents.connections(actor(), everybodys=True),
        sort_of=sort_of,
        write=formats(),
        documentation=url_for("oauth.documentation", _external=True),
    )


@workspace.get("/developers/apps/new")
def new_app() -> str:
    """The form for an app of the sort `?sort=`: server, web or native."""
    require(actor(), actions.PERMISSION)
    sort = request.args.get("sort", "")
    if sort not in rules.SHAPES:
        return render_template("web/developers/sorts.html", crumbs=_crumbs(_("New app")), sorts=sorts())
    return _form(sort, Wanted("", "confidential", (), FIRST_SCOPES), app_id=new_id())


@workspace.post("/developers/apps")
def register_app() -> Response:
    """Register; the answer shows the secret, once, and a line to try the API with."""
    sort = request.form.get("sort", "")
    shape = rules.SHAPES.get(sort, rules.SHAPES["server"])
    wanted = _wanted(shape)
    app_id = parse_id(request.form.get("app_id", "")) or new_id()
    try:
        app, secret = actions.register(actor(), wanted, app_id=app_id)
    except Conflict:
        return see_other(url_for("workspace.show_app", app_id=app_id))
    except Invalid as refused:
        return make_response(_form(sort, wanted, refused, app_id=app_id), 422)
    return _shown(app, secret)


@workspace.get("/developers/apps/<uuid:app_id>")
def show_app(app_id: UUID) -> str:
    """One app: what it may do, where it sends people back to, its secret's age."""
    require(actor(), actions.PERMISSION)
    return _page(queries.own(app_id))


@workspace.get("/developers/apps/<uuid:app_id>/edit")
def edit_app(app_id: UUID) -> str:
    """The form with what the app is now."""
    require(actor(), actions.PERMISSION)
    app = queries.own(app_id)
    known = Wanted(app.name, "confidential", (), tuple(app.scopes), tuple(app.redirect_uris))
    return _form(sort_of(app), known, app=app)


@workspace.post("/developers/apps/<uuid:app_id>")
def change_app(app_id: UUID) -> Response:
    """Store what the form holds."""
    app = queries.own(app_id)
    wanted = _wanted(rules.SHAPES[sort_of(app)])
    try:
        actions.change(actor(), app_id, wanted)
    except Invalid as refused:
        return make_response(_form(sort_of(app), wanted, refused, app=app), 422)
    toast(_("Saved."))
    return _to(app)


@workspace.post("/developers/apps/<uuid:app_id>/secret")
def rotate_secret(app_id: UUID) -> Response:
    """Another secret, shown once; the one before works on for a week."""
    app, secret = actions.rotate_secret(actor(), app_id)
    return _shown(app, secret)


@workspace.post("/developers/apps/<uuid:app_id>/previous-secret/removal")
@always
def forget_previous_secret(app_id: UUID) -> Response:
    """The secret before the present one stops working now."""
    app = actions.forget_previous_secret(actor(), app_id)
    toast(_("Only the newest secret works now."))
    return _to(app)


@workspace.post("/developers/apps/<uuid:app_id>/token")
def show_token(app_id: UUID) -> Response:
    """A fresh token in a line to copy."""
    issued = actions.fresh_token(actor(), app_id)
    return make_response(_page(queries.own(app_id), curl=_curl(issued.access_token, issued.scopes)))


@workspace.post("/developers/apps/<uuid:app_id>/pause")
@always
def pause_app(app_id: UUID) -> Response:
    """Shut the app out everywhere, or with `resume` let it ask again."""
    if "resume" in request.form:
        app = actions.enable(actor(), app_id)
        toast(_("%(app)s may ask to be let in again.", app=app.name))
    else:
        app = actions.disable(actor(), app_id)
        toast(_("%(app)s is shut out; its tokens have ended.", app=app.name))
    return _to(app)


@workspace.post("/developers/apps/<uuid:app_id>/removal")
@always
def remove_app(app_id: UUID) -> Response:
    """Delete an app and all its tokens."""
    app = actions.delete(actor(), app_id)
    toast(_("%(app)s is deleted; its tokens have ended.", app=app.name))
    return see_other(url_for("workspace.list_apps"))


@workspace.get("/connected-apps")
def list_connections() -> str:
    """The apps that one has let in oneself."""
    return render_template(
        "web/developers/connections.html",
        crumbs=[(_("Your profile"), "/profile"), (_("Connected apps"), None)],
        connections=[(each, scope_words(each.scopes)) for each in consents.connections(actor())],
        write=formats(),
    )


@workspace.post("/connected-apps/<uuid:consent_id>/removal")
@always
def end_connection(consent_id: UUID) -> Response:
    """Take back what an app was let do."""
    name = consents.end(actor(), consent_id)
    toast(_("%(app)s is shut out.", app=name))
    to_list = "list_apps" if request.form.get("from") == "developers" else "list_connections"
    return see_other(url_for(f"workspace.{to_list}"))


def sort_of(app: App) -> str:
    """Which sort an app was registered as; one of an unusual mix counts as what is nearest."""
    if app.kind == "public":
        return "native"
    return "web" if rules.AUTHORIZATION_CODE in app.grant_types else "server"


def sorts() -> list[tuple[str, str, str, str]]:
    """(name, icon, title, explanation) of the sorts of apps."""
    return [
        (
            "server",
            "server",
            _("A program of our own"),
            _("Acts by itself: nightly exports, a shop, a script."),
        ),
        (
            "web",
            "globe",
            _("A web app with a server"),
            _("Acts for each member who lets it in, and keeps a secret."),
        ),
        (
            "native",
            "smartphone",
            _("An app for phone, desktop, browser or device"),
            _("Acts for each member who lets it in; it cannot keep a secret and needs none."),
        ),
    ]


def _wanted(shape: rules.Shape) -> Wanted:
    form = request.form
    return Wanted(
        name=" ".join(form.get("name", "").split()),
        kind=shape.kind,
        grant_types=shape.grant_types,
        scopes=tuple(form.getlist("scopes")),
        redirect_uris=tuple(form.get("redirect_uris", "").split()),
    )


def _form(
    sort: str,
    wanted: Wanted,
    refused: Invalid | None = None,
    *,
    app: App | None = None,
    app_id: UUID | None = None,
) -> str:
    title = next((title for name, _icon, title, _more in sorts() if name == sort), _("New app"))
    return render_template(
        "web/developers/form.html",
        crumbs=_crumbs(app.name if app else title),
        sort=sort,
        wanted=wanted,
        app=app,
        app_id=app_id,
        errors=by_field(refused),
        scopes=scope_groups(scope for scope in SCOPES if scope in actor().permissions),
        takes_people=sort != "server",
    )


def _shown(app: App, secret: str | None) -> Response:
    curl = ""
    if rules.CLIENT_CREDENTIALS in app.grant_types and app.disabled_at is None:
        issued = actions.fresh_token(actor(), app.id)
        curl = _curl(issued.access_token, issued.scopes)
    return make_response(_page(app, secret=secret, curl=curl))


def _page(app: App, *, secret: str | None = None, curl: str = "") -> str:
    base = current_app.extensions["kith"].base_url
    mine = [each for each in consents.connections(actor(), everybodys=True) if each.app_id == app.id]
    used = [each.last_used_at for each in mine if each.last_used_at]
    return render_template(
        "web/developers/app.html",
        crumbs=_crumbs(app.name),
        app=app,
        sort=sort_of(app),
        secret=secret,
        curl=curl,
        token_curl=_token_curl(app, secret),
        scopes=scope_words(app.scopes),
        connections=mine,
        last_used=max(used, default=None),
        overlaps=len(queries.secret_hashes(app)) > 1,
        acts_by_itself=rules.CLIENT_CREDENTIALS in app.grant_types,
        write=formats(),
        base=base,
        documentation=url_for("oauth.documentation", _external=True),
    )


def _curl(token: str, scopes: tuple[str, ...]) -> str:
    """A line that reads the first object that the token may see."""
    known = {described.name for described in registry.every()}
    readable = (scope.removesuffix(":read") for scope in scopes if scope.endswith(":read"))
    seen = next((name for name in readable if name in known), None)
    path = f"{seen}?limit=1" if seen else "me"
    base = current_app.extensions["kith"].base_url
    return f"curl -H 'Authorization: Bearer {token}' '{base}/api/v1/{path}'"


def _token_curl(app: App, secret: str | None) -> str:
    base = current_app.extensions["kith"].base_url
    known = secret or "CLIENT_SECRET"
    return f"curl -u '{app.client_id}:{known}' -d grant_type=client_credentials {base}/oauth/token"


def _crumbs(title: str) -> list[tuple[str, str | None]]:
    return [(_("Developers"), url_for("workspace.list_apps")), (title, None)]


def _to(app: App) -> Response:
    return see_other(url_for("workspace.show_app", app_id=app.id))
