"""Coming into a portal: with a password, by a link out of a mail, by registering; and leaving it."""

from flask import Response as Page
from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.domain.portal import entering, links, sessions
from app.domain.portal.models import PortalAccount
from app.domain.portal.rules import Purpose
from app.domain.workspace import queries as workspace
from app.portal.doors import portal, tenant
from app.ui import cookies
from app.ui.errors import by_field
from app.ui.http import own_path, see_other
from app.ui.marks import always, public
from app.ui.signed_in import where
from app.ui.translate import language

# Who asks for which link; what is asked without a name is no purpose of its own.
ASKED: dict[str, Purpose] = {"link": "sign_in", "forgot": "reset", "register": "register"}


@portal.get("/sign-in")
@public
def sign_in_page() -> str | Response:
    """The form; who is in already goes on."""
    if g.entry:
        return see_other(own_path(request.args.get("next")))
    return _form()


@portal.post("/sign-in")
@public
@always
def begin_session() -> Response:
    """Sign in with e-mail and password."""
    form = request.form
    try:
        account = entering.sign_in(form.get("email", ""), form.get("password", ""), where())
    except Invalid as refused:
        return make_response(_form(form.get("email", ""), refused), 422)
    return _let_in(account, own_path(form.get("next")))


@portal.get("/<any(link, forgot, register):what>")
@public
def ask_page(what: str) -> str:
    """Ask for a link: to sign in, for another password, or to register."""
    _check_open(what)
    return _asking(what)


@portal.post("/<any(link, forgot, register):what>")
@public
@always
def ask_for_link(what: str) -> Response:
    """The same answer for everybody; what there is to send goes by mail."""
    form = request.form
    _check_open(what)
    try:
        entering.ask(ASKED[what], form.get("email", ""), where(), language(), form.get("name", ""))
    except Invalid as refused:
        return make_response(_asking(what, refused), 422)
    return make_response(render_template("portal/entering/mailed.html", what=what, email=form["email"]))


@portal.get("/enter/<token>")
@public
def enter_page(token: str) -> Response:
    """What the link is for, and the button that uses it: programs that look at mails use up nothing."""
    return _entrance(token)


@portal.post("/enter/<token>")
@public
@always
def use_link(token: str) -> Response:
    """Come in by the link; a password that was chosen is kept."""
    try:
        account, purpose = entering.enter(token, where(), request.form.get("password", ""))
    except Invalid as refused:
        return _entrance(token, refused)
    if purpose == "reset":
        sessions.end_all(account.id)
    return _let_in(account, "/")


@portal.post("/sign-out")
@always
def end_session() -> Response:
    """Sign this browser out; nothing of the customer's data stays in it."""
    sessions.end(g.entry.account_id, g.entry.grant_id)
    return goodbye()


@portal.get("/signed-out")
@public
def signed_out() -> str | Response:
    """What is left after signing out."""
    return see_other("/") if g.entry else render_template("portal/entering/signed_out.html")


def goodbye() -> Response:
    """The way out: no cookie, nothing stored."""
    answer = make_response(see_other("/signed-out"))
    cookies.take(answer, "customer")
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _let_in(account: PortalAccount, to: str) -> Response:
    if g.entry:
        sessions.end(g.entry.account_id, g.entry.grant_id)
    answer = make_response(see_other(to))
    cookies.give(answer, "customer", entering.begin(account, tenant(), where()), _SECONDS)
    return answer


_SECONDS = int(sessions.ABSOLUTE.total_seconds())


def _check_open(what: str) -> None:
    if what == "register" and not _is_open():
        raise NotFound("portal")


def _is_open() -> bool:
    return bool(workspace.setting("portal_registration") != "off")


def _form(email: str = "", refused: Invalid | None = None) -> str:
    return render_template(
        "portal/entering/sign_in.html",
        email=email,
        errors=by_field(refused),
        wish=own_path(request.values.get("next"), ""),
        may_register=_is_open(),
    )


def _asking(what: str, refused: Invalid | None = None) -> str:
    return render_template(
        "portal/entering/ask.html",
        what=what,
        email=request.values.get("email", ""),
        name=request.values.get("name", ""),
        errors=by_field(refused),
    )


def _entrance(token: str, refused: Invalid | None = None) -> Page:
    found = links.peek(token)
    if found is None or (refused and any(problem.code == "spent" for problem in refused.problems)):
        return make_response(render_template("portal/entering/spent.html"), 403)
    html = render_template(
        "portal/entering/enter.html",
        token=token,
        purpose=found.data["purpose"],
        email=found.email,
        is_other=g.entry is not None and g.entry.account_id != found.account_id,
        errors=by_field(refused),
    )
    return make_response(html, 422 if refused else 200)
