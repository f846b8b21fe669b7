"""Jobs that people started, and the rows of a job that need a word."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.domain.files.models import File
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)
EMPTY = text("'{}'")
# States in which nothing will happen any more by itself.
OVER = frozenset({"done", "failed", "cancelled"})


class Job(TenantBase):
    """One piece of work: what (`kind`, `params`), how far (`rows_*`, `checkpoint`), with which end.

    `app_id` is the app that started it by itself; `scopes` bound what it may do where an app asked for it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'queued', 'running', 'done', 'failed', 'cancelled')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    kind: Mapped[str]
    object: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=EMPTY)
    checkpoint: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=EMPTY)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=EMPTY)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(File.id))
    rows_total: Mapped[int | None]
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    created_count: Mapped[int] = mapped_column(default=0, server_default="0")
    updated_count: Mapped[int] = mapped_column(default=0, server_default="0")
    skipped_count: Mapped[int] = mapped_column(default=0, server_default="0")
    failed_count: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    undo_of: Mapped[UUID | None]
    started_by: Mapped[UUID | None]
    cancel_requested_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    queued_at: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now(), onupdate=func.now())
    app_id: Mapped[UUID | None]
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more by itself."""
        return self.state in OVER


class JobRow(TenantBase):
    """A row of a job that was refused or skipped, or that an undo will need."""

    __tablename__ = "job_rows"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'created', 'updated', 'skipped', 'failed')"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    record_id: Mapped[UUID | None]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=EMPTY)
