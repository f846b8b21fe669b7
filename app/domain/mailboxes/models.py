"""What discovery met in mailboxes, and what members decided about strangers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class MailboxItem(TenantBase):
    """One mail that discovery met, so that it is read once; an unknown one waits here for a decision."""

    __tablename__ = "mailbox_items"
    __table_args__ = (
        CheckConstraint("state IN ('stored', 'unknown', 'ignored', 'refused')"),
        UniqueConstraint("mailbox_id", "folder", "uidvalidity", "uid"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    mailbox_id: Mapped[UUID] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    folder: Mapped[str]
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    mail_id: Mapped[str | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    correspondent: Mapped[str | None]
    correspondent_name: Mapped[str | None]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Correspondent(TenantBase):
    """What was decided about mail from an address or, written "@example.com", from a domain."""

    __tablename__ = "correspondents"
    __table_args__ = (CheckConstraint("decision IN ('ignored', 'blocked')"),)

    address: Mapped[str] = mapped_column(primary_key=True)
    decision: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
