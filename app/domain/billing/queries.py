"""Who is paid by whom, and what is open."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.errors import NotFound
from app.domain.billing.models import BillingAccount, Invoice, Seller
from tenants.session import session


def seller() -> Seller | None:
    """Who writes invoices; None where nobody is asked to pay."""
    return session.scalar(select(Seller))


def account(tenant_id: UUID) -> BillingAccount | None:
    """Whom the company's invoices go to."""
    return session.get(BillingAccount, tenant_id)


def accounts() -> Sequence[BillingAccount]:
    """Every account whose company pays, or did."""
    statement = select(BillingAccount).where(BillingAccount.began_on.is_not(None))
    return session.scalars(statement.order_by(BillingAccount.tenant_id)).all()


def invoices(tenant_id: UUID | None = None, *, only_open: bool = False) -> Sequence[Invoice]:
    """The company's invoices, or everybody's, the newest first."""
    statement = select(Invoice).order_by(Invoice.issued_on.desc(), Invoice.number.desc())
    if tenant_id is not None:
        statement = statement.where(Invoice.tenant_id == tenant_id)
    return session.scalars(statement.where(Invoice.state == "open") if only_open else statement).all()


def invoice(number: str, tenant_id: UUID | None = None, *, hold: bool = False) -> Invoice:
    """The invoice of that number; NotFound where there is none, or where it is another company's."""
    statement = select(Invoice).where(Invoice.number == number)
    found = session.scalar(statement.with_for_update() if hold else statement)
    if found is None or (tenant_id is not None and found.tenant_id != tenant_id):
        raise NotFound("invoices")
    return found
