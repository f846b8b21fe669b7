"""Members, and grants: whatever lets somebody in. Grants keep only hashes of their secrets."""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text, Uuid

from app.core.ids import new_id
from app.records.tables import points_to
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)
Role = Literal["owner", "admin", "member", "reader", "custom"]
ROLES: tuple[Role, ...] = get_args(Role)
# Roles that give something by themselves.
STANDARD: tuple[Role, ...] = tuple(role for role in ROLES if role != "custom")


class Member(TenantBase):
    """A person of this company; `language` and `time_zone` are the workspace's where empty.

    `columns` are those of the lists of some objects, for the member alone.
    `role` is the standard one, `custom` where all rights come from the company's own roles in `role_ids`.
    """

    __tablename__ = "members"
    __table_args__ = (CheckConstraint("role IN ('owner', 'admin', 'member', 'reader', 'custom')"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    identity_id: Mapped[UUID] = mapped_column(unique=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="member")
    title: Mapped[str | None]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    theme: Mapped[str] = mapped_column(server_default="system")
    density: Mapped[str] = mapped_column(server_default="comfortable")
    columns: Mapped[dict[str, list[str]]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    role_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default=text("'{}'"))
    team_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default=text("'{}'"))


class RoleRow(TenantBase):
    """A role that the company made; see `app.domain.members.rights` for what the columns hold."""

    __tablename__ = "roles"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    objects: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Team(TenantBase):
    """A team, within another one where it has a parent."""

    __tablename__ = "teams"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Grant(TenantBase):
    """Whatever lets somebody in: a session, an invitation, a customer's link, an app's code or token.

    `parent_id` of a member's session is the base host's session it came from. `account_id` and `contact_id`
    name the customer, `app_id` the app, `family_id` all tokens that descend from one consent.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index("grants_member", "member_id"),
        Index("grants_identity", "identity_id"),
        Index("grants_invited", "email", postgresql_where=text("kind = 'invitation'")),
        Index("grants_account", "account_id", postgresql_where=text("account_id IS NOT NULL")),
        Index("grants_app", "app_id", postgresql_where=text("app_id IS NOT NULL")),
        Index("grants_family", "family_id", postgresql_where=text("family_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    kind: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    identity_id: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None] = mapped_column(info=points_to("contacts"))
    app_id: Mapped[UUID | None]
    family_id: Mapped[UUID | None]
    email: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    user_agent: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
