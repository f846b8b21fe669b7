"""The company as a customer: its plan, how much of it is used, whom the invoices go to."""

from typing import Any

from flask import g, make_response, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import Invalid
from app.core.permissions import require
from app.domain.billing import actions, mails, queries
from app.domain.billing.actions import FIELDS
from app.domain.billing.models import BillingAccount
from app.domain.plans import figures
from app.domain.plans import queries as plans
from app.domain.workspace import queries as workspaces
from app.ui import plan as views
from app.ui import technical
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.ui.states import PLAN_PAGE, day
from app.ui.translate import language
from app.web.doors import actor, tenant, workspace
from app.web.settings import country_choices


@workspace.get("/settings/plan")
def show_plan() -> str:
    """The plan, what is used of it, and what there is to pay."""
    return _page()


@workspace.post("/settings/plan")
@always
def choose_plan() -> Response:
    """Put the workspace on another plan; an invoice follows by mail."""
    try:
        plan = actions.choose(actor(), request.form.get("plan", ""), now().date())
    except Invalid as refused:
        return make_response(_page(refused), 422)
    toast(_("The plan is %(plan)s now. Invoices come by mail.", plan=plan.name))
    return see_other(PLAN_PAGE)


@workspace.post("/settings/plan/account")
@always
def store_billing_account() -> Response:
    """Store whom invoices go to."""
    try:
        actions.keep_account(actor(), {name: request.form.get(name, "") for name in FIELDS})
    except Invalid as refused:
        return make_response(_page(refused), 422)
    toast(_("Saved."))
    return see_other(PLAN_PAGE)


@workspace.post("/settings/plan/cancellation")
@always
def cancel_plan() -> Response:
    """Pay for nothing after the present month."""
    last = actions.cancel(actor(), now().date())
    toast(_("The plan ends on %(day)s. Until then everything works.", day=day(last)))
    return see_other(PLAN_PAGE)


@workspace.get("/settings/plan/invoices/<invoice_number>")
def show_invoice(invoice_number: str) -> str:
    """An invoice as it was written, to be read and printed."""
    require(actor(), "workspace:manage")
    found = queries.invoice(invoice_number, tenant().id)
    tongue = language()
    return render_template(
        "web/plan/invoice.html",
        crumbs=[(_("Settings"), "/settings"), (_("Plan and usage"), PLAN_PAGE), (found.number, None)],
        invoice=found,
        told=found.document,
        day=day,
        amount=lambda minor: mails.money(minor, found.currency, tongue),
        country=lambda code: get_locale().territories.get(code, code),
    )


def _page(refused: Invalid | None = None) -> str:
    require(actor(), "workspace:manage")
    company, write = tenant(), formats()
    account, present = queries.account(company.id), plans.plan_of(company)
    seller = queries.seller()
    return render_template(
        "web/plan/page.html",
        crumbs=[(_("Settings"), "/settings"), (_("Plan and usage"), None)],
        trial_ends=company.trial_ends_at if company.state == "trial" else None,
        present=present,
        account=account,
        values=_values(account, refused),
        errors=by_field(refused),
        gauges=views.gauges(company, figures.all_of(company), write),
        bounds=technical.bounds(write),
        charts=views.charts(plans.history(company.id, views.DAYS), write),
        sells=seller is not None,
        offers=[_offer(each, write) for each in plans.plans(offered=True)] if seller else [],
        next_plan=plans.plan(account.next_plan_id) if account and account.next_plan_id else None,
        price=views.price,
        write=write,
        day=day,
        countries=country_choices(get_locale()),
        invoices=queries.invoices(company.id),
        amount=lambda each: mails.money(each.amount_minor, each.currency, language()),
    )


def _offer(plan: Any, write: Any) -> dict[str, Any]:
    return {"plan": plan, "price": views.price(plan), "limits": views.limits_of(plan, write)}


def _values(account: BillingAccount | None, refused: Invalid | None) -> dict[str, str]:
    """What the form shows: what was typed, what is kept, or what is likely."""
    if refused is not None and "company" in request.form:
        return {name: request.form.get(name, "") for name in FIELDS}
    if account is not None:
        return {name: getattr(account, name) for name in FIELDS}
    settings = workspaces.settings()
    return {
        "company": settings.company,
        "country": settings.country,
        "address": "",
        "vat_id": "",
        "email": g.entry.email,
    }
