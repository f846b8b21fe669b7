"""Answers kept for requests that come twice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import TenantBase


class IdempotencyKey(TenantBase):
    """The answer to one request of an app, kept for a day."""

    __tablename__ = "idempotency_keys"

    app_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    body: Mapped[bytes] = mapped_column(default=b"", server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), index=False, server_default=func.now()
    )
