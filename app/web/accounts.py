"""Signing in and out on the base host, the list of workspaces, and coming into one of them."""

from flask import Response as FlaskResponse
from flask import g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.domain.identities import actions, queries
from app.domain.members import access, adoption, handover
from app.domain.operators import queries as operators
from app.ui import cookies, proof
from app.ui.errors import by_field
from app.ui.http import own_path, see_other
from app.ui.marks import always, public, redeems_code
from app.ui.signed_in import hand_over, sign_in, signed_in, where, wished_workspace
from app.web.doors import base, tenant, to_sign_in, workspace


@base.get("/sign-in")
@always
def sign_in_page() -> str | Response:
    """The form; who is signed in already goes on to the workspace."""
    who, wished = signed_in(), wished_workspace()
    if who is None:
        return _form()
    if wished is None:
        return see_other(_asking_app(request.args.get("next")) or "/workspaces")
    if queries.is_member(who.identity.id, wished.id):
        return hand_over(who, wished, request.args.get("next"))
    return render_template("web/accounts/not_a_member.html", who=who, wished=wished)


@base.post("/sign-in")
@always
def begin_session() -> Response:
    """Sign in, and go on to the workspace that was wished for, or the only one, or the list."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        identity = actions.authenticate(email, password, where())
    except Invalid as refused:
        return make_response(_form(email, refused), 422)
    cookie, who = actions.sign_in(identity, where())
    if app := _asking_app(request.form.get("next")):
        return sign_in(see_other(app), cookie)
    theirs, wished = queries.workspaces(identity.id), wished_workspace()
    chosen = wished if wished in theirs else theirs[0] if len(theirs) == 1 else None
    answer = hand_over(who, chosen, request.form.get("next")) if chosen else see_other("/workspaces")
    return sign_in(answer, cookie)


@base.post("/sign-out")
@always
def end_session() -> Response:
    """Sign this browser out, here and in every workspace."""
    who = signed_in()
    if who is not None:
        access.sign_out(who.identity, who.session_id, where())
    return _goodbye("/")


@base.get("/workspaces")
@always
def list_workspaces() -> str | Response:
    """The workspaces of who is signed in, and those that wait for an owner of the address."""
    who = signed_in()
    if who is None:
        return see_other("/sign-in")
    return render_template(
        "web/accounts/workspaces.html",
        who=who,
        workspaces=queries.workspaces(who.identity.id),
        waiting=adoption.waiting(who.identity),
        is_operator=operators.is_operator(who.identity.id),
    )


@base.post("/workspaces/<adopted>/owner")
def adopt_workspace(adopted: str) -> Response:
    """Take over a workspace that was begun with one's own address."""
    who = signed_in()
    if who is None:
        raise NotFound
    adoption.adopt(who.identity, adopted, where())
    return see_other("/workspaces")


@base.get("/find-workspace")
def find_workspace() -> str:
    """Ask for the list of one's workspaces by mail."""
    return render_template("web/accounts/find.html", email="", errors={})


@base.post("/find-workspace")
def mail_workspaces() -> FlaskResponse:
    """The same answer for everybody; the list goes by mail."""
    email = request.form.get("email", "")
    try:
        actions.ask_for_workspaces(email, where())
    except Invalid as refused:
        html = render_template("web/accounts/find.html", email=email, errors=by_field(refused))
        return make_response(html, 422)
    return make_response(render_template("web/accounts/mailed.html", email=email, what="workspaces"))


@workspace.get("/enter")
@public
def enter() -> Response:
    """Fetch a code for this browser from the base host."""
    return to_sign_in(own_path(request.args.get("next"), "") or None)


@workspace.get("/welcome")
@public
@redeems_code
def welcome() -> str | Response:
    """Exchange a code of the base host for a session here; it never replaces another person's."""
    code = request.args.get("code", "")
    present = g.get("entry")
    if request.method == "HEAD" or (present and present.actor.identity_id == handover.whose(code)):
        return see_other(own_path(request.args.get("next")))
    if present:
        return render_template("web/accounts/switch.html", present=present, code=code)
    return _redeem(code, request.args.get("next"))


@workspace.post("/welcome")
@public
@always
def switch_member() -> Response:
    """Take over from whoever is signed in here."""
    return _redeem(request.form.get("code", ""), request.form.get("next"))


@workspace.post("/sign-out")
@always
def leave_workspace() -> Response:
    """Sign this browser out everywhere: here, in other workspaces and on the base host."""
    identity, parent = queries.by_id(g.actor.identity_id), g.entry.parent_id
    if identity is not None and parent is not None:
        access.sign_out(identity, parent, where())
    return _goodbye("/signed-out")


@workspace.get("/signed-out")
@public
def signed_out() -> str | Response:
    """What is left after signing out."""
    if g.get("entry"):
        return see_other("/")
    return render_template("web/accounts/signed_out.html", tenant=tenant())


def _redeem(code: str, wish: str | None) -> Response:
    begun = handover.redeem(code, tenant(), where(), proof.bears)
    if begun is None:
        address = url_for("base.sign_in_page", workspace=tenant().slug, _external=True)
        html = render_template("web/accounts/code_spent.html", tenant=tenant(), address=address)
        return make_response(html, 403)
    answer = make_response(see_other(own_path(wish)))
    cookies.give(answer, "session", begun[0])
    return answer


def _asking_app(wish: str | None) -> str | None:
    """The page of this host where an app asks to be let in, or an owner looks after a closed workspace."""
    path = own_path(wish)
    return path if path.startswith(("/oauth/", "/workspaces/")) else None


def _form(email: str = "", refused: Invalid | None = None) -> str:
    return render_template(
        "web/accounts/sign_in.html",
        email=email,
        errors=by_field(refused),
        wished=wished_workspace(),
        wish=own_path(request.values.get("next"), ""),
        mark=request.values.get("mark", ""),
    )


def _goodbye(address: str) -> Response:
    answer = make_response(see_other(address))
    cookies.take(answer, "session")
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer
