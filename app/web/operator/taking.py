"""What an operator starts on a whole company: export, move, removal; and how far it is."""

from uuid import UUID

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.domain.lifecycle.closing import GRACE_DAYS
from app.domain.operators import companies, taking
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.operator.companies import company_page, recent
from app.web.operator.doors import by, operator
from tenants.context import Tenant

MOST_DAYS = 365


@operator.get("/tenants/<slug>/operations")
def show_operations(slug: str) -> str:
    """The part of the company's page that changes while long work runs."""
    tenant = companies.find(slug)
    return render_template("web/operator/_operations.html", tenant=tenant, operations=recent(tenant))


@operator.post("/tenants/<slug>/operations/<uuid:operation_id>/cancellation")
def cancel_operation(slug: str, operation_id: UUID) -> Response:
    """Have it end at its next step."""
    tenant = companies.find(slug)
    taking.cancel(tenant, operation_id, by())
    toast(_("It ends at its next step."))
    return _back(tenant)


@operator.post("/tenants/<slug>/export")
def export_company(slug: str) -> Response:
    """Take everything out to a file on the workers' machine."""
    return _ask(companies.find(slug), "export")


@operator.post("/tenants/<slug>/move")
def move_company(slug: str) -> Response:
    """Move it to another cell."""
    return _ask(companies.find(slug), "move")


@operator.post("/tenants/<slug>/move/confirmation")
def confirm_move(slug: str) -> Response:
    """The move was good: the old rows go."""
    return _ask(companies.find(slug), "confirm")


@operator.post("/tenants/<slug>/move/reversal")
def reverse_move(slug: str) -> Response:
    """Move it back to where it came from."""
    return _ask(companies.find(slug), "back")


@operator.post("/tenants/<slug>/closing")
def close_company(slug: str) -> Response:
    """Close it for some days; then it is removed."""
    tenant = companies.find(slug)
    days = min(max(request.form.get("days", GRACE_DAYS, int), 1), MOST_DAYS)
    try:
        taking.close(tenant, days, request.form.get("reason", ""), by())
    except Invalid as refused:
        return make_response(company_page(tenant, refused, "closing"), 422)
    toast(_("%(name)s is closed; its owners are told.", name=tenant.name))
    return _back(tenant)


@operator.post("/tenants/<slug>/closing/end")
def keep_company(slug: str) -> Response:
    """Open it again."""
    tenant = companies.find(slug)
    taking.keep(tenant, by())
    toast(_("%(name)s is open again.", name=tenant.name))
    return _back(tenant)


@operator.post("/tenants/<slug>/closing/haste")
def hasten_removal(slug: str) -> Response:
    """Remove a closed company now."""
    tenant = companies.find(slug)
    try:
        taking.hasten(tenant, request.form.get("typed", ""), by())
    except Invalid as refused:
        return make_response(company_page(tenant, refused, "closing"), 422)
    toast(_("%(name)s is being removed; its owners get a receipt.", name=tenant.name))
    return _back(tenant)


def _ask(tenant: Tenant, act: taking.Act) -> Response:
    cell = request.form.get("cell", "") if act == "move" else ""
    try:
        taking.ask(tenant, act, request.form.get("reason", ""), by(), cell=cell)
    except Invalid as refused:
        return make_response(company_page(tenant, refused, act), 422)
    toast(_("It begins in a moment; this page shows how far it is."))
    return _back(tenant)


def _back(tenant: Tenant) -> Response:
    return see_other(url_for("operator.show_company", slug=tenant.slug))
