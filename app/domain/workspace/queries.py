"""The settings of the current workspace."""

from typing import Any

from sqlalchemy import text

from app.domain.workspace.rules import KEYS, Workspace, from_values
from tenants.session import session

_SETTINGS = text("SELECT key, value FROM settings WHERE key = ANY(:keys)")


def settings() -> Workspace:
    """All settings of the current workspace in one read."""
    rows = session.execute(_SETTINGS, {"keys": list(KEYS)})
    return from_values({row.key: row.value for row in rows})


def setting(key: str) -> Any:
    """One setting of the current workspace, its default where nobody has chosen."""
    return getattr(settings(), key)
