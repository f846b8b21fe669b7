"""invoice: what companies owe for their plans, written and marked by those who run this Kith."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from app.commands import _environment, _output
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.domain.billing import actions, mails, queries
from app.domain.billing.models import Invoice
from app.domain.billing.provider import Settled
from app.factory import create_app
from stack.errors import StackError
from tenants import catalogue
from tenants.session import unit_of_work
from workers import accounts

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def command() -> None:
    """List invoices, mark them, and say who writes them."""


@command.command()
@click.option("--name", required=True, help="Your company, as it stands on invoices.")
@click.option("--address", required=True, help="The postal address.")
@click.option("--country", required=True, help="ISO 3166, like DE.")
@click.option("--vat-id", default="")
@click.option("--vat", "percent", type=click.FloatRange(0, 50), default=0, help="In percent, like 19.")
@click.option("--payment", default="", help="How to pay, in one sentence: IBAN and so on.")
@click.option("--email", default="", help="Where questions go to.")
@_output.json_option
def seller(as_json: bool, percent: float, **given: str) -> None:
    """Say who writes the invoices; from then on companies choose plans, and pay for them."""
    values: dict[str, object] = {**given, "vat_permille": round(percent * 10)}
    with _working():
        actions.keep_seller(values)
    told = f"Invoices are written by {given['name']}. Companies choose plans under Settings, Plan and usage."
    _output.show(as_json, values, told)


@command.command(name="list")
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has paid.")
@click.option("--tenant", "slug", help="Of this company.")
@_output.json_option
def list_(as_json: bool, only_open: bool, slug: str | None) -> None:
    """Invoices, the newest first."""
    with _working():
        tenant = catalogue.by_slug(slug) if slug else None
        if slug and tenant is None:
            raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.")
        found = queries.invoices(tenant.id if tenant else None, only_open=only_open)
        documents = [_document(each) for each in found]
    _output.show(as_json, documents, _lines(documents) or "There is no invoice.")


@command.command()
@click.argument("number")
@click.option("--on", "day", type=DAY, help="The day the money came, today where it is left out.")
@_output.json_option
def paid(number: str, day: datetime | None, as_json: bool) -> None:
    """Mark an invoice as paid; the company works again at once."""
    _settle(Settled(number, "paid", day.replace(tzinfo=UTC) if day else now()), as_json)


@command.command()
@click.argument("number")
@_output.json_option
def void(number: str, as_json: bool) -> None:
    """Withdraw an invoice; its number stays, and the month is billed anew with what is right by then."""
    _settle(Settled(number, "void", now()), as_json)


@command.command()
def run() -> None:
    """Do today's accounts now: trials, months, reminders. The clock does it each hour by itself."""
    app = create_app(_environment.settings())
    with app.app_context():
        accounts.bill()
    click.echo("Done.")


def _settle(told: Settled, as_json: bool) -> None:
    with _working():
        document = _document(actions.settle(told, now().date()))
    _output.show(as_json, document, _lines([document]))


@contextmanager
def _working() -> Iterator[None]:
    try:
        with create_app(_environment.settings()).app_context(), unit_of_work():
            yield
    except NotFound:
        raise StackError("There is no such invoice: ./kith invoice list shows them.") from None
    except Conflict as error:
        raise StackError(str(error)) from None


def _document(invoice: Invoice) -> dict[str, Any]:
    tenant = catalogue.by_id(invoice.tenant_id) if invoice.tenant_id else None
    return {
        "number": invoice.number,
        "state": invoice.state,
        "tenant": tenant.slug if tenant else None,
        "company": invoice.document["customer"]["company"],
        "plan": invoice.plan_id,
        "amount_minor": invoice.amount_minor,
        "currency": invoice.currency,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "paid_at": invoice.paid_at.isoformat() if invoice.paid_at else None,
    }


def _lines(documents: Sequence[dict[str, Any]]) -> str:
    return "\n".join(
        f"{each['number']}  {each['state']:<5} due {each['due_on']}"
        f"  {mails.money(each['amount_minor'], each['currency'], 'en'):>12}  {each['company']}"
        for each in documents
    )
