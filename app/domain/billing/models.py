"""Whom invoices go to, and the invoices."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import ControlBase


class Seller(ControlBase):
    """Who writes the invoices, at most one row; `payment` says how to pay, `vat_permille` 190 is 19 %."""

    __tablename__ = "sellers"
    __table_args__ = (
        CheckConstraint("id"),
        CheckConstraint("name <> ''"),
        CheckConstraint("vat_permille BETWEEN 0 AND 500"),
    )

    id: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    name: Mapped[str]
    address: Mapped[str]
    country: Mapped[str]
    vat_id: Mapped[str] = mapped_column(server_default="")
    vat_permille: Mapped[int] = mapped_column(server_default="0")
    payment: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class InvoiceNumber(ControlBase):
    """The last number given in a series; one transaction at a time counts on."""

    __tablename__ = "invoice_numbers"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class BillingAccount(ControlBase):
    """Whom a company's invoices go to; `reference` is the provider's own name of the customer.

    Months are counted from `began_on`, the first day of what is paid for. From the next one on the plan is
    `next_plan_id`, where there is one; after `ends_on` there is none.
    """

    __tablename__ = "billing_accounts"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(server_default="invoice")
    reference: Mapped[str] = mapped_column(server_default="")
    company: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="")
    vat_id: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    began_on: Mapped[date | None]
    next_plan_id: Mapped[str | None] = mapped_column(ForeignKey("plans.id"))
    ends_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Invoice(ControlBase):
    """One period's invoice; it keeps what it said when the company is gone."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'paid', 'void')"),
        Index(
            "invoices_period",
            "tenant_id",
            "period_begin",
            "plan_id",
            unique=True,
            postgresql_where=text("state <> 'void'"),
        ),
        Index("invoices_due", "due_on", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="SET NULL"))
    provider: Mapped[str]
    plan_id: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    period_begin: Mapped[date]
    period_end: Mapped[date]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    paid_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
