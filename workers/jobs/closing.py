"""Closed workspaces: their owners are told again before the day."""

from typing import Any
from uuid import UUID

from app.domain.lifecycle import closing
from workers.registry import job


@job(closing.REMIND_JOB, scope="control")
def remind(payload: dict[str, Any]) -> None:
    """Tell the owners of one workspace, if it is still closed."""
    closing.remind(UUID(payload["tenant_id"]))
