"""Developers' apps; they are global, what a company grants them lies in its own schema."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import ControlBase

Instant = TIMESTAMP(timezone=True)


class App(ControlBase):
    """An OAuth client. A secret that was replaced works on until `previous_secret_until`."""

    __tablename__ = "apps"
    __table_args__ = (
        CheckConstraint("kind IN ('confidential', 'public')"),
        Index("apps_tenant", "tenant_id"),
        Index("apps_identity", "identity_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    homepage: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[str] = mapped_column(default="confidential", server_default="confidential")
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    grant_types: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    secret_hash: Mapped[bytes | None]
    previous_secret_hash: Mapped[bytes | None]
    previous_secret_until: Mapped[datetime | None] = mapped_column(Instant)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class AppTenant(ControlBase):
    """That a workspace has let an app in; what it may do there lies in the workspace's own schema."""

    __tablename__ = "app_tenants"
    __table_args__ = (Index("app_tenants_tenant", "tenant_id"),)

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class DeviceCode(ControlBase):
    """A device that waits for a person to let it in (RFC 8628); which workspace is known once one did."""

    __tablename__ = "device_codes"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'allowed', 'refused', 'spent')"),
        Index("device_codes_age", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id", ondelete="CASCADE"))
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    user_code_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    member_id: Mapped[UUID | None]
    consent_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    polled_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
