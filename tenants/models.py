"""The catalogue's tables in the control database: cells, buckets, tenants, and how migrations went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnClause,
    ForeignKey,
    Index,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import ControlBase

STATES = (
    *("building", "spare", "claimed", "trial", "active", "past_due", "read_only"),
    *("frozen", "suspended", "moving", "deleting"),
)
# Written into statements as it is: a plan made for any value could not use the index of the spares.
SPARE: ColumnClause[str] = literal_column("'spare'")
# States that stand for a company; the others are ours alone.
SIGNED_UP = frozenset(STATES) - {"building", "spare"}
# States that end by leading back to where the company was.
PASSING = frozenset({"frozen", "moving", "suspended", "deleting"})


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})")


class Region(ControlBase):
    """Where in the world data may lie."""

    __tablename__ = "regions"
    __table_args__ = (CheckConstraint("id ~ '^[a-z][a-z0-9-]{0,31}$'"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="Etc/UTC")
    position: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Cell(ControlBase):
    """One PostgreSQL cluster; `pooler_encrypted` is where ordinary transactions go, None: to the server."""

    __tablename__ = "cells"
    __table_args__ = (_one_of("state", ("open", "closed", "down")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    dsn_encrypted: Mapped[str]
    pooler_encrypted: Mapped[str | None]
    region: Mapped[str] = mapped_column(ForeignKey("regions.id"), server_default="home")
    state: Mapped[str] = mapped_column(server_default="open")
    down_since: Mapped[datetime | None]
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
    region: Mapped[str] = mapped_column(ForeignKey("regions.id"), server_default="home")
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
    plan_id: Mapped[str | None] = mapped_column(ForeignKey("plans.id"))
    limits: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    trial_ends_at: Mapped[datetime | None]
    state_reason: Mapped[str] = mapped_column(server_default="")
    state_before: Mapped[str | None]
    delete_after: Mapped[datetime | None]


class Plan(ControlBase):
    """What a company may have; a limit that is missing is none, and a tenant's own `limits` go before."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z][a-z0-9-]{0,31}$'"),
        CheckConstraint("price_minor >= 0"),
        CheckConstraint("trial_days >= 0"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    limits: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    price_minor: Mapped[int] = mapped_column(server_default="0")
    currency: Mapped[str] = mapped_column(server_default="EUR")
    trial_days: Mapped[int] = mapped_column(server_default="0")
    is_offered: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Operation(ControlBase):
    """Long work on a whole tenant; `step` and `data` say where to go on after a crash."""

    __tablename__ = "operations"
    __table_args__ = (
        _one_of("kind", ("export", "import", "move", "delete")),
        _one_of("state", ("running", "waiting", "done", "failed", "cancelled")),
        Index(
            "operations_one",
            "tenant_id",
            unique=True,
            postgresql_where=text("state IN ('running', 'waiting') AND kind IN ('move', 'delete')"),
        ),
        Index("operations_tenant", "tenant_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    kind: Mapped[str]
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="SET NULL"))
    slug: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="running")
    step: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    error: Mapped[str | None]
    started_by: Mapped[UUID | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class Receipt(ControlBase):
    """What was removed with a tenant and when: counts, no content; it outlives the tenant."""

    __tablename__ = "receipts"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    tenant_id: Mapped[UUID]
    slug_hash: Mapped[bytes]
    deleted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    removed: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Backup(ControlBase):
    """A base backup of a cell; from it and the log behind it any moment after it is restored.

    `name` is the folder in `place`; a row without a cell is of a control database with a cluster of its own.
    """

    __tablename__ = "backups"
    __table_args__ = (
        _one_of("state", ("running", "done", "failed")),
        Index("backups_cell", "cell_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    cell_id: Mapped[str | None] = mapped_column(ForeignKey("cells.id", ondelete="CASCADE"))
    name: Mapped[str]
    place: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="running")
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    start_lsn: Mapped[str | None]
    end_lsn: Mapped[str | None]
    error: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


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


class DataKey(ControlBase):
    """A key that seals secrets, wrapped by the master key that a provider keeps."""

    __tablename__ = "data_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    provider: Mapped[str]
    master: Mapped[str]
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class Switch(ControlBase):
    """A switch of the whole installation, such as maintenance."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
