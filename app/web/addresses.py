"""Confirming e-mail addresses, and what to do when the mail does not come."""

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.domain.identities import actions, codes, queries
from app.domain.identities.models import Identity
from app.domain.members import access
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.ui.signed_in import hand_over, sign_in, signed_in, where
from app.web.doors import base, tenant, workspace


@base.get("/confirm")
def confirm_page() -> str:
    """One button for who is signed in as the one who signed up; the password for everybody else."""
    return _confirm_form(request.args.get("code", ""))


@base.post("/confirm")
def confirm_email() -> Response:
    """The address is confirmed; on to the workspace."""
    code = request.form.get("code", "")
    try:
        identity = access.confirm_email(code, signed_in(), request.form.get("password", ""), where())
    except Invalid as refused:
        return make_response(_confirm_form(code, refused), 422)
    return _go_on(identity)


@base.get("/confirm-change")
def confirm_change_page() -> str:
    """One button that puts a new address in place; the password for who is not signed in here."""
    return _change_form(request.args.get("code", ""))


@base.post("/confirm-change")
def confirm_change() -> Response:
    """The new address is in place."""
    code = request.form.get("code", "")
    try:
        access.change_email(code, signed_in(), request.form.get("password", ""), where())
    except Invalid as refused:
        return make_response(_change_form(code, refused), 422)
    return see_other("/workspaces")


@workspace.post("/confirmation")
def send_confirmation() -> Response:
    """Send the mail again."""
    actions.ask_again(_unconfirmed(), tenant().name, where())
    toast(_("The mail is on its way."))
    return see_other("/confirmation")


@workspace.get("/confirmation")
def confirmation() -> str | Response:
    """What to do when the mail does not come."""
    identity = queries.by_id(g.actor.identity_id)
    if identity is None or identity.confirmed_at is not None:
        return see_other("/")
    return render_template("web/accounts/confirmation.html", email=identity.email, errors={})


@workspace.post("/confirmation/address")
def correct_address() -> Response:
    """Another address for who made a slip at sign-up."""
    identity, email = _unconfirmed(), request.form.get("email", "")
    try:
        access.correct_email(identity, email, tenant().name, where())
    except Invalid as refused:
        html = render_template("web/accounts/confirmation.html", email=email, errors=by_field(refused))
        return make_response(html, 422)
    toast(_("The mail is on its way to %(email)s.", email=identity.email))
    return see_other("/confirmation")


def _unconfirmed() -> Identity:
    identity = queries.by_id(g.actor.identity_id)
    if identity is None or identity.confirmed_at is not None:
        raise NotFound
    return identity


def _confirm_form(code: str, refused: Invalid | None = None) -> str:
    found, who = codes.peek("confirm", code), signed_in()
    return render_template(
        "web/accounts/confirm.html",
        code=code,
        works=found is not None,
        is_own=bool(found and who and who.identity.id == found.identity_id),
        email=(queries.by_id(found.identity_id) or Identity(email="")).email if found else "",
        errors=by_field(refused),
    )


def _change_form(code: str, refused: Invalid | None = None) -> str:
    found, who = codes.peek("change_email", code), signed_in()
    is_spent = any(problem.code == "spent" for problem in refused.problems) if refused else False
    return render_template(
        "web/accounts/confirm_change.html",
        code=code,
        is_own=bool(found and who and who.identity.id == found.identity_id),
        email=found.data["email"] if found and not is_spent else "",
        errors=by_field(refused),
    )


def _go_on(identity: Identity) -> Response:
    present, theirs = signed_in(), queries.workspaces(identity.id)
    is_in = present is not None and present.identity.id == identity.id
    cookie, who = ("", present) if is_in else actions.sign_in(identity, where())
    answer = hand_over(who, theirs[0]) if who and len(theirs) == 1 else see_other("/workspaces")
    return sign_in(answer, cookie) if cookie else answer
