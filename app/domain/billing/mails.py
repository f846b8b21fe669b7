"""The mails about invoices. They go out by the control outbox: no state of the company holds them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, get_currency_precision

from app.config import subdomain
from app.core import process
from app.core.mail import enqueue_control_mail
from app.domain.billing.models import Invoice
from tenants.context import Tenant


def invoice(tenant: Tenant, written: Invoice) -> None:
    """Send a fresh invoice to whom it is for."""
    _send("mail/invoice", tenant, written)


def reminder(tenant: Tenant, written: Invoice) -> None:
    """Remind of an invoice that is overdue."""
    _send("mail/invoice_reminder", tenant, written)


def money(minor: int, currency: str, language: str) -> str:
    """An amount in the currency's smallest unit as `language` writes it."""
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=language)


def _send(template: str, tenant: Tenant, written: Invoice) -> None:
    told = written.document
    language = str(told["language"])
    home = subdomain(process.settings().base_url, tenant.slug)

    def day(at: date) -> str:
        return format_date(at, "long", locale=language)

    def amount(minor: int) -> str:
        return money(minor, written.currency, language)

    values = {
        "workspace": tenant.name,
        "number": written.number,
        "plan": told["plan"],
        "first": day(written.period_begin),
        "last": day(written.period_end),
        "issued": day(written.issued_on),
        "due": day(written.due_on),
        "net": amount(told["net"]),
        "tax": amount(told["tax"]),
        "percent": f"{told['tax_permille'] / 10:g}",
        "gross": amount(written.amount_minor),
        "company": told["customer"]["company"],
        "payment": told["seller"]["payment"],
        "seller": told["seller"]["name"],
        "url": f"{home}/settings/plan/invoices/{written.number}",
    }
    enqueue_control_mail(template, told["customer"]["email"], language, values)
