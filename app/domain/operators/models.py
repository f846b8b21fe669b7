"""Operators and their visits to workspaces."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import ControlBase


class Operator(ControlBase):
    """An identity that may use the operator's pages."""

    __tablename__ = "operators"

    identity_id: Mapped[UUID] = mapped_column(
        ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SupportAccess(ControlBase):
    """A visit to a workspace: asked with a reason, granted by the company, over after some minutes."""

    __tablename__ = "support_accesses"
    __table_args__ = (
        CheckConstraint("reason <> ''"),
        CheckConstraint("minutes BETWEEN 5 AND 1440"),
        CheckConstraint("state IN ('asked', 'granted', 'refused', 'ended')"),
        Index("support_accesses_tenant", "tenant_id", "asked_at"),
        Index("support_accesses_operator", "operator_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"))
    reason: Mapped[str]
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="asked")
    may_write: Mapped[bool] = mapped_column(server_default=text("false"))
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
