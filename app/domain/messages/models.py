"""Conversations with customers, their messages, and what became of each for whom."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.records.tables import points_to
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class Thread(TenantBase):
    """A conversation about any record; `awaits` tells who has to speak next, and since when; a
    customer who waits was promised an answer by `answer_due_at`."""

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')"),
        CheckConstraint("awaits IN ('us', 'customer', 'nobody')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    subject: Mapped[str] = mapped_column(default="", server_default="")
    object: Mapped[str | None]
    record_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    awaits: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    awaits_since: Mapped[datetime | None] = mapped_column(Instant)
    answer_due_at: Mapped[datetime | None] = mapped_column(Instant)
    messages_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_message_at: Mapped[datetime | None] = mapped_column(Instant)
    is_customer_visible: Mapped[bool] = mapped_column(default=True, server_default="true")
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class Message(TenantBase):
    """One message: written in the portal, sent by mail, or a note that never leaves the company.

    `mail_id`, `in_reply_to` and `refs` are the Message-ID chain of RFC 5322. `privacy` tells how much of a
    discovered mail other members may see.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("kind IN ('portal', 'mail', 'note')"),
        CheckConstraint("direction IN ('in', 'out', 'internal')"),
        CheckConstraint("author_kind IN ('member', 'customer', 'stranger', 'system')"),
        CheckConstraint("privacy IN ('metadata', 'subject', 'full')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    kind: Mapped[str]
    direction: Mapped[str]
    author_kind: Mapped[str]
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    author_name: Mapped[str] = mapped_column(default="", server_default="")
    subject: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str] = mapped_column(default="", server_default="")
    html: Mapped[str | None]
    mail_id: Mapped[str | None]
    in_reply_to: Mapped[str | None]
    refs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    sender: Mapped[str | None]
    recipients: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    mailbox_id: Mapped[UUID | None] = mapped_column(ForeignKey("mailboxes.id", ondelete="SET NULL"))
    privacy: Mapped[str] = mapped_column(default="full", server_default="full")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    sent_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class MessageState(TenantBase):
    """What became of a message for one person: read, mailed or failed."""

    __tablename__ = "message_states"
    __table_args__ = (CheckConstraint("person_kind IN ('member', 'customer')"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    person_kind: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        primary_key=True, info=points_to("contacts", person_kind="customer")
    )
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mailed_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None]


class Mailbox(TenantBase):
    """A member's connected mailbox: where it is, what is read of it, and how far reading has come."""

    __tablename__ = "mailboxes"
    __table_args__ = (
        CheckConstraint("privacy IN ('metadata', 'subject', 'full')"),
        CheckConstraint("state IN ('draft', 'syncing', 'idle', 'paused', 'failing')"),
        Index("mailboxes_member", "member_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    address: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    imap: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    smtp: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    username: Mapped[str]
    secret_encrypted: Mapped[str]
    folders: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    start_on: Mapped[date | None]
    privacy: Mapped[str] = mapped_column(default="metadata", server_default="metadata")
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    synced_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
