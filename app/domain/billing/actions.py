"""Choosing a plan and paying for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.permissions import require
from app.core.text import N_
from app.domain.billing import invoicing, provider, queries, rules, standing
from app.domain.billing.models import BillingAccount, Invoice, Seller
from app.domain.billing.provider import Charge, Settled
from app.domain.identities import facts
from app.domain.identities.rules import normal_email
from app.domain.plans import actions as plans
from app.domain.plans import queries as plan_queries
from app.domain.plans.reasons import PLAN_ENDED
from tenants import catalogue
from tenants.context import Tenant, current
from tenants.models import Plan
from tenants.session import session

FIELDS = ("company", "address", "country", "vat_id", "email")


def keep_seller(values: Mapping[str, object]) -> Seller:
    """Who writes invoices; with that companies may choose plans, and are asked to pay."""
    statement = insert(Seller).values(id=True, **values)
    statement = statement.on_conflict_do_update(index_elements=["id"], set_={**values, "updated_at": now()})
    session.execute(statement)
    session.expire_all()
    found = queries.seller()
    assert found is not None
    return found


def keep_account(actor: Actor, values: Mapping[str, str]) -> BillingAccount:
    """Whom the current company's invoices go to; raises Invalid."""
    require(actor, "workspace:manage")
    given = {name: values.get(name, "").strip() for name in FIELDS}
    found = rules.problems(given)
    if not found and normal_email(given["email"]) is None:
        raise Invalid.one("email", "email", N_("That is no e-mail address."))
    if found:
        raise Invalid(found)
    account = _account()
    for name, value in given.items():
        setattr(account, name, value)
    account.updated_at = now()
    session.flush()
    return account


def choose(actor: Actor, plan_id: str, today: date) -> Plan:
    """Put the current company on an offered plan, and ask it to pay.

    A dearer plan holds at once and costs the difference for the rest of the month; a cheaper one holds from
    the next month on. Raises Invalid where nobody is there to write invoices, or to get them.
    """
    require(actor, "workspace:manage")
    tenant, plan = current(), plan_queries.plan(plan_id)
    account = _checked(plan)
    account.ends_on, account.next_plan_id = None, None
    present = plan_queries.plan_of(tenant)
    if account.began_on is None or present is None or tenant.reason == PLAN_ENDED:
        account.began_on = today
        _charge(tenant, account, plan, plan.price_minor, today)
        plans.give(tenant, plan.id)
    elif plan.price_minor < present.price_minor:
        account.next_plan_id = plan.id
    elif plan.id != present.id:
        first, last = rules.period(account.began_on, today)
        net = rules.difference(present.price_minor, plan.price_minor, today, last, first)
        if net:
            _ask(tenant, account, Charge(plan, net, today, last), today)
        plans.give(tenant, plan.id)
    facts.note("plan.chosen", actor.identity_id, "", tenant.id, plan=plan.id)
    session.flush()
    return plan


def cancel(actor: Actor, today: date) -> date:
    """Pay for nothing after the present month; its last day, after which the workspace is read-only."""
    require(actor, "workspace:manage")
    account = queries.account(current().id)
    if account is None or account.began_on is None:
        raise Conflict(N_("Nothing is paid for, so there is nothing to cancel."))
    _, account.ends_on = rules.period(account.began_on, today)
    account.next_plan_id = None
    provider.named(account.provider).ended(current(), account)
    facts.note("plan.cancelled", actor.identity_id, "", current().id, last=account.ends_on.isoformat())
    session.flush()
    return account.ends_on


def settle(told: Settled, today: date) -> Invoice:
    """Note that an invoice was paid, or is void; the company is at once what it then is. Again: no change.

    Raises NotFound, and Conflict where a paid one shall be void or a void one paid.
    """
    invoice = queries.invoice(told.number, hold=True)
    if invoice.state == told.outcome:
        return invoice
    if invoice.state != "open":
        raise Conflict(N_("This invoice is settled already."))
    invoice.state = told.outcome
    invoice.paid_at = told.at if told.outcome == "paid" else None
    session.flush()
    tenant = catalogue.by_id(invoice.tenant_id) if invoice.tenant_id else None
    if tenant is not None:
        standing.assess(tenant, today)
    return invoice


def renew(tenant: Tenant, account: BillingAccount, today: date) -> None:
    """Begin the month that holds `today`, where that has not been done: its plan, its charge, or its end."""
    if account.began_on is None:
        return
    if account.ends_on is not None and today > account.ends_on:
        account.began_on, account.ends_on = None, None
        standing.end(tenant)
        return
    if _is_charged(tenant, rules.period(account.began_on, today)):
        return
    if account.next_plan_id is not None:
        plans.give(tenant, account.next_plan_id)
        tenant = replace(tenant, plan=account.next_plan_id)
        account.next_plan_id = None
    plan = plan_queries.plan_of(tenant)
    if plan is not None:
        _charge(tenant, account, plan, plan.price_minor, today)


def advance(today: date) -> None:
    """What a new day brings for the current company: the next month, reminders, and what it makes of it."""
    tenant = current()
    account = queries.account(tenant.id)
    if account is None or tenant.state not in standing.BILLED:
        return
    verdict = standing.assess(tenant, today)
    # Who may only read has nothing new to pay for.
    if "read_only" not in {tenant.state, verdict.standing}:
        renew(tenant, account, today)
    for number in verdict.remind:
        provider.named(account.provider).remind(tenant, account, number, today)
        queries.invoice(number).reminded_at = now()
    session.flush()


def paid(number: str, at: datetime) -> Settled:
    """What an operator tells who found the money on the account."""
    return Settled(number, "paid", at)


def _account() -> BillingAccount:
    found = queries.account(current().id)
    if found is None:
        found = BillingAccount(tenant_id=current().id, provider=invoicing.BY_MAIL.name)
        session.add(found)
    return found


def _checked(plan: Plan) -> BillingAccount:
    if not plan.is_offered:
        raise Invalid.one("plan", "choice", N_("Choose one of the list."))
    if queries.seller() is None:
        raise Invalid.one("plan", "closed", N_("Plans are not sold here: ask those who run this Kith."))
    account = queries.account(current().id)
    if account is None or rules.problems({name: getattr(account, name) for name in FIELDS}):
        raise Invalid.one("company", "required", N_("Tell first whom the invoices go to."))
    return account


def _is_charged(tenant: Tenant, month: tuple[date, date]) -> bool:
    return any(
        each.state != "void" and each.period_begin <= month[0] and each.period_end >= month[1]
        for each in queries.invoices(tenant.id)
    )


def _charge(tenant: Tenant, account: BillingAccount, plan: Plan, net: int, today: date) -> None:
    if net and account.began_on is not None:
        first, last = rules.period(account.began_on, today)
        _ask(tenant, account, Charge(plan, net, first, last), today)


def _ask(tenant: Tenant, account: BillingAccount, charge: Charge, today: date) -> None:
    provider.named(account.provider).charge(tenant, account, charge, today)
