"""Support access as operators see it, and the way into a workspace that has granted it."""

from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.operators import companies, support, visits
from app.ui.http import see_other
from app.ui.say import gettext as _
from app.web.operator.doors import operator, who
from tenants import catalogue


@operator.get("/support")
def list_visits() -> str:
    """What operators asked of companies, the newest first."""
    return render_template(
        "web/operator/support.html",
        crumbs=[(_("Support"), None)],
        visits=support.of_everybody(),
        tenant_of=catalogue.by_id,
        me=who().identity.id,
    )


@operator.get("/tenants/<slug>/support/<uuid:access_id>/entry")
def enter_workspace(slug: str, access_id: UUID) -> Response:
    """A code for the browser that came with `?mark=` from the workspace; one that did not is sent for it."""
    tenant, mark = companies.find(slug), request.args.get("mark", "")
    if not mark:
        return see_other(url_for("workspace.fetch_support_code", slug=slug, access=access_id, _external=True))
    code = visits.code(who(), tenant, access_id, mark)
    return see_other(url_for("workspace.begin_support_visit", slug=slug, code=code, _external=True))
