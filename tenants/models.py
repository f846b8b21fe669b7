"""The catalogue's tables in the control database: cells, buckets, tenants, and how migrations went."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import ControlBase

STATES = (
    *("building", "spare", "claimed", "trial", "active", "past_due", "read_only"),
    *("frozen", "suspended", "moving", "deleting"),
)
# States that stand for a company; the others are ours alone.
SIGNED_UP = frozenset(STATES) - {"building", "spare"}


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})")


class Cell(ControlBase):
    __tablename__ = "cells"
    __table_args__ = (_one_of("state", ("open", "closed", "down")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    dsn_encrypted: Mapped[str]
    region: Mapped[str] = mapped_column(server_default="home")
    state: Mapped[str] = mapped_column(server_default="open")
    capacity: Mapped[int] = mapped_column(server_default="2500")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Bucket(ControlBase):
    __tablename__ = "buckets"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    cell_id: Mapped[str] = mapped_column(ForeignKey("cells.id"))
    login_role: Mapped[str] = mapped_column(unique=True)
    password_encrypted: Mapped[str]
    tenants_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantRecord(ControlBase):
    """A tenant, or a spare: one that nobody has claimed yet, whose schema stands and whose slug is null."""

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint("schema_name ~ '^t_[a-z2-7]{16}$'"),
        _one_of("state", STATES),
        Index("tenants_spare", "cell_id", "created_at", postgresql_where=text("state = 'spare'")),
        Index("tenants_claimed", "claimed_at", postgresql_where=text("state = 'claimed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    slug: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None]
    region: Mapped[str] = mapped_column(server_default="home")
    cell_id: Mapped[str] = mapped_column(ForeignKey("cells.id"))
    bucket_id: Mapped[UUID] = mapped_column(ForeignKey("buckets.id"))
    schema_name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="building")
    schema_rev: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(server_default="1")
    signup_id: Mapped[UUID | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    claimed_at: Mapped[datetime | None]
    state_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MigrationRun(ControlBase):
    __tablename__ = "migration_runs"
    __table_args__ = (_one_of("scope", ("control", "cell", "tenant")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    cell_id: Mapped[str | None] = mapped_column(ForeignKey("cells.id"))
    scope: Mapped[str]
    revision: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class MigrationError(ControlBase):
    """A tenant whose migration to `revision` failed; the row goes when a later run succeeds."""

    __tablename__ = "migration_errors"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[str] = mapped_column(primary_key=True)
    error: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
