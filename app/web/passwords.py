"""Forgotten passwords: a mail with a link, the same answer for everybody."""

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as Answer

from app.core.errors import Invalid
from app.domain.identities import actions, codes, queries
from app.domain.members import access
from app.ui.errors import by_field
from app.ui.http import see_other
from app.ui.signed_in import hand_over, sign_in, where
from app.web.doors import base


@base.get("/forgot")
def forgot_password() -> str:
    """Ask for a link by mail."""
    return render_template("web/accounts/forgot.html", email=request.args.get("email", ""), errors={})


@base.post("/forgot")
def mail_reset() -> Response:
    """The same answer for everybody; the link goes by mail."""
    email = request.form.get("email", "")
    try:
        actions.ask_for_reset(email, where())
    except Invalid as refused:
        html = render_template("web/accounts/forgot.html", email=email, errors=by_field(refused))
        return make_response(html, 422)
    return make_response(render_template("web/accounts/mailed.html", email=email, what="reset"))


@base.get("/reset")
def reset_password() -> str:
    """Choose another password, if the link still works."""
    code = request.args.get("code", "")
    return _form(code, works=codes.peek("reset", code) is not None)


@base.post("/reset")
def store_password() -> Answer:
    """Store it, end every session and sign in here."""
    code = request.form.get("code", "")
    try:
        identity = access.reset_password(code, request.form.get("password", ""), where())
    except Invalid as refused:
        works = not any(problem.code == "spent" for problem in refused.problems)
        return make_response(_form(code, works, refused), 422)
    cookie, who = actions.sign_in(identity, where())
    theirs = queries.workspaces(identity.id)
    answer = hand_over(who, theirs[0]) if len(theirs) == 1 else see_other("/workspaces")
    return sign_in(answer, cookie)


def _form(code: str, works: bool, refused: Invalid | None = None) -> str:
    return render_template("web/accounts/reset.html", code=code, works=works, errors=by_field(refused))
