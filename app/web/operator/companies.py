"""The companies: the list, one of them, and what an operator may do to it."""

from typing import Any

import psycopg
from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.domain.lifecycle import closing
from app.domain.lifecycle.closing import GRACE_DAYS
from app.domain.operators import actions, companies, queries, support
from app.domain.plans import queries as plans
from app.domain.plans import rules
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.operator.doors import by, operator
from tenants import cells, operations, watching
from tenants.cells import CellInfo
from tenants.context import Tenant
from tenants.models import SIGNED_UP
from tenants.operations import Operation

SHOWN = 10


@operator.get("/tenants")
def list_companies() -> str:
    """Companies by address, with a search; pages by key."""
    search, state = request.args.get("q", "")[:100], request.args.get("state", "")
    found = companies.companies(search, state, request.args.get("after", ""))
    after = url_for("operator.list_companies", q=search or None, state=state or None, after=found.after)
    return render_template(
        "web/operator/companies.html",
        crumbs=[(_("Companies"), None)],
        found=found.companies,
        total=companies.count(search, state),
        next=after if found.after else None,
        search=search,
        state=state,
        states=sorted(SIGNED_UP),
        size=rules.bytes_in_words,
    )


@operator.get("/tenants/<slug>")
def show_company(slug: str) -> str:
    """One company: figures, history, what may be done."""
    return company_page(companies.find(slug))


@operator.post("/tenants/<slug>/suspension")
def suspend_company(slug: str) -> Response:
    """Close its doors."""
    tenant = actions.suspend(companies.find(slug), request.form.get("reason", "").strip()[:500], by())
    toast(_("%(name)s is suspended.", name=tenant.name))
    return _back(tenant)


@operator.post("/tenants/<slug>/suspension/end")
def resume_company(slug: str) -> Response:
    """Open them again."""
    tenant = actions.resume(companies.find(slug), by())
    toast(_("%(name)s is open again.", name=tenant.name))
    return _back(tenant)


@operator.post("/tenants/<slug>/plan")
def give_company_plan(slug: str) -> Response:
    """Put it on another plan."""
    tenant = companies.find(slug)
    actions.give_plan(tenant, request.form.get("plan", ""), None, by())
    toast(_("%(name)s is on another plan.", name=tenant.name))
    return _back(tenant)


@operator.post("/tenants/<slug>/support")
def ask_for_support_access(slug: str) -> Response:
    """Ask the company to let support in."""
    tenant = companies.find(slug)
    minutes = request.form.get("minutes", default=0, type=int)
    try:
        support.ask(tenant, request.form.get("reason", ""), minutes, by())
    except Invalid as refused:
        return make_response(company_page(tenant, refused, "support"), 422)
    toast(_("The owners and admins of %(name)s are asked.", name=tenant.name))
    return _back(tenant)


def _back(tenant: Tenant) -> Response:
    return see_other(url_for("operator.show_company", slug=tenant.slug))


def recent(tenant: Tenant) -> list[Operation]:
    """The last long work on the company, the newest first."""
    return list(reversed(operations.of_tenant(tenant.id)))[:SHOWN]


def company_page(tenant: Tenant, refused: Invalid | None = None, at: str = "") -> str:
    """The company's page; `at` names the form that was refused."""
    measured: dict[str, Any] = dict(plans.measured(tenant.id))
    return render_template(
        "web/operator/company.html",
        crumbs=[(_("Companies"), "/operator/tenants"), (tenant.name, None)],
        tenant=tenant,
        measured=measured,
        used=companies.used(tenant.id),
        disk=_disk(tenant),
        size=rules.bytes_in_words,
        plan_choices=[(plan.id, plan.name) for plan in plans.plans()],
        plan_names={plan.id: plan.name for plan in plans.plans()},
        history=queries.history(tenant.id),
        operations=recent(tenant),
        elsewhere=[(each.id, f"{each.id} · {each.region}") for each in _cells() if each.id != tenant.cell],
        grace_days=GRACE_DAYS,
        closes_at=closing.ends_at(tenant),
        at=at,
        visits=support.of_tenant(tenant.id),
        values=request.form,
        errors=by_field(refused),
    )


def _cells() -> list[CellInfo]:
    return [each for each in cells.all_cells() if each.down_since is None]


def _disk(tenant: Tenant) -> int | None:
    try:
        return watching.schema_size(tenant.cell, tenant.schema)
    except psycopg.OperationalError:
        return None
