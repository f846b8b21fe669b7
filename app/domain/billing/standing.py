"""What its invoices make of a company, written down where doors and jobs look."""

from datetime import date

from app.domain.billing import queries, rules
from app.domain.billing.models import Invoice
from app.domain.billing.rules import Open, Verdict
from app.domain.plans.reasons import PLAN_ENDED, UNPAID
from tenants import catalogue, provisioning
from tenants.context import Tenant
from tenants.session import once_committed, session

# States that billing may change; a company that is moved, closed or deleted is looked at afterwards.
BILLED = frozenset({"active", "past_due", "read_only"})


def assess(tenant: Tenant, today: date) -> Verdict:
    """Judge the company's open invoices, and put it into the state that follows."""
    verdict = rules.judge([_open(each) for each in queries.invoices(tenant.id, only_open=True)], today)
    reason = f"{UNPAID}{verdict.number}" if verdict.number else ""
    is_ours = tenant.state in {"active", "past_due"} or tenant.reason.startswith(UNPAID)
    if is_ours and (verdict.standing, reason) != (tenant.state, tenant.reason):
        _set(tenant, verdict.standing, reason)
    return verdict


def end(tenant: Tenant) -> None:
    """What was paid for is over: everything can be read and taken along."""
    _set(tenant, "read_only", PLAN_ENDED)


def _set(tenant: Tenant, state: str, reason: str) -> None:
    session.execute(provisioning.changing_state(tenant, state, reason, only_from=BILLED))
    once_committed("billing.forget", lambda: catalogue.forget(tenant))


def _open(invoice: Invoice) -> Open:

    return Open(invoice.number, invoice.due_on, invoice.reminded_at is not None)
