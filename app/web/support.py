"""Support access: the company says yes or no, sees who is in, and ends it; support comes in and goes."""

from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.ids import parse_id
from app.core.permissions import require
from app.domain.operators import support, visits
from app.ui import cookies, proof
from app.ui.http import see_other, toast
from app.ui.marks import always, public, redeems_code
from app.ui.say import gettext as _
from app.ui.signed_in import where
from app.ui.standing.words import formats
from app.web.doors import actor, tenant, workspace

PAGE = "/settings/support"


@workspace.get("/settings/support")
def show_support() -> str:
    """Who asks, who is in, and who was."""
    require(actor(), "workspace:manage")
    return render_template(
        "web/support/page.html",
        crumbs=[(_("Settings"), "/settings"), (_("Support access"), None)],
        visits=support.of_tenant(tenant().id),
        write=formats(),
    )


@workspace.post("/settings/support/<uuid:access_id>/answer")
@always
def answer_support(access_id: UUID) -> Response:
    """Yes, to read or to work too, or no."""
    wish = request.form.get("answer", "")
    if wish == "refuse":
        support.refuse(actor(), access_id)
        toast(_("Support stays outside."))
    elif wish in {"read", "write"}:
        support.grant(actor(), access_id, may_write=wish == "write")
        toast(_("Support may come in. You can end it at any time."))
    else:
        raise NotFound
    return see_other(PAGE)


@workspace.post("/settings/support/<uuid:access_id>/end")
@always
def end_support(access_id: UUID) -> Response:
    """Out, at once."""
    support.end(actor(), access_id)
    toast(_("Support is out."))
    return see_other(PAGE)


@workspace.get("/support/enter")
@public
def fetch_support_code() -> Response:
    """Fetch a code for this browser from the operator's pages, for the access `?access=`."""
    wanted = parse_id(request.args.get("access", ""))
    if wanted is None:
        raise NotFound
    slug, mark = tenant().slug, proof.mark()
    return redirect(
        url_for("operator.enter_workspace", slug=slug, access_id=wanted, mark=mark, _external=True)
    )


@workspace.get("/support/welcome")
@public
@redeems_code
def begin_support_visit() -> Response:
    """Exchange a code of the operator's pages for a visit."""
    if request.method == "HEAD":
        return see_other("/")
    cookie = visits.redeem(request.args.get("code", ""), tenant(), where(), proof.bears)
    if cookie is None:
        raise NotFound
    answer = make_response(see_other("/"))
    cookies.give(answer, "session", cookie, seconds=None)
    return answer


@workspace.post("/support/leave")
@always
def leave_support() -> Response:
    """Support goes before its time is over."""
    support.leave(actor())
    answer = make_response(see_other(url_for("operator.show_company", slug=tenant().slug, _external=True)))
    cookies.take(answer, "session")
    return answer
