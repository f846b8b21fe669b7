"""Identities and what belongs to them, in the control database; of every secret only a hash."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import ControlBase

Instant = TIMESTAMP(timezone=True)
Purpose = Literal["confirm", "reset", "change_email"]


class Identity(ControlBase):
    """A person who may sign in. Several may carry one address until one of them has confirmed it."""

    __tablename__ = "identities"
    __table_args__ = (
        CheckConstraint("email = lower(email)"),
        Index("identities_owner", "email", unique=True, postgresql_where=text("confirmed_at IS NOT NULL")),
        Index("identities_email", "email", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    password_changed_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class Membership(ControlBase):
    """Which workspaces an identity belongs to; roles and rights are the workspace's own."""

    __tablename__ = "memberships"
    __table_args__ = (Index("memberships_tenant", "tenant_id"),)

    identity_id: Mapped[UUID] = mapped_column(
        ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class IdentitySession(ControlBase):
    """A browser that is signed in on the base host."""

    __tablename__ = "identity_sessions"
    __table_args__ = (Index("identity_sessions_identity", "identity_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    user_agent: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    last_used_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    proven_at: Mapped[datetime | None] = mapped_column(Instant)


class OneTimeCode(ControlBase):
    """A secret sent by mail that works once and not for long."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        CheckConstraint("purpose IN ('confirm', 'reset', 'change_email')"),
        Index("one_time_codes_identity", "identity_id", "purpose"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    purpose: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class OperatorFact(ControlBase):
    """What happened outside of any workspace: sign-ins, failures, changed passwords. Append-only."""

    __tablename__ = "operator_facts"
    __table_args__ = (Index("operator_facts_identity", "identity_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    verb: Mapped[str]
    identity_id: Mapped[UUID | None]
    tenant_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
