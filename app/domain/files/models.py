"""Files and what is known of them; the bytes lie in S3 under `storage_key`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.records.tables import points_to
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class File(TenantBase):
    """One file: pending until its bytes are there and were looked at, then ready or refused.

    It hangs on the record `object`, `record_id`, or on nothing yet. `created_by` is the member, contact or
    client of `created_by_kind`. At `expires_at` it goes for good: never where that is none. `problem` tells
    why it was refused.
    """

    __tablename__ = "files"
    __table_args__ = (CheckConstraint("state IN ('pending', 'ready', 'refused')"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    object: Mapped[str | None]
    record_id: Mapped[UUID | None]
    name: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)
    declared_type: Mapped[str] = mapped_column(
        default="application/octet-stream", server_default="application/octet-stream"
    )
    sniffed_type: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    sha256: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="pending", server_default="pending")
    thumbnail_key: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    is_customer_visible: Mapped[bool] = mapped_column(default=False, server_default="false")
    problem: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    created_by: Mapped[UUID | None] = mapped_column(info=points_to("contacts", created_by_kind="customer"))
    created_by_kind: Mapped[str] = mapped_column(default="member", server_default="member")
    created_by_name: Mapped[str] = mapped_column(default="", server_default="")
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
