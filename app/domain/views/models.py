"""Views: one row for each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.core.ids import new_id
from tenants.base import TenantBase

Instant = TIMESTAMP(timezone=True)


class View(TenantBase):
    """What a list of `object` shows: the filter `tree`, the `search`, the `sort` and the `columns`, the
    title first; empty is the usual.

    It is its maker's (`created_by`, a member or an app) and may be `shared` with a team or everyone. `uses`
    are the fields that it filters by, with their kinds when that was saved.
    """

    __tablename__ = "views"
    __table_args__ = (
        CheckConstraint("shared IN ('nobody', 'team', 'everyone')"),
        Index("views_object", "object", text("lower(name)")),
        Index("views_team", "team_id", postgresql_where=text("team_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=func.uuidv7())
    object: Mapped[str]
    name: Mapped[str]
    created_by: Mapped[UUID]
    shared: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"))
    is_locked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    tree: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    search: Mapped[str] = mapped_column(default="", server_default="")
    sort: Mapped[str] = mapped_column(default="", server_default="")
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    uses: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
