"""Notices: one row for each thing that a member was told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class Notice(TenantBase):
    """Something one member was told about a record; `key` makes it once only."""

    __tablename__ = "notices"
    __table_args__ = (Index("notices_member", "member_id", text("created_at DESC")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    key: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    kind: Mapped[str]
    object: Mapped[str | None]
    record_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mailed_at: Mapped[datetime | None] = mapped_column(Instant)
