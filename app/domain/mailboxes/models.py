"""What discovery met in mailboxes, and what members decided about strangers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class MailboxItem(TenantBase):
    """One mail that discovery met, so that it is read once; an unknown one waits here for a decision."""

    __tablename__ = "mailbox_items"
    __table_args__ = (
        CheckConstraint("state IN ('stored', 'unknown', 'ignored', 'refused')"),
        CheckConstraint("direction IN ('in', 'out')"),
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
    direction: Mapped[str] = mapped_column(default="in", server_default="in")
    correspondent: Mapped[str | None]
    correspondent_name: Mapped[str | None]
    participants: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    subject: Mapped[str] = mapped_column(default="", server_default="")
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Correspondent(TenantBase):
    """What a member decided about mail from an address or, written "@example.com", from a domain."""

    __tablename__ = "correspondents"
    __table_args__ = (CheckConstraint("decision IN ('ignored', 'blocked')"),)

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    decision: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
