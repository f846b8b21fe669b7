"""Filling a workspace with samples, and clearing them."""

from typing import Any
from uuid import UUID

from app.core.queue import Again
from app.domain.demo import actions
from workers.registry import job


@job(actions.FILL_JOB)
def fill(payload: dict[str, Any]) -> None:
    """Samples for an empty workspace."""
    actions.fill(UUID(payload["job_id"]))


@job(actions.CLEAR_JOB)
def clear(payload: dict[str, Any]) -> Again | None:
    """Remove samples, a slice at a time."""
    return Again() if actions.clear(UUID(payload["job_id"])) else None
