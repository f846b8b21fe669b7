"""Portal accounts of customers, and what they consented to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class PortalAccount(TenantBase):
    """A contact's way into the portal; `sees` tells whether only the own dealings or the whole company's."""

    __tablename__ = "portal_accounts"
    __table_args__ = (
        CheckConstraint("state IN ('invited', 'active', 'blocked')"),
        CheckConstraint("sees IN ('own', 'company')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="invited", server_default="invited")
    sees: Mapped[str] = mapped_column(default="own", server_default="own")
    language: Mapped[str | None]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant)


class Consent(TenantBase):
    """What a customer allowed or took back, with the words that were shown; the latest row counts."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("state IN ('granted', 'refused', 'withdrawn')"),
        Index("consents_contact", "contact_id", "purpose", text("at DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    state: Mapped[str]
    wording: Mapped[str] = mapped_column(default="", server_default="")
    door: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
