"""Letters: mails to customers, each with what became of it; and addresses that get none."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class Letter(TenantBase):
    """One mail to a customer about one thing; `key` makes it once only.

    `waiting` for a member's yes, `withheld` because the address gets no such mail (any more).
    """

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'declined', 'staged', 'sent', 'failed', 'withheld')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    object: Mapped[str | None]
    record_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    mail_id: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class MailStop(TenantBase):
    """An address that gets no mail at all, or no notices; `reason` is not_me, asked or refused."""

    __tablename__ = "mail_stops"
    __table_args__ = (CheckConstraint("scope IN ('all', 'notices')"),)

    address: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    reason: Mapped[str]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
