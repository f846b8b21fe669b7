"""The provider that needs nobody: invoices by mail, numbered without gaps, marked as paid by an operator."""

from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.core.errors import Unavailable
from app.domain.billing import mails, queries, rules
from app.domain.billing.models import BillingAccount, Invoice, InvoiceNumber, Seller
from app.domain.billing.provider import Charge, register
from app.domain.workspace import queries as workspace
from tenants.context import Tenant
from tenants.session import session

SELLER = ("name", "address", "country", "vat_id", "payment", "email")
CUSTOMER = ("company", "address", "country", "vat_id", "email")


class ByMail:
    """Writes an invoice, mails it, and waits."""

    name = "invoice"

    def charge(self, tenant: Tenant, account: BillingAccount, charge: Charge, today: date) -> str:
        """Write and mail the invoice of a charge; the same charge has one only."""
        known = _written(tenant, charge)
        if known is not None:
            return known.number
        seller = queries.seller()
        if seller is None:
            raise Unavailable("nobody writes invoices here")
        invoice = _write(tenant, account, charge, seller, today)
        mails.invoice(tenant, invoice)
        return invoice.number

    def remind(self, tenant: Tenant, account: BillingAccount, number: str, today: date) -> None:  # noqa: ARG002
        """Mail the invoice once more."""
        mails.reminder(tenant, queries.invoice(number))

    def ended(self, tenant: Tenant, account: BillingAccount) -> None:
        """Nothing to do: an invoice that is not written is not due."""


def _write(tenant: Tenant, account: BillingAccount, charge: Charge, seller: Seller, today: date) -> Invoice:
    tax = rules.tax_of(seller.country, account.country, account.vat_id)
    amounts = rules.total(charge.net, seller.vat_permille, tax)
    invoice = Invoice(
        number=_next_number(str(today.year)),
        tenant_id=tenant.id,
        provider=ByMail.name,
        plan_id=charge.plan.id,
        state="open",
        period_begin=charge.first,
        period_end=charge.last,
        issued_on=today,
        due_on=rules.due_on(today),
        amount_minor=amounts.gross,
        currency=charge.plan.currency,
        document=_document(account, seller, charge, amounts, tax),
    )
    session.add(invoice)
    session.flush()
    return invoice


def _document(
    account: BillingAccount, seller: Seller, charge: Charge, amounts: rules.Sum, tax: rules.Tax
) -> dict[str, Any]:
    """What the invoice says for ever, whatever seller, customer and plan are called later."""
    return {
        "seller": {name: getattr(seller, name) for name in SELLER},
        "customer": {name: getattr(account, name) for name in CUSTOMER},
        "plan": charge.plan.name,
        "net": amounts.net,
        "tax": amounts.tax,
        "tax_permille": amounts.tax_permille,
        "tax_kind": tax,
        "language": workspace.setting("language"),
    }


def _written(tenant: Tenant, charge: Charge) -> Invoice | None:
    return next(
        (
            each
            for each in queries.invoices(tenant.id)
            if each.state != "void" and each.period_begin == charge.first and each.plan_id == charge.plan.id
        ),
        None,
    )


def _next_number(series: str) -> str:
    """The row's lock lets one transaction count at a time; what is rolled back leaves no gap."""
    first = insert(InvoiceNumber).values(series=series, last=1)
    counted = first.on_conflict_do_update(
        index_elements=["series"], set_={"last": InvoiceNumber.last + 1}
    ).returning(InvoiceNumber.last)
    return rules.number(series, session.scalars(counted).one())


BY_MAIL = register(ByMail())
