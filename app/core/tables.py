"""The tables of the control database that the core itself writes: staged work and counted attempts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import ControlBase

Instant = TIMESTAMP(timezone=True)


class ControlOutboxRow(ControlBase):
    """Work that belongs to no tenant, waiting for the relay."""

    __tablename__ = "control_outbox"
    __table_args__ = (
        CheckConstraint("tenant = ''"),
        CheckConstraint("state IN ('staged', 'sent', 'dead')"),
        Index("control_outbox_due", "due_at", postgresql_where=text("state = 'staged'")),
        Index("control_outbox_leased", "leased_until", postgresql_where=text("state = 'sent'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    tenant: Mapped[str] = mapped_column(server_default="")
    queue: Mapped[str] = mapped_column(server_default="mail")
    name: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    key: Mapped[str | None] = mapped_column(unique=True)
    due_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    state: Mapped[str] = mapped_column(server_default="staged")
    attempts: Mapped[int] = mapped_column(server_default="0")
    losses: Mapped[int] = mapped_column(server_default="0")
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Throttle(ControlBase):
    """How often something guarded was tried within the window that began at `window_started_at`."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_started_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    hits: Mapped[int] = mapped_column(server_default="0")
