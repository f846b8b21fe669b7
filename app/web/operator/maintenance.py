"""The maintenance switch."""

from datetime import UTC, datetime

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.operators import actions
from app.domain.plans.policy import MAINTENANCE
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.operator.doors import by, operator
from tenants import switches


@operator.get("/maintenance")
def show_maintenance() -> str:
    """Whether it is on, and the form that turns it."""
    return _page()


@operator.post("/maintenance")
def begin_maintenance() -> Response:
    """Close every door but this one."""
    try:
        actions.begin_maintenance(request.form.get("message", ""), _until(), by())
    except Invalid as refused:
        return make_response(_page(refused), 422)
    toast(_("Maintenance has begun: every door shows a short page."))
    return see_other("/operator/maintenance")


@operator.post("/maintenance/end")
def end_maintenance() -> Response:
    """Open the doors again."""
    if actions.end_maintenance(by()):
        toast(_("Maintenance is over."))
    return see_other("/operator/maintenance")


def _until() -> datetime | None:
    text = request.form.get("until", "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid.one("until", "time", N_("This is no time.")) from None


def _page(refused: Invalid | None = None) -> str:
    on = switches.get(MAINTENANCE)
    until = (on or {}).get("until")
    return render_template(
        "web/operator/maintenance.html",
        crumbs=[(_("Maintenance"), None)],
        on=on,
        until=datetime.fromisoformat(until) if until else None,
        values=request.form,
        errors=by_field(refused),
    )
