"""Support access: its time is over."""

from typing import Any
from uuid import UUID

from app.domain.operators import support
from workers.registry import job


@job(support.END_JOB)
def end(payload: dict[str, Any]) -> None:
    """Write down that one visit is over."""
    support.expire(UUID(payload["access_id"]))
