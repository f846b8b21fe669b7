"""The settings of the current workspace."""

from typing import Any

from sqlalchemy import select

from app.domain.workspace.models import Setting
from app.domain.workspace.rules import KEYS, Workspace, from_values
from tenants.session import session


def settings() -> Workspace:
    """All settings of the current workspace in one read."""
    rows = session.execute(select(Setting.key, Setting.value).where(Setting.key.in_(KEYS)))
    return from_values({row.key: row.value for row in rows})


def setting(key: str) -> Any:
    """One setting of the current workspace, its default where nobody has chosen."""
    return getattr(settings(), key)
